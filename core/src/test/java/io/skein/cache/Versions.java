package io.skein.cache;

import io.skein.Loader;
import java.util.concurrent.atomic.AtomicInteger;

/** A source whose answers are told apart: each load gives the next number, or throws, or gives nothing. */
final class Versions implements Loader<String, Integer> {
    private final AtomicInteger loads = new AtomicInteger();
    private volatile Exception failure;
    private volatile boolean absent;

    @Override
    public Integer load(String key) throws Exception {
        int version = loads.incrementAndGet();
        if (failure != null) {
            throw failure;
        }
        return absent ? null : version;
    }

    int loads() {
        return loads.get();
    }

    void fail(Exception with) {
        failure = with;
    }

    void recover() {
        failure = null;
    }

    void empty(boolean nothing) {
        absent = nothing;
    }
}
