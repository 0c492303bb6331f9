package io.skein.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class TallyTest {
    private static final int THREADS = 8;

    private final Tally tally = new Tally();

    @Test
    void sum_isWhatWasAdded() {
        tally.increment();
        tally.add(41);
        tally.add(-2);

        assertThat(tally.sum()).isEqualTo(40);
    }

    @Test
    void sum_ofNothing_isZero() {
        assertThat(tally.sum()).isZero();
    }

    /** From the one word on, over the moment when the cells come, to all threads adding to theirs. */
    @RepeatedTest(200)
    void additionsAtTheSameMoment_areAllInTheSum() throws InterruptedException {
        int additions = 20_000;

        var threads = start(i -> {
            for (int j = 0; j < additions; j++) {
                tally.add(i);
            }
        });
        for (var thread : threads) {
            thread.join();
        }

        assertThat(tally.sum()).isEqualTo((long) additions * THREADS * (THREADS - 1) / 2);
    }

    @RepeatedTest(50)
    void sum_whileOthersAdd_hasWhatWasAddedBefore_andNothingElse() throws InterruptedException {
        int additions = 2_000;
        var begun = new AtomicLong();
        var done = new AtomicLong();

        var threads = start(i -> {
            for (int j = 0; j < additions; j++) {
                begun.incrementAndGet();
                tally.increment();
                done.incrementAndGet();
            }
        });
        while (threads.stream().anyMatch(Thread::isAlive)) {
            long least = done.get();
            long sum = tally.sum();
            assertThat(sum).isBetween(least, begun.get());
        }

        assertThat(tally.sum()).isEqualTo((long) THREADS * additions);
    }

    private static List<Thread> start(IntConsumer work) {
        var ready = new CyclicBarrier(THREADS);
        var threads = IntStream.range(0, THREADS)
                .mapToObj(i -> new Thread(() -> {
                    try {
                        ready.await();
                    } catch (InterruptedException | BrokenBarrierException e) {
                        throw new IllegalStateException(e);
                    }
                    work.accept(i);
                }))
                .toList();
        threads.forEach(Thread::start);
        return threads;
    }
}
