package io.skein.resilience4j;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.skein.internal.Failures;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** As many attempts at a time as the bulkhead lets in. */
record BulkheadLayer(Bulkhead bulkhead) implements Layer {

    @Override
    public <T extends @Nullable Object> Callable<T> blocking(Callable<T> load, LoadRun run) {
        return Bulkhead.decorateCallable(bulkhead, load); // gives back in a finally block, so whatever is thrown
    }

    /** Not Resilience4j's own: that blocks the calling thread while it waits, and cannot be cancelled. */
    @Override
    public <T extends @Nullable Object> AsyncCall<T> async(AsyncCall<T> load, LoadRun run) {
        return () -> {
            var promise = new Promise<T>();
            if (bulkhead.getBulkheadConfig().getMaxWaitDuration().isZero()) {
                enter(promise, load, run);
            } else { // it can only wait on a thread
                Later.take(0, TimeUnit.NANOSECONDS, promise, run, () -> enter(promise, load, run));
            }
            return promise;
        };
    }

    private <T extends @Nullable Object> void enter(Promise<T> promise, AsyncCall<T> load, LoadRun run)
            throws Exception {
        try {
            bulkhead.acquirePermission();
        } catch (Throwable e) {
            if (Failures.isByInterrupt(e)) {
                throw e;
            }
            promise.fail(e);
            return;
        }
        if (promise.isOver()) { // cancelled while it waited
            bulkhead.releasePermission();
        } else {
            promise.follow(load, new Permit(), run);
        }
    }

    private final class Permit implements Ending<@Nullable Object> {
        @Override
        public void succeeded(@Nullable Object value) {
            bulkhead.onComplete();
        }

        @Override
        public void failed(Throwable failure) {
            bulkhead.onComplete();
        }

        @Override
        public void cancelled() {
            bulkhead.onComplete();
        }
    }

    @Override
    public String toString() {
        return "Bulkhead '" + bulkhead.getName() + "'";
    }
}
