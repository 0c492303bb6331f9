package io.skein.internal;

import org.jspecify.annotations.Nullable;

/** A piece of work on some thread that can be interrupted while it lasts, and only then. */
public final class Work {
    private @Nullable Thread thread; // guarded by this, like all
    private boolean over;
    private boolean interrupted;

    /** The calling thread begins. False if it was interrupted before. */
    public synchronized boolean begin() {
        thread = Thread.currentThread();
        return !over;
    }

    /** The calling thread has ended. True if it was interrupted here; then the interrupt is taken back. */
    public synchronized boolean end() {
        thread = null;
        over = true;
        boolean taken = interrupted;
        if (taken) {
            interrupted = false; // it is taken back once, however often this is called
            Thread.interrupted();
        }
        return taken;
    }

    /** Interrupts the thread, once; before it has begun, keeps it from beginning. */
    public synchronized void interrupt() {
        if (thread != null && !interrupted) {
            interrupted = true;
            thread.interrupt();
        }
        over = true;
    }
}
