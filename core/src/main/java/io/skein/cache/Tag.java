package io.skein.cache;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/** A tag that entries hold, and when it was last invalidated: whatever took off before is dead. */
final class Tag {
    private final String name;
    private final AtomicLong invalidatedAt = new AtomicLong(Long.MIN_VALUE);

    Tag(String name) {
        this.name = name;
    }

    static Set<String> names(Tag[] tags) {
        var names = new LinkedHashSet<String>();
        for (var tag : tags) {
            names.add(tag.name);
        }
        return names;
    }

    String name() {
        return name;
    }

    void invalidate(long number) {
        invalidatedAt.accumulateAndGet(number, Math::max);
    }

    boolean kills(long number) {
        return invalidatedAt.get() > number;
    }
}
