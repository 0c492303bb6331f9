package io.skein.jcstress;

import io.skein.cache.CoalescingCache;
import io.skein.cache.Loaded;
import io.skein.write.CacheWriter;
import io.skein.write.WriteBehind;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A variable in a source, and the caches of these tests, whose key it is. There is one cache of each kind for all, as
 * with {@link Flights}: each sample has variables of its own, and invalidates them when it is over. Everything but
 * writing behind happens on the threads of the test.
 */
final class Variable {
    private static final AtomicLong COUNT = new AtomicLong();

    /** Loaded by futures. */
    static final CoalescingCache<Object, String> CACHE = CoalescingCache.<Object, String>builder("jcstress")
            .executor(Runnable::run)
            .ticker(() -> 0)
            .build();

    /** Reads variables, under a tag of their own. */
    static final CoalescingCache<Variable, String> TAGGED = CoalescingCache.<Variable, String>builder("tagged")
            .executor(Runnable::run)
            .ticker(() -> 0)
            .contextLoader((variable, context) -> Loaded.of(variable.value).tags(variable.tag()))
            .build();

    /** Asked for one variable, reads its neighbour too. */
    static final CoalescingCache<Variable, String> BULK = CoalescingCache.<Variable, String>builder("bulk")
            .executor(Runnable::run)
            .ticker(() -> 0)
            .bulkLoader(asked -> {
                var one = asked.iterator().next();
                return Map.of(one, one.value, one.neighbour, one.neighbour.value);
            })
            .build();

    /** Written behind, each at once, on a thread of its own. */
    static final CoalescingCache<Variable, String> BEHIND = CoalescingCache.<Variable, String>builder("behind")
            .ticker(() -> 0)
            .loader(variable -> variable.value)
            .writeBehind(
                    new CacheWriter<>() {
                        @Override
                        public void write(Variable variable, String value) {
                            variable.value = value;
                        }

                        @Override
                        public void delete(Variable variable) {
                            throw new AssertionError();
                        }
                    },
                    WriteBehind.of(1, Duration.ofDays(1)))
            .build();

    final Variable neighbour;
    volatile String value = "old";
    private final long number = COUNT.incrementAndGet();

    Variable(Variable neighbour) {
        this.neighbour = neighbour;
    }

    String tag() {
        return "tag " + number;
    }

    /** Has the neighbour loaded, which was not asked for. */
    void loadBulk() {
        BULK.getAll(List.of(this));
    }

    /** What a caller got. Waits for it. */
    static String got(CompletableFuture<String> caller) {
        try {
            return caller.join();
        } catch (CompletionException e) {
            return e.getCause().toString();
        }
    }
}
