package io.skein.benchmarks;

/** How long to measure. */
enum Effort {
    SHORT(3, 4, 5, 200, 1),
    FULL(5, 5, 10, 500, 4);

    private static final int MOST_ROUNDS = 30;
    private static final int FEWEST_ROUNDS = 7;
    private static final int CALLERS_IN_ALL = 30_000;

    /** JVMs for each contender, in turns. */
    final int forks;

    final int warmups;
    final int iterations;
    final int iterationMillis;
    private final int factor;

    Effort(int forks, int warmups, int iterations, int iterationMillis, int factor) {
        this.forks = forks;
        this.warmups = warmups;
        this.iterations = iterations;
        this.iterationMillis = iterationMillis;
        this.factor = factor;
    }

    /** Rounds of landings with so many callers: the fewer callers, the more rounds. */
    int rounds(int callers) {
        return factor * Math.max(FEWEST_ROUNDS, Math.min(MOST_ROUNDS, CALLERS_IN_ALL / callers));
    }

    /** Rounds before those that count. */
    int warmupRounds(int callers) {
        return Math.max(2, rounds(callers) / 3);
    }
}
