package io.skein.internal;

/** A task that must have an end even if the thread that got it cannot run it. It throws nothing itself. */
public interface Dispatched extends Runnable {
    /** The thread could not take on what the task was to take along, or not put it off again. Does nothing if it was run. */
    void notRun(Throwable why);
}
