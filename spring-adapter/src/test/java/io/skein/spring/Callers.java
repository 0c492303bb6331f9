package io.skein.spring;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/** Threads that call, and a source that waits until it is let. */
public final class Callers {
    public static final Duration PATIENCE = Duration.ofSeconds(30);

    private Callers() {}

    /** A call on a thread of its own. */
    public record OnThread<T>(Thread thread, CompletableFuture<T> outcome) {
        public T get() {
            return outcome.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
        }

        public Throwable failure() {
            try {
                throw new AssertionError("no failure, but " + get());
            } catch (CompletionException e) {
                return e.getCause();
            }
        }
    }

    public static <T> OnThread<T> onThread(Callable<T> call) {
        var outcome = new CompletableFuture<T>();
        var thread = new Thread(() -> {
            try {
                outcome.complete(call.call());
            } catch (Throwable e) {
                outcome.completeExceptionally(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
        return new OnThread<>(thread, outcome);
    }

    public static <T> List<OnThread<T>> onThreads(int count, Callable<T> call) {
        var all = new ArrayList<OnThread<T>>();
        for (int i = 0; i < count; i++) {
            all.add(onThread(call));
        }
        return all;
    }

    public static void awaitTrue(BooleanSupplier condition) {
        await().atMost(PATIENCE).until(condition::getAsBoolean);
    }

    /** A slow source. */
    public static final class Gate {
        private final CountDownLatch open = new CountDownLatch(1);
        private final CountDownLatch entered = new CountDownLatch(1);
        private final AtomicInteger runs = new AtomicInteger();

        public void pass() {
            runs.incrementAndGet();
            entered.countDown();
            try {
                open.await();
            } catch (InterruptedException e) {
                throw sneaky(e);
            }
        }

        @SuppressWarnings("unchecked")
        private static <X extends Throwable> RuntimeException sneaky(Throwable e) throws X {
            throw (X) e;
        }

        public void open() {
            open.countDown();
        }

        public void awaitEntered() {
            awaitTrue(() -> entered.getCount() == 0);
        }

        public int runs() {
            return runs.get();
        }
    }
}
