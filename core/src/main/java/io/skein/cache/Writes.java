package io.skein.cache;

import io.skein.write.WriteBehindStats;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** How a cache writes to its source: one of the strategies (C10). */
sealed interface Writes<K, V> permits DirectWrites, BufferedWrites {
    void write(K key, V value);

    /** A future of the caller's own. */
    CompletableFuture<Void> writeAsync(K key, V value);

    void delete(K key);

    /** A future of the caller's own. */
    CompletableFuture<Void> deleteAsync(K key);

    /** Done when all is written that was accepted before; a future of the caller's own. */
    CompletableFuture<Void> flush();

    /** Of what waits, if anything ever does. */
    Optional<WriteBehindStats> stats();

    /** Takes nothing any more. */
    void close();
}
