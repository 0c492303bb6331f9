package io.skein.resilience4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.skein.Callers;
import io.skein.Group;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** C11: nothing is left behind of loads that ended in every way there is. */
class LeftoversTest {
    private static final int LOADS = 50_000; // of each form

    private final Group<Integer, Integer> group = Group.create("leftovers");
    private final CircuitBreaker breaker = CircuitBreaker.of(
            "breaker", Parts.breakerConfig(10_000).failureRateThreshold(100).build());
    private final io.github.resilience4j.bulkhead.Bulkhead bulkhead = Parts.bulkhead(200, Parts.NONE);
    private final Guard guard = Guard.builder()
            .retry(Parts.retry(2, Duration.ofMillis(1)))
            .circuitBreaker(breaker)
            .rateLimiter(Parts.rateLimiter(100_000_000, Parts.FOR_EVER, Parts.NONE))
            .timeLimiter(Parts.timeLimiter(Duration.ofMillis(500)))
            .bulkhead(bulkhead)
            .build();

    @Test
    void C11_afterAHundredThousandLoads_nothingIsLeft() {
        var pool = Executors.newFixedThreadPool(8);
        var slow = new AtomicInteger();
        var guardedAsync = guard.<Integer, Integer>asyncLoader(key -> switch (ThreadLocalRandom.current()
                .nextInt(8)) {
            case 0 -> CompletableFuture.failedFuture(new IOException("down"));
            case 1 -> throw new IOException("no connection");
            case 2 -> CompletableFuture.failedFuture(new AssertionError("broken"));
            case 3 -> CompletableFuture.supplyAsync(() -> key, pool);
            case 4 -> null;
            case 5 -> slow.incrementAndGet() < 300 ? new CompletableFuture<>() : CompletableFuture.completedFuture(key);
            default -> CompletableFuture.completedFuture(key);
        });
        var guarded = guard.<Integer, Integer>loader(
                key -> switch (ThreadLocalRandom.current().nextInt(50)) {
                    case 0 -> throw new IOException("down");
                    case 1 -> throw new AssertionError("broken");
                    default -> key;
                });

        for (int round = 0; round < LOADS; round += 500) {
            var calls = new ArrayList<CompletableFuture<Integer>>();
            for (int i = round; i < round + 500; i++) {
                var async = group.loadAsync(i, guardedAsync);
                calls.add(async);
                calls.add(group.supplyAsync(i + LOADS, guarded));
                if (i % 5 == 0) {
                    async.cancel(true);
                }
            }
            Callers.awaitTrue(() -> calls.stream().allMatch(CompletableFuture::isDone));
        }

        Callers.awaitTrue(() -> bulkhead.getMetrics().getAvailableConcurrentCalls() == 200);
        Callers.awaitTrue(() -> Timers.pending() == 0);
        assertThat(group.flights()).isEmpty();
        assertThat(breaker.getState()).isEqualTo(CircuitBreaker.State.CLOSED);
        pool.shutdown();
        Callers.awaitTrue(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().equals("skein-guard-timer")));
    }
}
