package io.skein.spring.autoconfigure;

import io.skein.Group;
import io.skein.cache.CoalescingCache;
import io.skein.stream.StreamGroup;

/** A bean that is shown every cache and group there is. */
interface Monitor {
    void monitor(CoalescingCache<Object, Object> cache);

    void monitor(Group<Object, ?> group);

    void monitor(StreamGroup<Object> streams);
}
