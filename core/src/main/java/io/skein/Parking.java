package io.skein;

import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinPool.ManagedBlocker;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.LockSupport;

/** How threads of Skein's callers wait. */
final class Parking {
    /** As a time to park: until woken. */
    static final long FOR_EVER = Long.MAX_VALUE;

    private Parking() {}

    /**
     * Blocks the calling thread until the blocker is releasable. In a fork-join pool another thread stands in
     * meanwhile, if the pool can have one more.
     *
     * @throws LoadCycleException if it would wait for itself
     */
    static void await(ManagedBlocker blocker) {
        try {
            ForkJoinPool.managedBlock(blocker);
        } catch (RejectedExecutionException e) { // no stand-in to be had
            boolean done;
            do {
                done = blocker.isReleasable() || blockUninterruptibly(blocker);
            } while (!done);
        } catch (InterruptedException e) {
            throw new AssertionError("block() does not throw it", e);
        }
    }

    private static boolean blockUninterruptibly(ManagedBlocker blocker) {
        try {
            return blocker.block();
        } catch (InterruptedException e) {
            throw new AssertionError("block() does not throw it", e);
        }
    }

    /** One turn of {@link ManagedBlocker#block}: tells what this thread waits for, looks for circles, and parks. */
    static boolean block(Waiting waiting, ManagedBlocker blocker, long nanos) {
        LockSupport.setCurrentBlocker(waiting);
        try {
            LoadCycles.check(waiting);
            if (!blocker.isReleasable()) {
                if (nanos == FOR_EVER) {
                    LockSupport.park();
                } else {
                    LockSupport.parkNanos(nanos);
                }
            }
        } finally {
            LockSupport.setCurrentBlocker(null);
        }
        return blocker.isReleasable();
    }
}
