package io.skein.cache;

import static java.util.Objects.requireNonNull;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentMap;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * The cache as a map of its fresh values (C12). Values are compared outside of all locks; then an entry takes the place
 * of the very one that was seen, or it is tried again.
 */
final class MapView<K, V> extends AbstractMap<K, V> implements ConcurrentMap<K, V> {
    private final Works<K, V> works;

    MapView(Works<K, V> works) {
        this.works = works;
    }

    /** The entry of a key that is in the map. */
    private @Nullable StoredEntry<V> present(@Nullable StoredEntry<V> entry) {
        return entry != null && entry.hasValue() && entry.isFresh(works.now()) ? entry : null;
    }

    /** What is in the map, or was there and is to be written behind. */
    private @Nullable StoredEntry<V> found(@Nullable StoredEntry<V> entry, K key) {
        var present = present(entry);
        return present == null ? present(works.recall(key, entry)) : present;
    }

    /** What is stored, with what was there and is to be written behind. */
    private @Nullable StoredEntry<V> look(K key) {
        var entry = works.store().look(key);
        return present(entry) == null && works.recall(key, entry) != null
                ? works.store().look(key)
                : entry;
    }

    @SuppressWarnings("unchecked") // what is no key is not found, or is no object of the key's type if that is known
    private K key(@Nullable Object key) {
        works.settings().checkKey((K) requireNonNull(key, "key"));
        return (K) key;
    }

    private @Nullable V shown(@Nullable StoredEntry<V> entry) {
        return entry == null ? null : works.settings().copy(entry.valueOrNull());
    }

    /** It compares with what is stored here, which may not be what is stored elsewhere. */
    private void checkIsNotShared() {
        if (works.sharing() != null) {
            throw new UnsupportedOperationException(
                    "cache " + works.quotedName()
                            + " has a shared tier, and as a map it is read-only: put and invalidate by the methods of the cache");
        }
    }

    /** Puts an entry, or nothing, in the place of the one that was seen. False if another is there. */
    private boolean swap(K key, @Nullable StoredEntry<V> seen, @Nullable V value) {
        checkIsNotShared();
        var draft = value == null ? null : works.draft(key, Loaded.of(value));
        var store = works.store();
        var swapped = new boolean[1];
        works.change(key, () -> {
            if (draft != null) {
                swapped[0] = store.replace(key, seen, draft.numbered(store.nextNumber()));
            } else {
                swapped[0] = seen != null && store.remove(key, seen);
            }
        });
        return swapped[0];
    }

    @Override
    public @Nullable V get(@Nullable Object key) {
        var typed = key(key);
        return shown(found(works.store().read(typed, works.now()), typed));
    }

    @Override
    public boolean containsKey(@Nullable Object key) {
        var typed = key(key);
        return found(works.store().look(typed), typed) != null;
    }

    @Override
    public boolean containsValue(@Nullable Object value) {
        return super.containsValue(requireNonNull(value, "value"));
    }

    @Override
    public @Nullable V put(K key, V value) {
        requireNonNull(value, "value");
        while (true) {
            var seen = works.store().look(key(key));
            if (swap(key, seen, value)) {
                return shown(present(seen));
            }
        }
    }

    @Override
    public @Nullable V putIfAbsent(K key, V value) {
        requireNonNull(value, "value");
        while (true) {
            var seen = look(key(key));
            var present = present(seen);
            if (present != null) {
                return shown(present);
            }
            if (swap(key, seen, value)) {
                return null;
            }
        }
    }

    @Override
    public @Nullable V replace(K key, V value) {
        requireNonNull(value, "value");
        while (true) {
            var present = present(works.store().look(key(key)));
            if (present == null) {
                return null;
            }
            if (swap(key, present, value)) {
                return shown(present);
            }
        }
    }

    @Override
    public boolean replace(K key, V oldValue, V newValue) {
        requireNonNull(oldValue, "oldValue");
        requireNonNull(newValue, "newValue");
        while (true) {
            var present = present(works.store().look(key(key)));
            if (present == null || !oldValue.equals(present.valueOrNull())) {
                return false;
            }
            if (swap(key, present, newValue)) {
                return true;
            }
        }
    }

    @Override
    public @Nullable V remove(@Nullable Object key) {
        var typed = key(key);
        checkIsNotShared();
        var taken = new Taken<V>();
        works.change(typed, () -> taken.entry = works.store().take(typed)); // whatever may have landed by now
        return shown(present(taken.entry));
    }

    private static final class Taken<V> {
        @Nullable
        StoredEntry<V> entry;
    }

    @Override
    public boolean remove(@Nullable Object key, @Nullable Object value) {
        var typed = key(key);
        while (true) {
            var present = present(works.store().look(typed));
            if (present == null || !Objects.equals(present.valueOrNull(), value)) {
                return false;
            }
            if (swap(typed, present, null)) {
                return true;
            }
        }
    }

    // Functions get what get() gives, copies perhaps, which they may change: so what they were given tells nothing of
    // whether another entry has come, and the defaults, which compare it with what is there, could go on for ever.

    @Override
    public @Nullable V compute(
            K key, BiFunction<? super K, ? super @Nullable V, ? extends @Nullable V> remappingFunction) {
        while (true) {
            var seen = look(key(key));
            var present = present(seen);
            var value = remappingFunction.apply(key, shown(present));
            if ((value == null && present == null) || swap(key, seen, value)) {
                return value;
            }
        }
    }

    @Override
    public @Nullable V computeIfPresent(
            K key, BiFunction<? super K, ? super V, ? extends @Nullable V> remappingFunction) {
        while (true) {
            var present = present(works.store().look(key(key)));
            if (present == null) {
                return null;
            }
            var value = remappingFunction.apply(key, requireNonNull(shown(present)));
            if (swap(key, present, value)) {
                return value;
            }
        }
    }

    @Override
    public @Nullable V merge(
            K key, V value, BiFunction<? super V, ? super V, ? extends @Nullable V> remappingFunction) {
        requireNonNull(value, "value");
        requireNonNull(remappingFunction, "remappingFunction");
        while (true) {
            var seen = look(key(key));
            var old = shown(present(seen));
            var merged = old == null ? value : remappingFunction.apply(old, value);
            if (swap(key, seen, merged)) {
                return merged;
            }
        }
    }

    @Override
    public void replaceAll(BiFunction<? super K, ? super V, ? extends V> function) {
        requireNonNull(function, "function");
        for (var key : keySet()) {
            computeIfPresent(key, (k, value) -> requireNonNull(function.apply(k, value), "value"));
        }
    }

    @Override
    public void clear() {
        checkIsNotShared();
        works.store().raiseFloor();
        works.group().forgetAll();
        works.store().sweep();
    }

    @Override
    public int size() {
        int size = 0;
        for (var entry : works.store().all().values()) {
            if (!works.store().isDead(entry) && present(entry) != null) {
                size++;
            }
        }
        return size;
    }

    @Override
    public boolean isEmpty() {
        return !entrySet().iterator().hasNext();
    }

    @Override
    public Set<Map.Entry<K, V>> entrySet() {
        return new Entries();
    }

    @Override
    public Set<K> keySet() {
        return new Keys();
    }

    private abstract class View<T> extends AbstractSet<T> {
        @Override
        public int size() {
            return MapView.this.size();
        }

        @Override
        public boolean isEmpty() {
            return MapView.this.isEmpty();
        }

        @Override
        public void clear() {
            MapView.this.clear();
        }
    }

    private final class Entries extends View<Map.Entry<K, V>> {
        @Override
        public Iterator<Map.Entry<K, V>> iterator() {
            return new EntryIterator();
        }

        @Override
        public boolean contains(@Nullable Object object) {
            return object instanceof Map.Entry<?, ?> entry
                    && entry.getKey() != null
                    && entry.getValue() != null
                    && entry.getValue().equals(MapView.this.get(entry.getKey()));
        }

        @Override
        public boolean remove(@Nullable Object object) {
            return object instanceof Map.Entry<?, ?> entry
                    && entry.getKey() != null
                    && entry.getValue() != null
                    && MapView.this.remove(entry.getKey(), entry.getValue());
        }
    }

    private final class Keys extends View<K> {
        @Override
        public Iterator<K> iterator() {
            var entries = new EntryIterator();
            return new Iterator<>() {
                @Override
                public boolean hasNext() {
                    return entries.hasNext();
                }

                @Override
                public K next() {
                    return entries.next().getKey();
                }

                @Override
                public void remove() {
                    entries.remove();
                }
            };
        }

        @Override
        public boolean contains(@Nullable Object key) {
            return key != null && containsKey(key);
        }

        @Override
        public boolean remove(@Nullable Object key) {
            return key != null && MapView.this.remove(key) != null;
        }
    }

    private final class EntryIterator implements Iterator<Map.Entry<K, V>> {
        private final Iterator<Map.Entry<K, StoredEntry<V>>> all =
                works.store().all().entrySet().iterator();
        private Map.@Nullable Entry<K, V> next;
        private @Nullable K last;

        @Override
        public boolean hasNext() {
            while (next == null && all.hasNext()) {
                var candidate = all.next();
                var entry = candidate.getValue();
                var value = works.store().isDead(entry) ? null : shown(present(entry));
                if (value != null) {
                    next = new WriteThrough(candidate.getKey(), value);
                }
            }
            return next != null;
        }

        @Override
        public Map.Entry<K, V> next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            var found = requireNonNull(next);
            next = null;
            last = found.getKey();
            return found;
        }

        @Override
        public void remove() {
            if (last == null) {
                throw new IllegalStateException("next has not been called since the last remove");
            }
            MapView.this.remove(last);
            last = null;
        }
    }

    private final class WriteThrough extends SimpleEntry<K, V> {
        private static final long serialVersionUID = 1L;

        WriteThrough(K key, V value) {
            super(key, value);
        }

        @Override
        public V setValue(V value) {
            MapView.this.put(getKey(), value);
            return super.setValue(value);
        }
    }
}
