package io.skein.examples;

/** What of the demo is to be run. */
enum Part {
    STAMPEDE,
    CACHE,
    WRITES,
    ALL;

    boolean hasStampede() {
        return this == STAMPEDE || this == ALL;
    }

    boolean hasCache() {
        return this == CACHE || this == ALL;
    }

    boolean hasWrites() {
        return this == WRITES || this == ALL;
    }
}
