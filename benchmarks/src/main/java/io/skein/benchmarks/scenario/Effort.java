package io.skein.benchmarks.scenario;

/** How long to measure. */
public enum Effort {
    SHORT(1, 3, 3, 200, 10_000, 3, 10),
    FULL(3, 6, 4, 250, 100_000, 6, 24);

    /** JVMs of each contender, in turns, for JMH. */
    final int turns;

    final int warmups;
    final int iterations;
    final int iterationMillis;
    private final int callersInAll;
    private final int fewestRounds;
    private final int mostRounds;

    Effort(
            int turns,
            int warmups,
            int iterations,
            int iterationMillis,
            int callersInAll,
            int fewestRounds,
            int mostRounds) {
        this.turns = turns;
        this.warmups = warmups;
        this.iterations = iterations;
        this.iterationMillis = iterationMillis;
        this.callersInAll = callersInAll;
        this.fewestRounds = fewestRounds;
        this.mostRounds = mostRounds;
    }

    /** One of a short and a full amount. */
    int of(int inShort, int inFull) {
        return this == SHORT ? inShort : inFull;
    }

    /** Rounds of landings with so many callers: the fewer callers, the more rounds. */
    int rounds(int callers) {
        return Math.max(fewestRounds, Math.min(mostRounds, callersInAll / callers));
    }

    /** Rounds before those that count. */
    int warmupRounds(int callers) {
        return Math.max(1, rounds(callers) / 3);
    }
}
