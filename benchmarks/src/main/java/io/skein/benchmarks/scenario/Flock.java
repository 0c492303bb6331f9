package io.skein.benchmarks.scenario;

import io.skein.benchmarks.contender.Blocking;
import io.skein.benchmarks.contender.BlockingContender;

/**
 * Landings of one contender, one after the other: a leader, whose load goes on until everybody is there, and followers, all
 * waiting.
 */
final class Flock implements AutoCloseable {
    private final Blocking kind;
    private final BlockingContender contender;
    private volatile GatedLoad load = new GatedLoad();
    private int landings;

    Flock(Blocking kind) {
        this.kind = kind;
        this.contender = kind.over(key -> load.apply(key));
    }

    /**
     * Callers come, and their load ends.
     *
     * @param whenAllWait is run before it ends
     * @return nanoseconds from the end of the load to the return of the last follower
     */
    long land(Threads threads, int followers, Runnable whenAllWait) {
        load = new GatedLoad();
        var key = "user:" + ++landings;
        var leader = Crowd.start(threads, 1, () -> contender.load(key));
        load.awaitEntered();
        var crowd = Crowd.start(threads, followers, () -> contender.load(key));
        crowd.awaitWaiting();
        Patience.until(() -> contender.hasAboard(followers + 1), "callers to board");
        whenAllWait.run();
        load.openGate();
        long last = crowd.awaitReturned();
        leader.awaitReturned();
        contender.drop(key);
        if (load.loads() != 1) {
            throw new IllegalStateException(kind.label() + " loaded " + load.loads() + " times instead of once");
        }
        return last - load.endedAt();
    }

    @Override
    public void close() {
        contender.close();
    }
}
