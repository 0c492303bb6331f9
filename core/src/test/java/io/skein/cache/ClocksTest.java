package io.skein.cache;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.benmanes.caffeine.cache.Scheduler;
import io.skein.Callers;
import io.skein.Gate;
import io.skein.LoadTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** C14: all times pass by the ticker, and nothing wakes the cache for them but the scheduler it was given. */
class ClocksTest {
    private final Clockwork clock = new Clockwork();
    private final Wakings wakings = new Wakings();

    /** A scheduler that runs what it was given only when the test says so. */
    private static final class Wakings implements Scheduler {
        private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();

        @Override
        public Future<?> schedule(Executor executor, Runnable task, long delay, TimeUnit unit) {
            tasks.add(() -> executor.execute(task));
            return new CompletableFuture<>();
        }

        void run() {
            for (var task = tasks.poll(); task != null; task = tasks.poll()) {
                task.run();
            }
        }
    }

    private CoalescingCacheBuilder<String, String> cache() {
        return CoalescingCache.<String, String>builder("clocks").ticker(clock).scheduler(wakings);
    }

    @Test
    void C14_timeoutsComeWhenTheSchedulerWakesAndTheTickerHasMoved_andNotBefore() {
        var gate = new Gate<String>();
        var cache = cache().loadTimeout(Duration.ofMillis(1)).loader(gate).build();
        var future = cache.getAsync("key");
        gate.awaitEntered();

        wakings.run(); // the ticker stands still
        wakings.run();
        assertThat(future).isNotDone();
        clock.passSeconds(1); // nobody wakes the cache
        assertThat(future).isNotDone();

        Callers.awaitTrue(() -> {
            wakings.run();
            return future.isDone();
        });
        assertThat(future.handle((value, failure) -> failure).join()).isInstanceOf(LoadTimeoutException.class);
    }

    @Test
    void C14_aSoftTimeoutOfAFuture_isWokenByTheSchedulerToo() {
        var gate = new Gate<String>();
        var cache = cache().ttl(Duration.ofSeconds(10))
                .staleIfError(Duration.ofSeconds(100))
                .softTimeout(Duration.ofMillis(1))
                .loader(gate)
                .build();
        cache.put("key", "old");
        clock.passSeconds(11);
        var future = cache.getAsync("key");
        gate.awaitEntered();

        wakings.run();
        assertThat(future).isNotDone();
        clock.passSeconds(1);
        Callers.awaitTrue(() -> {
            wakings.run();
            return future.isDone();
        });

        assertThat(future.join()).isEqualTo("old");
        gate.open();
        Callers.awaitTrue(() -> "value".equals(cache.getIfPresent("key")));
    }

    @Test
    void C14_entriesAreRemovedWhenTheirTimeIsOver_byTheSchedulerThatWasGiven() {
        var cache = cache().ttl(Duration.ofSeconds(10)).build();
        cache.put("key", "value");
        Callers.awaitTrue(() -> !wakings.tasks.isEmpty());
        assertThat(cache.stats().evictions()).isZero();

        clock.passSeconds(20);

        Callers.awaitTrue(() -> {
            wakings.run();
            return cache.stats().evictions() == 1;
        });
    }
}
