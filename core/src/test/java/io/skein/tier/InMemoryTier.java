package io.skein.tier;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A tier for the caches of several {@link Node}s in one JVM, which behaves as a server does that they are connected with: it does
 * one thing at a time, answers each node in the order in which it was asked, tells of changes once for each key that was read, and
 * can be slow, out of reach, or silent.
 */
public final class InMemoryTier implements AutoCloseable {
    private final Map<String, Region> regions = new HashMap<>(); // guarded by this, like all that is below
    private final List<Node> nodes = new CopyOnWriteArrayList<>();
    private final Duration lease;
    private long epoch = 1;
    private long tokens;

    public InMemoryTier() {
        this(Duration.ofSeconds(30));
    }

    /** @param lease how long leases last */
    public InMemoryTier(Duration lease) {
        this.lease = lease;
    }

    private static final class Region {
        final Map<Object, Slot> slots = new HashMap<>();
        final Map<String, Long> tags = new HashMap<>();
        long cleared;
    }

    private static final class Slot {
        @Nullable
        Stored stored;

        @Nullable
        Lease lease;

        long fence; // counts what fences
    }

    private record Stored(TierValue<?> value, String version, long epoch, long at, boolean isUnshared) {}

    private static final class Lease implements TierLease {
        final Object key;
        final String token;
        final Duration length;
        final long epoch;
        final long fence; // -1 if it is the one that others wait for
        long end;

        Lease(Object key, String token, Duration length, long epoch, long fence) {
            this.key = key;
            this.token = token;
            this.length = length;
            this.epoch = epoch;
            this.fence = fence;
            renew();
        }

        void renew() {
            end = System.nanoTime() + length.toNanos();
        }

        boolean isOver() {
            return System.nanoTime() - end >= 0;
        }

        @Override
        public String token() {
            return token;
        }

        @Override
        public Duration length() {
            return length;
        }
    }

    /** Another JVM, so to speak. */
    public Node node() {
        var node = new Node();
        nodes.add(node);
        return node;
    }

    /** What is stored under a key. */
    public synchronized @Nullable Object value(String cache, Object key) {
        var region = regions.get(cache);
        var slot = region == null ? null : region.slots.get(key);
        var stored = slot == null || region == null ? null : live(region, slot);
        return stored == null ? null : stored.value.value();
    }

    /** The token of who is loading. */
    public synchronized @Nullable String holder(String cache, Object key) {
        var region = regions.get(cache);
        var slot = region == null ? null : region.slots.get(key);
        return slot == null || slot.lease == null || slot.lease.isOver() ? null : slot.lease.token;
    }

    private static @Nullable Stored live(Region region, Slot slot) {
        var stored = slot.stored;
        if (stored == null) {
            return null;
        }
        var value = stored.value;
        long age = System.nanoTime() - stored.at;
        boolean dead = stored.epoch < region.cleared
                || value.tags().stream().anyMatch(tag -> stored.epoch < region.tags.getOrDefault(tag, 0L))
                || age >= value.ttl().plus(value.staleFor()).toNanos();
        return dead ? null : stored;
    }

    @Override
    public void close() {
        nodes.forEach(Node::close);
    }

    /** The connection of one JVM. */
    public final class Node implements AutoCloseable {
        private final ScheduledExecutorService wire = Executors.newSingleThreadScheduledExecutor(task -> {
            var thread = new Thread(task, "wire");
            thread.setDaemon(true);
            return thread;
        });
        private final List<View<?, ?>> views = new CopyOnWriteArrayList<>();
        private final AtomicInteger asked = new AtomicInteger();
        private volatile boolean reachable = true;
        private volatile boolean coherent = true;
        private volatile boolean silent;
        private volatile long delay;

        /** How often it has been asked for something. */
        public int asked() {
            return asked.get();
        }

        /** A tier for caches of this node. */
        public <K, V> SharedTier<K, V> tier() {
            return (cache, events) -> {
                var view = new View<K, V>(this, cache, events);
                views.add(view);
                return view;
            };
        }

        /** What is asked for fails, and the node notices. */
        public void disconnect() {
            reachable = false;
            coherent = false;
            views.forEach(view -> view.events.allChanged());
        }

        /** What is asked for fails, and the node believes to be coherent: the first moments of an outage. */
        public void fail() {
            reachable = false;
        }

        /** It answers again, before the node has noticed anything. */
        public void recover() {
            reachable = true;
        }

        public void reconnect() {
            reachable = true;
            silent = false;
            synchronized (InMemoryTier.this) {
                views.forEach(view -> view.tracked.clear());
            }
            coherent = true;
            views.forEach(view -> view.events.allChanged());
        }

        /** Nothing is told of changes, as long as the node does not notice. */
        public void loseEvents() {
            silent = true;
        }

        /** How long each answer takes. */
        public void slow(Duration time) {
            delay = time.toNanos();
        }

        @Override
        public void close() {
            wire.shutdown();
        }

        private void answer(Runnable answer) {
            try {
                wire.schedule(answer, delay, TimeUnit.NANOSECONDS);
            } catch (RejectedExecutionException e) { // closed
                answer.run();
            }
        }
    }

    /** What one cache of one node sees. */
    private final class View<K, V> implements TierRegion<K, V> {
        private final Node node;
        private final String cache;
        private final TierEvents<? super K> events;
        private final Set<Object> tracked = new HashSet<>();
        private volatile boolean closed;

        View(Node node, String cache, TierEvents<? super K> events) {
            this.node = node;
            this.cache = cache;
            this.events = events;
        }

        private <T> CompletionStage<T> ask(Supplier<T> action) {
            node.asked.incrementAndGet();
            var stage = new CompletableFuture<T>();
            if (closed || !node.reachable) {
                node.answer(() -> stage.completeExceptionally(new TierException("out of reach", null)));
                return stage;
            }
            synchronized (InMemoryTier.this) {
                var result = action.get();
                node.answer(() -> stage.complete(result));
            }
            return stage;
        }

        private Region region() {
            return regions.computeIfAbsent(cache, name -> new Region());
        }

        private Slot slot(Object key) {
            return region().slots.computeIfAbsent(key, k -> new Slot());
        }

        private void changed(Object key) {
            each(view -> view.tell(key));
        }

        private void each(java.util.function.Consumer<View<?, ?>> action) {
            for (var other : nodes) {
                for (var view : other.views) {
                    if (view.cache.equals(cache)) {
                        action.accept(view);
                    }
                }
            }
        }

        private void released(Object key) {
            each(view -> view.tellReleased(key));
        }

        @SuppressWarnings("unchecked") // keys of one cache are of one type
        private void tell(Object key) {
            if (tracked.remove(key) && node.reachable && !node.silent) {
                node.answer(() -> events.changed((K) key));
            }
        }

        @SuppressWarnings("unchecked")
        private void tellReleased(Object key) {
            if (tracked.contains(key) && node.reachable && !node.silent) {
                node.answer(() -> events.released((K) key));
            }
        }

        private void tellTag(String tag) {
            if (node.reachable && !node.silent) {
                node.answer(() -> events.tagInvalidated(tag));
            }
        }

        private void tellAll() {
            if (node.reachable && !node.silent) {
                node.answer(events::allChanged);
            }
        }

        @SuppressWarnings("unchecked")
        private @Nullable TierAnswer<V> found(K key) {
            tracked.add(key);
            var stored = live(region(), slot(key));
            if (stored == null) {
                return null;
            }
            var age = Duration.ofNanos(System.nanoTime() - stored.at);
            return stored.isUnshared
                    ? new TierAnswer.Unshared<>(stored.value.ttl(), node.coherent)
                    : new TierAnswer.Found<>(() -> (TierValue<V>) stored.value, age, stored.version, node.coherent);
        }

        private TierAnswer<V> leased(K key, boolean force) {
            var slot = slot(key);
            var held = slot.lease;
            tracked.add(key);
            if (held != null && !held.isOver() && !force) {
                return new TierAnswer.Busy<>(held.token, Duration.ofNanos(Math.max(0, held.end - System.nanoTime())));
            }
            var next = new Lease(key, "token " + ++tokens, lease, epoch, -1);
            slot.lease = next;
            if (force) {
                slot.fence++;
            }
            if (held != null) {
                changed(key);
                tracked.add(key);
            }
            return new TierAnswer.Leased<>(next);
        }

        @Override
        public CompletionStage<TierAnswer<V>> readOrLease(K key) {
            return ask(() -> {
                var found = found(key);
                return found == null ? leased(key, false) : found;
            });
        }

        @Override
        public CompletionStage<? extends @Nullable TierAnswer<V>> read(K key) {
            return ask(() -> found(key));
        }

        @Override
        public CompletionStage<TierAnswer<V>> lease(K key, boolean force) {
            return ask(() -> leased(key, force));
        }

        @Override
        public CompletionStage<TierLease> fence(K key) {
            return ask(() -> new Lease(key, "token " + ++tokens, lease, epoch, slot(key).fence));
        }

        private <T> T with(TierLease lease, T otherwise, Function<Slot, T> action) {
            var own = (Lease) lease;
            var slot = slot(own.key);
            if (own.fence >= 0) {
                return slot.fence == own.fence ? action.apply(slot) : otherwise;
            }
            return slot.lease == lease && !((Lease) lease).isOver() ? action.apply(slot) : otherwise;
        }

        @Override
        public CompletionStage<Boolean> renew(TierLease lease) {
            return ask(() -> with(lease, false, slot -> {
                ((Lease) lease).renew();
                tracked.add(((Lease) lease).key);
                return true;
            }));
        }

        private void store(Object key, TierValue<V> value, long since) {
            boolean isUnshared = "unshared".equals(value.value());
            slot(key).stored = new Stored(value, "version " + ++tokens, since, System.nanoTime(), isUnshared);
            changed(key);
        }

        @Override
        public CompletionStage<Boolean> publish(TierLease lease, @Nullable TierValue<V> value) {
            return ask(() -> with(lease, false, slot -> {
                var key = ((Lease) lease).key;
                if (((Lease) lease).fence < 0) {
                    slot.lease = null;
                }
                if (value != null) {
                    store(key, value, ((Lease) lease).epoch);
                } else {
                    if (slot.stored != null) {
                        slot.stored = null;
                        changed(key);
                    } else {
                        released(key);
                    }
                }
                return true;
            }));
        }

        @Override
        @SuppressWarnings("NullAway") // a stage of nothing
        public CompletionStage<Void> abort(TierLease lease) {
            return ask(() -> with(lease, null, slot -> {
                slot.lease = null;
                released(((Lease) lease).key);
                return null;
            }));
        }

        @SuppressWarnings("NullAway") // a stage of nothing
        private CompletionStage<Void> change(Runnable action) {
            return ask(() -> {
                action.run();
                return null;
            });
        }

        @Override
        public CompletionStage<Void> put(K key, TierValue<V> value) {
            return change(() -> {
                end(slot(key));
                store(key, value, epoch);
            });
        }

        @Override
        public CompletionStage<Void> invalidate(K key) {
            return change(() -> {
                slot(key).stored = null;
                end(slot(key));
                changed(key);
            });
        }

        private void end(Slot slot) {
            slot.lease = null;
            slot.fence++;
        }

        @Override
        public CompletionStage<Void> revoke(K key) {
            return change(() -> {
                end(slot(key));
                changed(key);
            });
        }

        @Override
        public CompletionStage<Void> invalidateTag(String tag) {
            return change(() -> {
                region().tags.put(tag, ++epoch);
                each(view -> view.tellTag(tag));
            });
        }

        @Override
        public CompletionStage<Void> invalidateAll() {
            return change(() -> {
                region().cleared = ++epoch;
                each(View::tellAll);
            });
        }

        @Override
        public boolean isCoherent() {
            return node.coherent;
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
