package io.skein.soak;

/**
 * The value of a key in the soak of the cache.
 *
 * @param number the key's version when it was read from the source
 */
record Version(int key, long number) {
    /** Whether there is nothing under a key at this version: so it can be told how old a null may be. */
    static boolean isNothing(long number) {
        return number % 5 == 4;
    }

    /** What the source has under a key at a version. */
    static Version of(int key, long number) {
        return isNothing(number) ? null : new Version(key, number);
    }
}
