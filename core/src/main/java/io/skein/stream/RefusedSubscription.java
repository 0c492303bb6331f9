package io.skein.stream;

import java.util.concurrent.Flow;

/** Of a subscriber that cannot come aboard, which is told so as it would be told of any failure. */
final class RefusedSubscription implements Flow.Subscription {
    private volatile boolean cancelled;

    private RefusedSubscription() {}

    static void tell(Flow.Subscriber<?> subscriber, Throwable failure) {
        var subscription = new RefusedSubscription();
        subscriber.onSubscribe(subscription);
        if (!subscription.cancelled) {
            subscriber.onError(failure);
        }
    }

    @Override
    public void request(long count) {}

    @Override
    public void cancel() {
        cancelled = true;
    }
}
