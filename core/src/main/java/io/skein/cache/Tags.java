package io.skein.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.Collection;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The tags of a cache, and which loads their invalidations overtake (C9).
 *
 * <p>An entry holds its {@link Tag}s, and is dead once one of them was invalidated after its take-off. A tag that no
 * entry holds is garbage: the table of tags refers to them weakly.
 *
 * <p>A load in flight does not know its tags before it lands. So invalidations are also written into the current {@link
 * Era}, and a load keeps the era it took off in: from there on it finds all that were made since. An era with many tags
 * is followed by another, and one that no load keeps is garbage, so an idle cache remembers only the last.
 *
 * <p><b>None is missed.</b> An invalidation draws its number, then looks up the current era; a load looks up the era, then
 * draws its number. So an invalidation with the higher number writes into the era of the load or a later one; after that
 * it marks the tag, if it is in the table. A load that lands puts its tags into the table, and then looks through the
 * eras. So either the load sees what is written, or the invalidation sees the tag.
 */
final class Tags {
    private static final int TAGS_PER_ERA = 1_024;

    /** Which tags were invalidated at which number, in a stretch of time. */
    static final class Era {
        private final ConcurrentHashMap<String, Long> invalidated = new ConcurrentHashMap<>();
        private volatile @Nullable Era next;
    }

    private final Cache<String, Tag> tags = Caffeine.newBuilder().weakValues().build();
    private volatile Era current = new Era();

    /** To be called by a load before it draws its number. */
    Era era() {
        return current;
    }

    /**
     * Kills all entries with this tag, and all loads in flight that will turn out to have it, if their number is lower.
     *
     * @param number drawn before this call
     */
    void invalidate(String name, long number) {
        var era = current;
        era.invalidated.merge(name, number, Math::max);
        if (era.invalidated.size() > TAGS_PER_ERA) {
            succeed(era);
        }
        var tag = tags.getIfPresent(name);
        if (tag != null) {
            tag.invalidate(number);
        }
    }

    private synchronized void succeed(Era era) {
        if (era == current) {
            var next = new Era();
            era.next = next;
            current = next;
        }
    }

    /** The tags of what is put now. */
    Tag[] of(Collection<String> names) {
        return names.stream().map(name -> tags.get(name, Tag::new)).toArray(Tag[]::new);
    }

    /** The tags of what was loaded since this era; invalidated ones among them will kill it. */
    Tag[] of(Collection<String> names, Era since) {
        var found = of(names);
        for (var era = since; era != null; era = era.next) {
            for (var tag : found) {
                var number = era.invalidated.get(tag.name());
                if (number != null) {
                    tag.invalidate(number);
                }
            }
        }
        return found;
    }
}
