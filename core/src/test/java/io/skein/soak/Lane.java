package io.skein.soak;

import io.skein.CallerInterruptedException;
import io.skein.CallerTimeoutException;
import io.skein.Flight;
import io.skein.Group;
import io.skein.GroupProbe;
import io.skein.LoadCycleException;
import io.skein.LoadRejectedException;
import io.skein.LoadTimeoutException;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/** One group under soak, and what its callers, loads and forgetters see of it, held against the promises. */
final class Lane {
    static final int KEYS = 24;

    private static final AtomicLong CLOCK = new AtomicLong();

    final Setting setting;
    final Books books = new Books();
    final Group<Integer, Run> group;
    private final Verdict verdict;
    private final Tally tally;

    private final Map<Integer, Set<Run>> active = new ConcurrentHashMap<>();
    private final AtomicLongArray forgotten = new AtomicLongArray(KEYS); // when the last finished forget began
    private final Map<Integer, Run> store = new ConcurrentHashMap<>();
    private final Queue<Run> runs = new ConcurrentLinkedQueue<>();
    private final LongAdder outcomes = new LongAdder();

    volatile boolean closed;

    Lane(Setting setting, ExecutorService small, Verdict verdict, Tally tally) {
        this.setting = setting;
        this.verdict = verdict;
        this.tally = tally;
        this.group = setting.group(books, small);
    }

    /** One caller's call, from before it begins. */
    final class Call {
        final int key;
        final boolean fresh;
        final long arrived = CLOCK.incrementAndGet();
        final long notBefore;
        volatile boolean leaving;

        Call(int key, boolean fresh) {
            this.key = key;
            this.fresh = fresh;
            this.notBefore = forgotten.get(key);
        }

        void got(Run run, Boolean shared) {
            long before = run.returned.get();
            if (run.key != key) {
                broken("G1", "got the value of another key", run);
            } else if (before != 0 && before < arrived) {
                broken("G2", "got what others had got before it came", run);
            } else if (run.entered <= notBefore) {
                broken("G4", "got a load that was forgotten at " + notBefore, run);
            } else if (fresh && run.entered <= arrived) {
                broken("G12", "got a load from before it came", run);
            }
            run.returned.compareAndSet(0, CLOCK.incrementAndGet());
            run.callers.incrementAndGet();
            if (shared != null) {
                (shared ? run.toldShared : run.toldAlone).incrementAndGet();
            }
            outcomes.increment();
            tally.count("values");
        }

        /** Counts a failure, as an outcome of the flight or as this caller's own. */
        void failed(Throwable e) {
            if (e instanceof Boom || e instanceof Boom.Fatal) {
                outcome("failures");
            } else if (e instanceof LoadTimeoutException && setting == Setting.TIMED) {
                outcome("load timeouts");
            } else if (e instanceof RejectedExecutionException
                    && (setting == Setting.REJECTING || setting == Setting.CLOSED_MEANWHILE)) {
                outcome("rejected by executor");
            } else if (setting == Setting.CLOSED_MEANWHILE && isOfClosing(e)) { // also if it was about to be cancelled
                outcome("closed in flight");
            } else if (e instanceof CancellationException && leaving) {
                tally.count("cancelled");
            } else if (e instanceof IllegalStateException && setting == Setting.CLOSED_MEANWHILE) {
                tally.count("refused by closed group");
            } else if (e instanceof TimeoutException && leaving) {
                tally.count("timed out futures");
            } else if (e instanceof CallerTimeoutException && setting == Setting.TIMED) {
                tally.count("caller timeouts");
            } else if (e instanceof CallerInterruptedException) {
                tally.count("interrupted");
            } else if (e instanceof LoadRejectedException && setting == Setting.BOUNDED) {
                tally.count("rejected");
            } else if (e instanceof LoadCycleException) {
                tally.count("cycles");
            } else {
                verdict.broken("G5", "key " + key + " of " + group.name() + " failed with " + Report.of(e));
            }
        }

        /** A future that was completed with a CancellationException may throw one of its own around it. */
        private boolean isOfClosing(Throwable e) {
            return e instanceof CancellationException
                    && (String.valueOf(e.getMessage()).contains("was closed") || isOfClosing(e.getCause()));
        }

        private void outcome(String kind) {
            outcomes.increment();
            tally.count(kind);
        }

        private void broken(String promise, String how, Run run) {
            verdict.broken(
                    promise,
                    "a caller of key " + key + " of " + group.name() + " that came at " + arrived + " " + how + ": "
                            + run);
        }
    }

    // Loads

    /** A loader begins. Of all that run for this key now, only one flight can be joined. */
    Run enter(int key, Flight<?, ?> flight) {
        var run = new Run(key, flight, CLOCK.incrementAndGet());
        var running = active.computeIfAbsent(key, k -> ConcurrentHashMap.newKeySet());
        for (var other : running) {
            if (!GroupProbe.isGone(other.flight) && (other.flight == flight || !GroupProbe.isGone(flight))) {
                verdict.broken("G1", "two loads at once in " + group.name() + ": " + run + ", and " + other);
            }
        }
        running.add(run);
        runs.add(run);
        tally.count("loads");
        return run;
    }

    void exit(Run run) {
        active.get(run.key).remove(run);
    }

    void store(Run run) {
        run.flight.ifCurrent(() -> store.put(run.key, run));
    }

    // Forgetting

    void forget(int key) {
        long began = CLOCK.incrementAndGet();
        group.forget(key);
        hasForgotten(key, began);
    }

    void forgetUnshared(int key) {
        long began = CLOCK.incrementAndGet();
        if (group.forgetUnshared(key)) {
            hasForgotten(key, began);
        }
    }

    void invalidate(int key) {
        long began = CLOCK.incrementAndGet();
        group.forget(key, () -> store.remove(key));
        var stored = store.get(key);
        if (stored != null && stored.entered < began) {
            verdict.broken(
                    "G4",
                    "a value is in the store of " + group.name() + " that was loaded before " + began
                            + ", when it was invalidated: " + stored);
        }
        hasForgotten(key, began);
    }

    private void hasForgotten(int key, long began) {
        forgotten.accumulateAndGet(key, began, Math::max);
        tally.count("forgets");
    }

    // At rest

    /** After the last caller: everything has to land, and the books have to agree. */
    void comeToRest() {
        verdict.await(
                () -> GroupProbe.isEmpty(group) && active.values().stream().allMatch(Set::isEmpty),
                "G2, G8",
                () -> "in " + group.name() + " these never end: " + active + ", " + GroupProbe.inProgress(group));
        verdict.await(
                () -> books.isBalanced() && outcomesAgree(),
                "the books",
                () -> "of " + group.name() + ": " + books + ", outcomes " + outcomes);
        for (var run : runs) {
            if (!run.isConsistent()) {
                verdict.broken("G3", "in " + group.name() + ": " + run);
            }
        }
        if (setting == Setting.BOUNDED && verdict.isClean()) {
            Permits.areAllBack(group, verdict);
        }
    }

    /** Close may end a flight that waits for its next load, and that no landing is told of: its callers come on top. */
    private boolean outcomesAgree() {
        return setting == Setting.CLOSED_MEANWHILE
                ? books.carried.sum() <= outcomes.sum()
                : books.carried.sum() == outcomes.sum();
    }

    @Override
    public String toString() {
        return group.name() + " " + GroupProbe.inProgress(group);
    }
}
