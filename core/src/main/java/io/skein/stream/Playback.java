package io.skein.stream;

import java.lang.System.Logger.Level;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One subscriber, and how far it is. Its signals are given one after the other, by tasks of an executor of which there is one
 * at a time.
 *
 * <p>Whoever has news for it (items, an end, demand, that it left) counts it into {@code news}, and starts a task if the count was
 * zero. The task goes round until it has seen all that was counted. It enters the waiting of the recording when it has given all
 * there is, and looks once more after that, as {@link Recording} demands.
 */
final class Playback<T> implements Flow.Subscription, Follower, Runnable {
    private static final System.Logger LOG = System.getLogger(StreamGroup.class.getName());

    /** After so many items the thread is given back, in case others wait for one. */
    private static final int MOST_AT_ONCE = 256;

    private final Recording<?> recording;
    private final Items.Cursor<T> cursor;
    private final Executor executor;
    private final AtomicInteger news = new AtomicInteger(1); // until it has been told of its subscription
    private final AtomicLong demand = new AtomicLong();
    private final AtomicBoolean left = new AtomicBoolean();
    private volatile @Nullable IllegalArgumentException badRequest;
    private volatile boolean cancelled;

    private Flow.@Nullable Subscriber<? super T> subscriber; // by the task, like the next; null when all has been said
    private boolean waits;

    /** A subscriber that is aboard. */
    Playback(Items<T> items, Flow.Subscriber<? super T> subscriber, Executor executor) {
        this.recording = items.recording();
        this.cursor = items.play();
        this.subscriber = subscriber;
        this.executor = executor;
    }

    /** Tells the subscriber of its subscription, before anything else. */
    void begin() {
        var to = subscriber;
        if (to == null) {
            throw new IllegalStateException("begun already");
        }
        try {
            to.onSubscribe(this);
        } catch (Throwable e) {
            failed(to, e);
        }
        dispatch();
    }

    // For the subscriber, on any thread

    @Override
    public void request(long count) {
        if (count <= 0) {
            badRequest = new IllegalArgumentException("non-positive subscription request, was " + count);
        } else {
            demand.accumulateAndGet(count, (now, more) -> now + more < 0 ? Long.MAX_VALUE : now + more);
        }
        announce();
    }

    @Override
    public void cancel() {
        cancelled = true;
        leave();
        announce(); // so that the subscriber is let go of
    }

    @Override
    public void wake() {
        announce();
    }

    private void leave() {
        if (left.compareAndSet(false, true)) {
            recording.leave();
        }
    }

    private void announce() {
        if (news.getAndIncrement() == 0) {
            dispatch();
        }
    }

    /** By whoever has counted the first news, or the task itself: so there is one at a time. */
    private void dispatch() {
        try {
            executor.execute(this);
        } catch (Throwable e) { // no task: this thread is the one at a time
            end(e);
        }
    }

    // The task

    @Override
    public void run() {
        int seen = news.get();
        while (seen != 0) {
            if (!play()) {
                return;
            }
            seen = news.addAndGet(-seen);
        }
    }

    /** False if another task goes on, or nothing is left to be said: then no news are looked at any more. */
    private boolean play() {
        stopWaiting();
        for (int given = 0; given < MOST_AT_ONCE || isBackHere(); ) {
            var to = subscriber;
            if (to == null || cancelled || badRequest != null) {
                end(badRequest);
                return false;
            }
            var ended = recording.ending(); // before the look at what there is: nothing is written after it
            boolean wants = demand.get() > 0;
            T item;
            try {
                item = wants ? cursor.next() : null;
            } catch (Throwable e) { // the file, or the codec
                end(e);
                return false;
            }
            if (item != null) {
                give(to, item);
                given = given == MOST_AT_ONCE ? 1 : given + 1;
            } else if (!wants && cursor.hasMore()) {
                return true;
            } else if (ended != null) {
                end(ended.failure());
                return false;
            } else if (waits) {
                return true;
            } else {
                recording.enter(this);
                waits = true;
            }
        }
        return false;
    }

    /**
     * Gives the thread back, for another task to go on. True if the executor would run that here and now, one inside of the
     * other: then this one goes on itself.
     */
    private boolean isBackHere() {
        var me = Thread.currentThread();
        var hop = new Hop();
        try {
            executor.execute(() -> {
                if (Thread.currentThread() == me && !hop.over) {
                    hop.isBackHere = true;
                } else {
                    run();
                }
            });
        } catch (Throwable e) { // no task: this thread is the one at a time
            end(e);
        }
        hop.over = true;
        return hop.isBackHere;
    }

    /** Of one thread: others look at nothing of it. */
    private static final class Hop {
        boolean isBackHere;
        boolean over;
    }

    private void give(Flow.Subscriber<? super T> to, T item) {
        demand.updateAndGet(now -> now == Long.MAX_VALUE ? now : now - 1);
        try {
            to.onNext(item);
        } catch (Throwable e) {
            failed(to, e);
        }
    }

    private void failed(Flow.Subscriber<? super T> to, Throwable failure) {
        LOG.log(
                Level.WARNING,
                "subscriber " + to.getClass().getName() + " of " + recording.describe() + " failed, and is cancelled",
                failure);
        cancel();
    }

    private void end(@Nullable Throwable failure) {
        var to = subscriber;
        subscriber = null;
        stopWaiting();
        leave();
        if (to == null || cancelled) {
            return;
        }
        try {
            if (failure == null) {
                to.onComplete();
            } else {
                to.onError(failure);
            }
        } catch (Throwable e) {
            failed(to, e);
        }
    }

    private void stopWaiting() {
        if (waits) {
            waits = false;
            recording.exit(this);
        }
    }
}
