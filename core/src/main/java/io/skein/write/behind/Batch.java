package io.skein.write.behind;

import io.skein.write.CacheWriter;
import io.skein.write.PartialWriteException;
import io.skein.write.behind.Slot.Write;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes of different keys that the writer is given together. Touched by one thread at a time: the one that writes.
 */
final class Batch<K, V> {
    /** After so many failures in a row it is not single writes that the source does not take. */
    private static final int SOURCE_IS_DOWN = 10;

    private final Map<K, Write<V>> left;
    private int tries;

    /** @param left what has not been written yet */
    Batch(Map<K, Write<V>> left) {
        this.left = left;
    }

    /** A write that could not be written. */
    record Lost<K, V>(K key, Write<V> write, Throwable failure) {}

    Map<K, Write<V>> left() {
        return left;
    }

    /** The keys in it that are to be deleted. */
    Set<K> deleted() {
        var deleted = new LinkedHashSet<K>();
        left.forEach((key, write) -> {
            if (write.value() == null) {
                deleted.add(key);
            }
        });
        return deleted;
    }

    int tries() {
        return tries;
    }

    /**
     * Gives the writer what is left.
     *
     * @param done is given the keys that were written; they are left until {@link Backlog#end}
     * @return why not all were; null if they were
     */
    @Nullable
    Throwable give(CacheWriter<K, V> writer, Collection<K> done) {
        tries++;
        var values = new LinkedHashMap<K, V>();
        var deleted = new LinkedHashSet<K>();
        left.forEach((key, write) -> {
            var value = write.value();
            if (value == null) {
                deleted.add(key);
            } else {
                values.put(key, value);
            }
        });
        try {
            if (!values.isEmpty()) {
                writer.writeAll(Collections.unmodifiableMap(values));
                done(values.keySet(), done);
            }
            if (!deleted.isEmpty()) {
                writer.deleteAll(Collections.unmodifiableSet(deleted));
                done(deleted, done);
            }
            return null;
        } catch (PartialWriteException e) {
            done(e.done(), done);
            return e.getCause() == null ? e : e.getCause();
        } catch (Throwable e) {
            return e;
        }
    }

    private void done(Collection<?> keys, Collection<K> done) {
        left.keySet().stream().filter(keys::contains).forEach(done::add);
    }

    /**
     * Gives the writer what is left one by one.
     *
     * @param done is given the keys that were written; they are left until {@link Backlog#end}
     * @param failure of the batch
     * @param isStopped whether the writer must not be called any more: what it has not written then is neither done nor lost
     * @return what could not be written
     */
    List<Lost<K, V>> giveOneByOne(
            CacheWriter<K, V> writer, Collection<K> done, Throwable failure, BooleanSupplier isStopped) {
        var lost = new ArrayList<Lost<K, V>>();
        boolean alone = left.size() == 1; // it has been tried like that
        int failures = 0;
        var last = failure;
        for (var entry : left.entrySet()) {
            if (isStopped.getAsBoolean()) {
                break;
            }
            var thrown = alone || failures >= SOURCE_IS_DOWN ? last : give(writer, entry.getKey(), entry.getValue());
            if (thrown == null) {
                done.add(entry.getKey());
                failures = 0;
            } else if (!isStopped.getAsBoolean()) { // else it may have been the interrupt
                lost.add(new Lost<>(entry.getKey(), entry.getValue(), thrown));
                last = thrown;
                failures++;
            }
        }
        return lost;
    }

    private static <K, V> @Nullable Throwable give(CacheWriter<K, V> writer, K key, Write<V> write) {
        try {
            var value = write.value();
            if (value == null) {
                writer.delete(key);
            } else {
                writer.write(key, value);
            }
            return null;
        } catch (Throwable e) {
            return e;
        }
    }
}
