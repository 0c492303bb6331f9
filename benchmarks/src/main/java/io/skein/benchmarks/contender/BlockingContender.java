package io.skein.benchmarks.contender;

/** A way to collapse loads, with its loader built in; callers block. */
public interface BlockingContender extends AutoCloseable {
    /** Joins the load of this key, or runs it on the calling thread. */
    Object load(String key);

    /** Makes the key cold again, for those that remember what they loaded. */
    void drop(String key);

    /** Whether so many callers are aboard; true for those that cannot tell. */
    default boolean hasAboard(int callers) {
        return true;
    }

    @Override
    default void close() {}
}
