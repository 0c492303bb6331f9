package io.skein.examples;

/** What of the demo is to be run. */
enum Part {
    STAMPEDE,
    CACHE,
    BOTH;

    boolean hasStampede() {
        return this != CACHE;
    }

    boolean hasCache() {
        return this != STAMPEDE;
    }
}
