package io.skein.load;

import static java.util.Objects.requireNonNull;

import io.skein.internal.Failures;
import io.skein.internal.Stages;
import io.skein.internal.Work;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** One replica that is asked, in a {@link Race}. */
abstract sealed class Attempt<K, V extends @Nullable Object> {
    private static final System.Logger LOG = System.getLogger(Hedging.class.getName());

    final Race<K, V> race;
    private final boolean first;

    /** Which thread works for it; guarded by the monitor of the race. */
    @Nullable
    Thread attendant;

    private Attempt(Race<K, V> race, boolean first) {
        this.race = race;
        this.first = first;
    }

    static <K, V extends @Nullable Object> Attempt<K, V> of(Race<K, V> race, Replica<K, V> replica, boolean first) {
        return replica instanceof Replica.Blocking<K, V> blocking
                ? new OnThread<>(race, blocking, first)
                : new Staged<>(race, (Replica.Async<K, V>) replica, first);
    }

    boolean isFirst() {
        return first;
    }

    /** Asks, and throws nothing. {@code here} tells whether the calling thread is the load's own. */
    abstract void start(boolean here);

    /** Its answer is not wanted any more. Called once at the most, before or after it has started. */
    abstract void cancel();

    final void execute(Runnable task) {
        try {
            race.execute(task, e -> race.failed(this, e));
        } catch (Throwable e) { // the executor takes no more, or no thread is to be had
            race.failed(this, e);
        }
    }

    private static final class OnThread<K, V extends @Nullable Object> extends Attempt<K, V> {
        private final Replica.Blocking<K, V> replica;
        private final Work work = new Work();

        OnThread(Race<K, V> race, Replica.Blocking<K, V> replica, boolean first) {
            super(race, first);
            this.replica = replica;
        }

        @Override
        void start(boolean here) {
            execute(this::run);
        }

        private void run() {
            V value;
            try {
                if (!work.begin()) {
                    return;
                }
                race.attend(this);
                value = ask();
            } catch (Throwable e) {
                if (!work.end() && e instanceof InterruptedException) {
                    Thread.currentThread().interrupt(); // the thread's own, which may be the load's
                }
                race.failed(this, e);
                return;
            } finally {
                work.end();
            }
            race.succeeded(this, value);
        }

        private V ask() throws Exception {
            var flight = race.flight();
            return flight == null
                    ? replica.loader().load(race.key())
                    : replica.loader().load(race.key(), flight);
        }

        @Override
        void cancel() {
            work.interrupt();
        }
    }

    private static final class Staged<K, V extends @Nullable Object> extends Attempt<K, V> {
        private final Replica.Async<K, V> replica;
        private @Nullable CompletionStage<? extends V> stage; // guarded by this
        private boolean cancelled; // guarded by this

        Staged(Race<K, V> race, Replica.Async<K, V> replica, boolean first) {
            super(race, first);
            this.replica = replica;
        }

        @Override
        void start(boolean here) {
            if (here) {
                ask();
            } else {
                execute(this::ask);
            }
        }

        private void ask() {
            try {
                var flight = race.flight();
                var answer = flight == null
                        ? replica.loader().load(race.key())
                        : replica.loader().load(race.key(), flight);
                requireNonNull(answer, "the asynchronous loader of a replica returned null");
                boolean late;
                synchronized (this) {
                    stage = answer;
                    late = cancelled;
                }
                if (late) { // given up while it was in the loader
                    Stages.cancel(answer, LOG);
                }
                var unused = answer.whenComplete(this::ended);
            } catch (Throwable e) {
                race.failed(this, e);
            }
        }

        private void ended(V value, @Nullable Throwable failure) {
            if (failure == null) {
                race.succeeded(this, value);
            } else {
                race.failed(this, Failures.ofStage(failure));
            }
        }

        @Override
        void cancel() {
            CompletionStage<? extends V> known;
            synchronized (this) {
                cancelled = true;
                known = stage;
            }
            if (known != null) {
                try {
                    race.execute(
                            () -> Stages.cancel(known, LOG),
                            e -> Stages.cancel(known, LOG)); // elsewhere: a source may take its time
                } catch (RuntimeException | Error e) { // no thread to be had
                    Stages.cancel(known, LOG);
                }
            }
        }
    }
}
