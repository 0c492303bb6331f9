package io.skein.internal;

import java.util.function.Consumer;

/** A task that must have an end even if the thread that got it cannot run it. It throws nothing itself. */
public interface Dispatched extends Runnable {
    /** The thread could not take on what the task was to take along, or not put it off again. Does nothing if it was run. */
    void notRun(Throwable why);

    /** @param otherwise what to do if the task is not run; does nothing if it was */
    static Dispatched of(Runnable task, Consumer<Throwable> otherwise) {
        return new Dispatched() {
            @Override
            public void run() {
                task.run();
            }

            @Override
            public void notRun(Throwable why) {
                otherwise.accept(why);
            }
        };
    }
}
