package io.skein.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.context.ContextRegistry;
import io.skein.Callers;
import io.skein.Gate;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** C8 on an executor with few threads: none of them waits for a load that waits for it. */
class SmallExecutorTest {
    private final ExecutorService one = Executors.newSingleThreadExecutor();

    @AfterEach
    void stop() {
        one.shutdownNow();
    }

    @Test
    void C8_getAllAsync_loadsOneKeyAfterTheOther() throws Exception {
        var cache = CoalescingCache.<String, String>builder("small")
                .executor(one)
                .loader(String::toUpperCase)
                .build();

        var values = cache.getAllAsync(List.of("a", "b", "c"));

        assertThat(Callers.onThread(values::join).get()).isEqualTo(Map.of("a", "A", "b", "B", "c", "C"));
    }

    @Test
    void C8_getAllAsync_ofManyKeysOnItsCallersThread_needsNoDeepStack() {
        var cache = CoalescingCache.<Integer, Integer>builder("direct")
                .executor(Runnable::run)
                .loader(key -> key)
                .build();

        var values = cache.getAllAsync(IntStream.range(0, 20_000).boxed().toList());

        assertThat(values.join()).hasSize(20_000);
    }

    @Test
    void C8_getAllAsync_failsWithTheFirstFailure_andStoresTheOthers() {
        var cache = CoalescingCache.<String, String>builder("small")
                .executor(one)
                .loader(key -> {
                    if (key.equals("b")) {
                        throw new IllegalArgumentException("no b");
                    }
                    return key;
                })
                .build();

        var values = cache.getAllAsync(List.of("a", "b", "c"));

        assertThatThrownBy(values::join).hasCauseInstanceOf(IllegalArgumentException.class);
        assertThat(cache.asMap()).containsOnlyKeys("a", "c");
    }

    @Test
    void C8_getAllAsync_cancelled_cancelsTheLoad_andAsksForNoOther() {
        var gate = new Gate<String>();
        var cache = CoalescingCache.<String, String>builder("small")
                .executor(one)
                .loader(gate)
                .build();
        var values = cache.getAllAsync(List.of("a", "b"));
        gate.awaitEntered();

        values.cancel(true);

        Callers.awaitTrue(() -> gate.interrupts() == 1);
        assertThat(CompletableFuture.supplyAsync(gate::runs, one).join()).isEqualTo(1);
        assertThat(cache.flights()).isEmpty();
    }

    @Test
    void G10_theContextOfTheCallerOfGetAllAsync_travelsWithAllItsLoads() {
        var context = new ThreadLocal<String>();
        ContextRegistry.getInstance().registerThreadLocalAccessor("test.getAll", context);
        try {
            var gate = new Gate<String>();
            var cache = CoalescingCache.<String, String>builder("context")
                    .loader(key -> (key.equals("a") ? gate.load(key) : "") + context.get())
                    .build();
            context.set("another's");
            var other = cache.getAsync("a");
            gate.awaitEntered();

            context.set("the caller's");
            var values = cache.getAllAsync(List.of("a", "b"));
            gate.open();

            assertThat(other.join()).isEqualTo("valueanother's");
            assertThat(values.join()).containsEntry("b", "the caller's");
        } finally {
            context.remove();
            ContextRegistry.getInstance().removeThreadLocalAccessor("test.getAll");
        }
    }
}
