package io.skein;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A loader that counts its runs, and returns only when it is let. */
public final class Gate<K> implements Loader<K, String> {
    private final AtomicInteger runs = new AtomicInteger();
    private final AtomicInteger interrupts = new AtomicInteger();
    private final CountDownLatch entered = new CountDownLatch(1);
    private final CountDownLatch open = new CountDownLatch(1);
    private final String value;

    public Gate(String value) {
        this.value = value;
    }

    public Gate() {
        this("value");
    }

    @Override
    public String load(K key) throws InterruptedException {
        runs.incrementAndGet();
        entered.countDown();
        try {
            open.await();
        } catch (InterruptedException e) {
            interrupts.incrementAndGet();
            throw e;
        }
        return value;
    }

    public void open() {
        open.countDown();
    }

    public void awaitEntered() {
        try {
            assertThat(entered.await(Callers.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .as("the loader was entered")
                    .isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    public int runs() {
        return runs.get();
    }

    public int interrupts() {
        return interrupts.get();
    }
}
