package io.skein.examples.cluster;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Where a JVM loads from. A value is the moment at which its load began: all JVMs of a machine have the same clock. */
final class Source {
    private final AtomicInteger loads = new AtomicInteger();

    int loads() {
        return loads.get();
    }

    long load(long millis) throws InterruptedException {
        loads.incrementAndGet();
        long now = System.nanoTime();
        TimeUnit.MILLISECONDS.sleep(millis);
        return now;
    }
}
