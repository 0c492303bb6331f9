package io.skein.stream;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Writes the items of a publisher down. It asks for as many as the subscribers have room for, and for more when those have come
 * and there is room again: whoever brings {@code owed} from zero asks, so there is one who does.
 */
final class Relay<T> implements Flow.Subscriber<T>, Follower {
    private final Items<T> items;
    private final Runnable complete;
    private final CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
    private final AtomicLong owed = new AtomicLong();
    private final AtomicBoolean cancelled = new AtomicBoolean();
    private volatile Flow.@Nullable Subscription upstream;

    /** @param complete is run when the publisher has completed; what it throws is the failure of it all */
    Relay(Items<T> items, Runnable complete) {
        this.items = items;
        this.complete = complete;
        items.recording().writer(this);
        var unused = done.whenComplete((nothing, failure) -> {
            if (done.isCancelled()) {
                cancelUpstream();
            }
        });
    }

    /** Ends when the publisher does, or fails; to be cancelled when nobody wants items any more. */
    CompletableFuture<@Nullable Void> done() {
        return done;
    }

    private void cancelUpstream() {
        var subscription = upstream;
        if (subscription != null && cancelled.compareAndSet(false, true)) {
            subscription.cancel();
        }
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        requireNonNull(subscription, "subscription");
        if (upstream != null) {
            subscription.cancel(); // rule 2.5 of Reactive Streams
            return;
        }
        upstream = subscription;
        if (done.isDone()) {
            subscription.cancel(); // guard against a cancel that has found no subscription yet
        } else {
            ask();
        }
    }

    private void ask() {
        var subscription = upstream;
        if (subscription == null || !items.recording().isGrowing()) {
            return;
        }
        long room = items.room();
        if (room > 0 && owed.compareAndSet(0, room)) {
            subscription.request(room);
        }
    }

    @Override
    public void onNext(T item) {
        requireNonNull(item, "item");
        if (done.isDone()) {
            return;
        }
        try {
            items.append(item, false);
        } catch (Throwable e) { // it has ended, is full, or cannot be written down
            cancelUpstream();
            if (items.recording().isGrowing()
                    || items.recording().failure() == e) { // else whoever has ended it lands it
                onError(e);
            }
            return;
        }
        if (owed.updateAndGet(now -> Math.max(0, now - 1)) == 0) {
            ask();
        }
    }

    @Override
    public void onError(Throwable failure) {
        done.completeExceptionally(requireNonNull(failure, "failure"));
    }

    @Override
    public void onComplete() {
        try {
            complete.run();
            done.complete(null);
        } catch (Throwable e) {
            onError(e);
        }
    }

    /** There may be more room. */
    @Override
    public void wake() {
        try {
            ask();
        } catch (Throwable e) { // of a publisher that must not throw: not the failure of whoever has made room
            cancelUpstream();
            onError(e);
        }
    }
}
