package io.skein;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.skein.internal.Sneaky;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** The kinds of callers that promises hold for, and how tests start them and wait for them. */
public final class Callers {
    public static final Duration PATIENCE = Duration.ofSeconds(30);

    private Callers() {}

    /** A call under way. The future ends with what the caller got; the thread is null for asynchronous callers. */
    public record Call<T>(CompletableFuture<T> outcome, Thread thread, CompletableFuture<T> own) {

        public T get() {
            try {
                return outcome.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                throw Sneaky.rethrow(e.getCause());
            } catch (InterruptedException | TimeoutException e) {
                throw new AssertionError("caller did not return", e);
            }
        }

        /** What the caller got thrown. */
        public Throwable failure() {
            try {
                var value = outcome.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
                throw new AssertionError("caller got a value: " + value);
            } catch (ExecutionException e) {
                return e.getCause();
            } catch (java.util.concurrent.CancellationException e) {
                return e;
            } catch (InterruptedException | TimeoutException e) {
                throw new AssertionError("caller did not return", e);
            }
        }

        public void giveUp() {
            if (thread != null) {
                thread.interrupt();
            } else {
                own.cancel(true);
            }
        }
    }

    public enum Kind {
        PLATFORM {
            @Override
            <K, V> Call<V> call(Group<K, V> group, K key, Loader<K, V> loader) {
                return onThread(Callers::platform, () -> group.load(key, loader));
            }
        },
        VIRTUAL {
            @Override
            <K, V> Call<V> call(Group<K, V> group, K key, Loader<K, V> loader) {
                return onThread(VirtualThreads.FACTORY, () -> group.load(key, loader));
            }
        },
        ASYNC {
            @Override
            <K, V> Call<V> call(Group<K, V> group, K key, Loader<K, V> loader) {
                var own = group.loadAsync(key, k -> startThread(k, loader));
                return new Call<>(own, null, own);
            }
        },
        SUPPLY {
            @Override
            <K, V> Call<V> call(Group<K, V> group, K key, Loader<K, V> loader) {
                var own = group.supplyAsync(key, loader);
                return new Call<>(own, null, own);
            }
        };

        abstract <K, V> Call<V> call(Group<K, V> group, K key, Loader<K, V> loader);

        boolean isBlocking() {
            return this == PLATFORM || this == VIRTUAL;
        }

        /** Those this JVM has. */
        static List<Kind> all() {
            return Stream.of(values())
                    .filter(kind -> kind != VIRTUAL || VirtualThreads.AVAILABLE)
                    .toList();
        }
    }

    /** Runs a loader asynchronously, on a thread that is interrupted when the future is cancelled. */
    private static <K, V> CompletableFuture<V> startThread(K key, Loader<K, V> loader) {
        var future = new CompletableFuture<V>();
        var thread = platform(() -> {
            try {
                future.complete(loader.load(key));
            } catch (Throwable e) {
                future.completeExceptionally(e);
            }
        });
        future.whenComplete((value, failure) -> {
            if (future.isCancelled()) {
                thread.interrupt();
            }
        });
        thread.start();
        return future;
    }

    public interface Work<T> {
        T run() throws Throwable;
    }

    public static <T> Call<T> onThread(Work<T> work) {
        return onThread(Callers::platform, work);
    }

    public static <T> Call<T> onThread(ThreadFactory factory, Work<T> work) {
        var outcome = new CompletableFuture<T>();
        var thread = factory.newThread(() -> {
            try {
                outcome.complete(work.run());
            } catch (Throwable e) {
                outcome.completeExceptionally(e);
            }
        });
        thread.start();
        return new Call<>(outcome, thread, null);
    }

    public static Thread platform(Runnable task) {
        var thread = new Thread(task, "test-caller");
        thread.setDaemon(true);
        return thread;
    }

    /** So many calls, of all kinds in turn. */
    public static <K, V> List<Call<V>> mixed(int count, Group<K, V> group, K key, Loader<K, V> loader) {
        var kinds = Kind.all();
        var calls = new ArrayList<Call<V>>();
        for (int i = 0; i < count; i++) {
            calls.add(kinds.get(i % kinds.size()).call(group, key, loader));
        }
        return calls;
    }

    public static <K> void awaitCallers(Group<K, ?> group, K key, int count) {
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(1))
                .untilAsserted(() -> assertThat(group.flights().stream()
                                .filter(f -> f.key().equals(key))
                                .mapToInt(FlightSnapshot::callers))
                        .containsExactly(count));
    }

    /** A thread that is parked, and not about to be: it has nothing left to do before somebody wakes it. */
    public static void awaitParked(Thread thread) {
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(1))
                .until(() ->
                        thread.getState() == Thread.State.WAITING || thread.getState() == Thread.State.TIMED_WAITING);
    }

    public static void awaitTrue(java.util.concurrent.Callable<Boolean> condition) {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(1)).until(condition);
    }
}
