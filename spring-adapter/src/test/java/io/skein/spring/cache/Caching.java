package io.skein.spring.cache;

import static org.awaitility.Awaitility.await;

import com.github.benmanes.caffeine.cache.Ticker;
import io.skein.cache.CoalescingCache;
import io.skein.spring.SkeinRegistry;
import io.skein.spring.autoconfigure.SkeinAutoConfiguration;
import io.skein.spring.autoconfigure.SkeinCacheAutoConfiguration;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cache.Cache;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.util.AopTestUtils;

/** An application with caching, and callers that come at the same time. */
final class Caching {
    static final Duration PATIENCE = Duration.ofSeconds(30);

    private Caching() {}

    @Configuration(proxyBeanMethods = false)
    @EnableCaching
    static class Enabled {}

    static ApplicationContextRunner application() {
        return new ApplicationContextRunner()
                .withConfiguration(
                        AutoConfigurations.of(SkeinAutoConfiguration.class, SkeinCacheAutoConfiguration.class))
                .withUserConfiguration(Enabled.class);
    }

    static Cache cache(BeanFactory beans, String name) {
        return beans.getBean(CacheManager.class).getCache(name);
    }

    static CoalescingCache<Object, Object> natively(BeanFactory beans, String name) {
        return beans.getBean(SkeinRegistry.class).cache(name);
    }

    /** The bean behind its proxy, whose fields are empty. */
    static <T> T inside(T bean) {
        return AopTestUtils.getUltimateTargetObject(bean);
    }

    /** A clock that stands still until it is moved. */
    static final class Clock implements Ticker {
        private final AtomicLong nanos = new AtomicLong(1);

        void advance(Duration time) {
            nanos.addAndGet(time.toNanos());
        }

        @Override
        public long read() {
            return nanos.get();
        }
    }

    /** Where a method stops until the test lets it go on. */
    static final class Gate {
        private final CountDownLatch entered = new CountDownLatch(1);
        private final CountDownLatch open = new CountDownLatch(1);

        void pass() throws InterruptedException {
            entered.countDown();
            open.await();
        }

        void awaitEntered() throws InterruptedException {
            if (!entered.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError("the method was not entered");
            }
        }

        void open() {
            open.countDown();
        }
    }

    /** A call on a thread of its own. */
    record Call<T>(CompletableFuture<T> outcome, Thread thread) {
        T get() throws Exception {
            try {
                return outcome.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                if (e.getCause() instanceof Exception failure) {
                    throw failure;
                }
                throw (Error) e.getCause();
            }
        }

        Throwable failure() throws Exception {
            try {
                throw new AssertionError("a failure was expected, but got " + outcome.get(30, TimeUnit.SECONDS));
            } catch (ExecutionException e) {
                return e.getCause();
            }
        }
    }

    static <T> Call<T> call(Callable<T> work) {
        var outcome = new CompletableFuture<T>();
        var thread = new Thread(
                () -> {
                    try {
                        outcome.complete(work.call());
                    } catch (Throwable e) {
                        outcome.completeExceptionally(e);
                    }
                },
                "test-caller");
        thread.setDaemon(true);
        thread.start();
        return new Call<>(outcome, thread);
    }

    static <T> List<Call<T>> calls(int count, Callable<T> work) {
        return IntStream.range(0, count).mapToObj(i -> call(work)).toList();
    }

    /** Waits until so many callers are aboard the one load in flight. */
    static void awaitCallers(CoalescingCache<Object, Object> cache, int count) {
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(1))
                .until(() ->
                        cache.flights().size() == 1 && cache.flights().get(0).callers() == count);
    }

    static void awaitTrue(Callable<Boolean> condition) {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(1)).until(condition);
    }
}
