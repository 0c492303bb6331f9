package io.skein.stream;

import static io.skein.Callers.awaitTrue;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;

/** What a subscriber gets, as much as the test asks for; and that it gets it one by one, and nothing after the end. */
final class Subscribed<T> implements Flow.Subscriber<T> {
    final List<T> items = new CopyOnWriteArrayList<>();
    volatile Throwable failure;
    volatile boolean complete;
    volatile Flow.Subscription subscription;
    private final AtomicBoolean busy = new AtomicBoolean();
    private volatile String wrong;
    private boolean wantsAll;

    /** Asks for everything. */
    Subscribed<T> all() {
        wantsAll = true;
        return this;
    }

    private void signal(Runnable signal) {
        if (!busy.compareAndSet(false, true)) {
            wrong = "two signals at once";
        }
        if (isEnded()) {
            wrong = "a signal after the end";
        }
        signal.run();
        busy.set(false);
    }

    @Override
    public void onSubscribe(Flow.Subscription newSubscription) {
        signal(() -> {
            subscription = newSubscription;
            if (wantsAll) {
                newSubscription.request(Long.MAX_VALUE);
            }
        });
    }

    @Override
    public void onNext(T item) {
        signal(() -> items.add(item));
    }

    @Override
    public void onError(Throwable newFailure) {
        signal(() -> failure = newFailure);
    }

    @Override
    public void onComplete() {
        signal(() -> complete = true);
    }

    boolean isEnded() {
        return complete || failure != null;
    }

    void awaitItems(int count) {
        awaitTrue(() -> items.size() >= count);
        assertThat(items).hasSize(count);
        assertThat(wrong).isNull();
    }

    /** All items, after the end. */
    List<T> ended() {
        awaitTrue(this::isEnded);
        assertThat(wrong).isNull();
        return items;
    }
}
