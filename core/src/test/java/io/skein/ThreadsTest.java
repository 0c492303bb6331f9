package io.skein;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ThreadLocalAccessor;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** G10 where loads run. */
class ThreadsTest {
    private static String thisThread() {
        return Thread.currentThread().getName();
    }

    @Test
    void G10_blockingCallers_loadOnTheLeadersThread() {
        var group = Group.<String, String>create("group");

        assertThat(group.load("key", key -> thisThread())).isEqualTo(thisThread());
        assertThat(group.loadFresh("key", key -> thisThread())).isEqualTo(thisThread());
    }

    @ParameterizedTest
    @ValueSource(strings = {"callerTimeout", "loadTimeout"})
    void G10_withATimeout_loadsRunOnThreadsOfTheGroup(String setting) {
        var builder = Group.<String, Thread>builder("group");
        var group = (setting.equals("callerTimeout")
                        ? builder.callerTimeout(Duration.ofMinutes(1))
                        : builder.loadTimeout(Duration.ofMinutes(1)))
                .build();

        var thread = group.load("key", key -> Thread.currentThread());

        assertThat(thread.getName()).startsWith("skein-group-");
        assertThat(thread.isDaemon()).isTrue();
        assertThat(VirtualThreads.AVAILABLE).isEqualTo(isVirtual(thread));
    }

    @Test
    void G10_withAnExecutor_loadsRunThere() {
        var group = Group.<String, String>builder("group")
                .executor(task -> new Thread(task, "mine").start())
                .build();

        assertThat(group.load("key", key -> thisThread())).isEqualTo("mine");
        assertThat(group.supplyAsync("key", key -> thisThread()).join()).isEqualTo("mine");
    }

    @Test
    void G10_anAsyncLoader_isCalledOnTheLeadersThread_alsoWithAnExecutor() {
        var group = Group.<String, String>builder("group")
                .executor(task -> new Thread(task, "mine").start())
                .build();

        var future = group.loadAsync("key", key -> CompletableFuture.completedFuture(thisThread()));

        assertThat(future.join()).isEqualTo(thisThread());
    }

    @Test
    void G10_supplyAsync_runsABlockingLoaderElsewhere() {
        var group = Group.<String, String>create("group");

        assertThat(group.supplyAsync("key", key -> thisThread()).join()).startsWith("skein-group-");
    }

    @Test
    void G10_aDirectExecutor_isFine() {
        var group =
                Group.<String, String>builder("group").executor(Runnable::run).build();

        assertThat(group.load("key", key -> thisThread())).isEqualTo(thisThread());
        assertThat(group.supplyAsync("key", key -> thisThread()).join()).isEqualTo(thisThread());
    }

    @Test
    void G10_theContextOfTheLeader_travelsWithTheLoad_andStaysNowhere() {
        var context = new ThreadLocal<String>();
        ContextRegistry.getInstance().registerThreadLocalAccessor("test.context", context);
        try {
            var executed = new AtomicReference<Thread>();
            var pool = java.util.concurrent.Executors.newSingleThreadExecutor();
            var group = Group.<String, String>builder("group").executor(pool).build();
            context.set("the leader's");

            var seen = group.load("key", key -> {
                executed.set(Thread.currentThread());
                return context.get();
            });
            var seenAsync = group.supplyAsync("key", key -> context.get()).join();

            assertThat(seen).isEqualTo("the leader's");
            assertThat(seenAsync).isEqualTo("the leader's");
            assertThat(executed.get()).isNotSameAs(Thread.currentThread());
            assertThat(CompletableFuture.supplyAsync(() -> String.valueOf(context.get()), pool)
                            .join())
                    .isEqualTo("null");
            pool.shutdown();
        } finally {
            context.remove();
            ContextRegistry.getInstance().removeThreadLocalAccessor("test.context");
        }
    }

    private static boolean isVirtual(Thread thread) {
        return thread.getClass().getSimpleName().contains("Virtual");
    }

    @Test
    void G10_theContextOfAnAsynchronousSuccessor_travelsWithItsLoad() {
        var context = new ThreadLocal<String>();
        ContextRegistry.getInstance().registerThreadLocalAccessor("test.context", context);
        try {
            var group = Group.<String, String>builder("group")
                    .loadTimeout(Duration.ofMinutes(1))
                    .build();
            var entered = new CountDownLatch(1);
            var leader = Callers.onThread(() -> group.loadAsync("key", key -> {
                entered.countDown();
                new CountDownLatch(1).await();
                throw new AssertionError("not interrupted");
            }));
            Callers.awaitTrue(() -> entered.getCount() == 0);
            context.set("the follower's");
            var follower = group.supplyAsync("key", key -> String.valueOf(context.get()));

            leader.thread().interrupt();

            assertThat(follower.orTimeout(30, TimeUnit.SECONDS).join()).isEqualTo("the follower's");
        } finally {
            context.remove();
            ContextRegistry.getInstance().removeThreadLocalAccessor("test.context");
        }
    }

    /** A thread-local that cannot be read, for as long as it is in the registry. */
    private static final class Unreadable implements ThreadLocalAccessor<String> {
        @Override
        public Object key() {
            return "test.unreadable";
        }

        @Override
        public String getValue() {
            throw new IllegalStateException("unreadable");
        }

        @Override
        public void setValue(String value) {}
    }

    @Test
    void G10_aContextThatCannotBeCaptured_failsItsCallerAndPoisonsNoKey() {
        var onExecutor = Group.<String, String>builder("on executor")
                .executor(task -> Callers.platform(task).start())
                .build();
        var group = Group.<String, String>create("group");
        var source = new CompletableFuture<String>();
        var leader = group.loadResultAsync("led", key -> source);
        ContextRegistry.getInstance().registerThreadLocalAccessor(new Unreadable());
        try {
            assertThat(failureOf(() -> onExecutor.load("key", key -> "value"))).hasMessage("unreadable");
            assertThat(failureOf(() -> group.supplyAsync("key", key -> "value").join()))
                    .hasMessage("unreadable");
            assertThat(failureOf(() -> group.loadAsync("led", key -> source).join()))
                    .hasMessage("unreadable");
        } finally {
            ContextRegistry.getInstance().removeThreadLocalAccessor("test.unreadable");
        }

        assertThat(onExecutor.table().isEmpty()).isTrue();
        assertThat(onExecutor.load("key", key -> "value")).isEqualTo("value");
        assertThat(group.load("key", key -> "value")).isEqualTo("value");
        source.complete("value");
        assertThat(leader.join()).isEqualTo(new Result<>("value", false));
    }

    private static Throwable failureOf(Supplier<?> call) {
        try {
            return new AssertionError("a value: " + call.get());
        } catch (CompletionException e) {
            return e.getCause();
        } catch (RuntimeException e) {
            return e;
        }
    }
}
