package io.skein.guava;

import com.google.common.util.concurrent.AbstractFuture;

/** A future of Guava's that the test ends, and that tells how it was cancelled. */
final class Answer<V> extends AbstractFuture<V> {
    @Override
    public boolean set(V value) {
        return super.set(value);
    }

    @Override
    public boolean setException(Throwable failure) {
        return super.setException(failure);
    }

    boolean isCancelledWithInterrupt() {
        return wasInterrupted();
    }
}
