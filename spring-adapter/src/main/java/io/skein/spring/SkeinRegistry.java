package io.skein.spring;

import io.skein.Group;
import io.skein.cache.CoalescingCache;
import io.skein.stream.StreamGroup;
import java.util.Collection;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;

/**
 * The caches, groups and groups of streams of the application by name, each built from the properties when it is first asked for. Closes
 * them with the application. May be used by any thread.
 *
 * <p>A bean of type {@link CoalescingCache}, {@link Group} or {@link StreamGroup} whose bean name is the name of the cache or group is used
 * as it is.
 */
public final class SkeinRegistry implements DisposableBean {
    private final Shelf<CoalescingCache<Object, Object>> caches;
    private final Shelf<Group<Object, @Nullable Object>> groups;
    private final Shelf<StreamGroup<Object>> streams;
    private volatile boolean closed;

    /**
     * A registry.
     *
     * @param maker what builds them
     */
    public SkeinRegistry(Maker maker) {
        caches = new Shelf<>(maker::cache);
        groups = new Shelf<>(maker::group);
        streams = new Shelf<>(maker::streams);
    }

    /** Builds what the registry keeps, and is told which of what it built is kept. */
    public interface Maker {
        /** Builds a cache; or finds it. */
        Made<CoalescingCache<Object, Object>> cache(String name);

        /** Builds a group; or finds it. */
        Made<Group<Object, @Nullable Object>> group(String name);

        /** Builds a group of streams; or finds it. By default, one with the default settings. */
        default Made<StreamGroup<Object>> streams(String name) {
            return new Made<>(new Managed<>(StreamGroup.create(name), LoadGuard.NONE, Map.of()), true, () -> {});
        }
    }

    /**
     * What was built for a name.
     *
     * @param managed what was built
     * @param isOwn whether it is to be closed by the registry
     * @param kept to be run if it is the one that is kept
     */
    public record Made<T extends AutoCloseable>(Managed<T> managed, boolean isOwn, Runnable kept) {}

    /**
     * The cache of this name.
     *
     * @throws RuntimeException if there is none, and it cannot be built
     */
    @SuppressWarnings("unchecked") // whoever asks knows what is in it, as with beans
    public <K, V> CoalescingCache<K, V> cache(String name) {
        return (CoalescingCache<K, V>) managedCache(name).target();
    }

    /**
     * The group of this name.
     *
     * @throws RuntimeException if there is none, and it cannot be built
     */
    @SuppressWarnings("unchecked") // whoever asks knows what is in it, as with beans
    public <K, V extends @Nullable Object> Group<K, V> group(String name) {
        return (Group<K, V>) managedGroup(name).target();
    }

    /**
     * The group of streams of this name.
     *
     * @throws RuntimeException if there is none, and it cannot be built
     */
    @SuppressWarnings("unchecked") // whoever asks knows what its keys are, as with beans
    public <K> StreamGroup<K> streams(String name) {
        return (StreamGroup<K>) managedStreams(name).target();
    }

    /** The cache of this name, with what belongs to it. */
    public Managed<CoalescingCache<Object, Object>> managedCache(String name) {
        return caches.get(name);
    }

    /** The group of this name, with what belongs to it. */
    public Managed<Group<Object, @Nullable Object>> managedGroup(String name) {
        return groups.get(name);
    }

    /** The group of streams of this name, with what belongs to it. */
    public Managed<StreamGroup<Object>> managedStreams(String name) {
        return streams.get(name);
    }

    /** The names of the caches there are, in alphabetical order. */
    public Collection<String> cacheNames() {
        return new TreeSet<>(caches.made.keySet());
    }

    /** The names of the groups there are, in alphabetical order. */
    public Collection<String> groupNames() {
        return new TreeSet<>(groups.made.keySet());
    }

    /** The names of the groups of streams there are, in alphabetical order. */
    public Collection<String> streamNames() {
        return new TreeSet<>(streams.made.keySet());
    }

    /** Closes what was built. */
    @Override
    public void destroy() throws Exception {
        closed = true;
        streams.close();
        groups.close();
        caches.close();
    }

    /** What there is of one kind. */
    private final class Shelf<T extends AutoCloseable> {
        private final ConcurrentHashMap<String, Made<T>> made = new ConcurrentHashMap<>();
        private final Function<String, Made<T>> maker;

        Shelf(Function<String, Made<T>> maker) {
            this.maker = maker;
        }

        Managed<T> get(String name) {
            var known = made.get(name);
            return known == null ? make(name) : known.managed;
        }

        /** Without a lock, since beans are created meanwhile: of two that are made at once, one is closed again. */
        private Managed<T> make(String name) {
            if (closed) {
                throw new IllegalStateException("the application is closed");
            }
            Made<T> mine;
            try {
                mine = maker.apply(name);
            } catch (RuntimeException e) {
                var other = made.get(name); // has what two cannot have, a journal say
                if (other == null) {
                    throw e;
                }
                return other.managed;
            }
            var theirs = made.putIfAbsent(name, mine);
            if (theirs != null) {
                close(mine);
                return theirs.managed;
            }
            mine.kept.run();
            if (closed) {
                close(mine);
            }
            return mine.managed;
        }

        void close() {
            made.values().forEach(this::close);
        }

        private void close(Made<T> one) {
            if (!one.isOwn) {
                return;
            }
            try {
                one.managed.target().close();
            } catch (Exception e) {
                throw new IllegalStateException("closing " + one.managed.target(), e); // neither throws any
            }
        }
    }
}
