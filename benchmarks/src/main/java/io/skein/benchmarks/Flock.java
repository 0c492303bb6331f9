package io.skein.benchmarks;

/** One flight with waiting threads aboard: a leader, whose load goes on until {@link #land}, and followers, all parked. */
final class Flock implements AutoCloseable {
    private static final String KEY = "user:42";

    private final GatedLoad load = new GatedLoad();
    private final BlockingContender contender;
    private final Crowd leader;
    private final Crowd followers;

    Flock(Blocking contender, Threads kind, int size) {
        this.contender = contender.over(load);
        this.leader = Crowd.start(kind, 1, this::call);
        load.awaitEntered();
        this.followers = Crowd.start(kind, size, this::call);
        followers.awaitParked();
        Patience.until(() -> this.contender.hasAboard(size + 1), "callers to board");
    }

    private Object call() {
        return contender.load(KEY);
    }

    /**
     * Lets the load end.
     *
     * @return nanoseconds from there to the return of the last follower
     */
    long land() {
        load.openGate();
        long last = followers.awaitReturned();
        leader.awaitReturned();
        if (load.loads() != 1) {
            throw new IllegalStateException(load.loads() + " loads instead of 1");
        }
        return last - load.endedAt();
    }

    @Override
    public void close() {
        contender.close();
    }
}
