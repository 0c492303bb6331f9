package io.skein.redis;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.protocol.ProtocolVersion;
import io.lettuce.core.resource.ClientResources;
import io.skein.Codec;
import io.skein.tier.SharedTier;
import io.skein.tier.TierEvents;
import io.skein.tier.TierException;
import io.skein.tier.TierRegion;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A Redis or Valkey behind caches of many JVMs: values are shared, each key is loaded by one JVM at a time, and what a cache keeps
 * near is dropped when somebody changes it.
 *
 * <pre>{@code
 * RedisTier redis = RedisTier.builder("redis://localhost").build();
 * CoalescingCache<Long, Product> products = CoalescingCache.<Long, Product>builder("products")
 *         .ttl(Duration.ofSeconds(30)).loader(dao::find)
 *         .sharedTier(redis.of(Product.class))
 *         .build();
 * }</pre>
 *
 * <p>One for all caches of an application. It has one connection, which it makes again when it is lost, and with which it uses
 * client tracking: Redis 6.2 or newer, RESP3. Nothing depends on it being up: without, caches load on their own. Close the caches
 * first, then this.
 */
public final class RedisTier implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(RedisTier.class.getName());

    private static final int LONGEST_SCHEMA = 1_000;
    private static final Duration MOMENT = Duration.ofMillis(10);
    private static final Duration TOPOLOGY_REFRESH = Duration.ofSeconds(10);

    private final RedisTierSettings settings;
    private final String client = UUID.randomUUID().toString();
    private final AtomicLong tokens = new AtomicLong();
    private final Link link;
    private final @Nullable ObjectMapper mapper;
    private final List<RedisRegion<?, ?>> regions = new CopyOnWriteArrayList<>();
    private final LongAdder unreadable = new LongAdder(); // of those that are closed

    RedisTier(
            List<RedisURI> uris,
            boolean isCluster,
            RedisTierSettings settings,
            @Nullable ClientResources resources,
            UnaryOperator<ClientOptions.Builder> options,
            @Nullable ObjectMapper mapper,
            boolean failFast) {
        this.settings = settings;
        this.mapper = mapper;
        var own = uris.stream()
                .map(uri -> withTimeout(uri, settings.connectTimeout()))
                .toList();
        var dialer = isCluster ? cluster(own, settings, resources, options) : single(own.get(0), resources, options);
        this.link = new Link(dialer, settings, new Link.Listener() {
            @Override
            public void changed(String name) {
                each(region -> region.changed(name));
            }

            @Override
            public void allChanged() {
                each(RedisRegion::allChanged);
            }
        });
        var tried = link.start();
        if (failFast) {
            awaitConnection(tried);
        }
    }

    /** A copy; Lettuce's own is without the sentinels. */
    private static RedisURI withTimeout(RedisURI uri, Duration timeout) {
        var copy = RedisURI.builder(uri).withTimeout(timeout);
        for (var sentinel : uri.getSentinels()) {
            copy.withSentinel(RedisURI.builder(sentinel).withTimeout(timeout).build());
        }
        if (uri.getSentinelMasterId() != null) {
            copy.withSentinelMasterId(uri.getSentinelMasterId());
        }
        return copy.build();
    }

    private static SingleDialer single(
            RedisURI uri, @Nullable ClientResources resources, UnaryOperator<ClientOptions.Builder> options) {
        var client = resources == null ? RedisClient.create() : RedisClient.create(resources);
        client.setOptions(ours(options.apply(ClientOptions.builder())).build());
        return new SingleDialer(client, uri);
    }

    @SuppressWarnings("deprecation") // Lettuce 6 has no other way to say it
    private static ClusterDialer cluster(
            List<RedisURI> uris,
            RedisTierSettings settings,
            @Nullable ClientResources resources,
            UnaryOperator<ClientOptions.Builder> options) {
        var client = resources == null ? RedisClusterClient.create(uris) : RedisClusterClient.create(resources, uris);
        client.setOptions(ClusterClientOptions.builder(options.apply(ClientOptions.builder())
                        .protocolVersion(ProtocolVersion.RESP3)
                        .build())
                .topologyRefreshOptions(ClusterTopologyRefreshOptions.builder()
                        .enableAdaptiveRefreshTrigger(ClusterTopologyRefreshOptions.RefreshTrigger.values())
                        .enablePeriodicRefresh(TOPOLOGY_REFRESH)
                        .build())
                .build());
        var trackers = RedisClient.create(client.getResources());
        trackers.setOptions(ours(options.apply(ClientOptions.builder())).build());
        return new ClusterDialer(client, trackers, settings.namespace() + ':', '{' + settings.namespace() + ':');
    }

    private static ClientOptions.Builder ours(ClientOptions.Builder options) {
        return options.protocolVersion(ProtocolVersion.RESP3) // tracking tells by the connection that reads
                .autoReconnect(false) // what was not answered would be sent again
                .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS);
    }

    /** What fails for one is no reason not to tell the others. */
    private void each(Consumer<RedisRegion<?, ?>> told) {
        for (var region : regions) {
            try {
                told.accept(region);
            } catch (Throwable e) { // of a key, or no thread to be had
                LOG.log(Level.WARNING, "a cache could not be told of a change, it drops what it has", e);
                try {
                    region.allChanged();
                } catch (Throwable another) {
                    LOG.log(Level.WARNING, "nor of all changes", another);
                }
            }
        }
    }

    private void awaitConnection(CompletableFuture<@Nullable Throwable> tried) {
        @Nullable Throwable failure;
        try {
            failure = tried.get(2 * settings.connectTimeout().toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            failure = e;
        } catch (ExecutionException | TimeoutException e) {
            failure = e;
        }
        long end = System.nanoTime() + settings.connectTimeout().toNanos();
        while (failure == null && !link.isCoherent() && System.nanoTime() - end < 0) { // it was, and will be again
            LockSupport.parkNanos(MOMENT.toNanos());
        }
        if (!link.isCoherent()) {
            close();
            throw new TierException("Redis cannot be reached, and failFast is set", failure);
        }
    }

    /**
     * A builder.
     *
     * @param uri as Lettuce reads it: {@code redis://}, {@code rediss://} for TLS, {@code redis-sentinel://}; with user and password
     */
    public static RedisTierBuilder builder(String uri) {
        return builder(RedisURI.create(requireNonNull(uri, "uri")));
    }

    /**
     * A builder for a cluster, of which some nodes are known.
     *
     * @throws IllegalArgumentException if there are none
     */
    public static RedisTierBuilder cluster(List<RedisURI> nodes) {
        if (nodes.isEmpty()) {
            throw new IllegalArgumentException("nodes must not be empty");
        }
        return new RedisTierBuilder(nodes, true);
    }

    /** A builder, with all that Lettuce can be told. */
    public static RedisTierBuilder builder(RedisURI uri) {
        return new RedisTierBuilder(List.of(uri), false);
    }

    /**
     * For caches of values that Jackson can write as JSON, and read as this type. Keys are texts, numbers, UUIDs, booleans,
     * characters, enum constants, dates and times of {@code java.time}, or lists and records of such.
     *
     * @throws IllegalArgumentException if the type has parameters, or is {@code Object}: nobody could tell what to make of the JSON
     */
    public <K, V> SharedTier<K, V> of(Class<V> type) {
        return of(type, Function.identity());
    }

    /** The same for a type with parameters. */
    public <K, V> SharedTier<K, V> of(TypeReference<V> type) {
        return of(type, Function.identity());
    }

    /**
     * The same with keys of any type.
     *
     * @param keys a key of these types for each, such that no two have the same: {@code key -> List.of(key.shop(), key.id())}
     * @throws IllegalArgumentException if the type of values has parameters, or is {@code Object}
     */
    public <K, V> SharedTier<K, V> of(Class<V> type, Function<? super K, ?> keys) {
        if (type == Object.class || type.getTypeParameters().length > 0) {
            throw new IllegalArgumentException("of " + type.getName()
                    + " nobody can tell what to make of the JSON: give a TypeReference, or a class without parameters");
        }
        var json = mapper();
        return json(json, json.constructType(type), keys);
    }

    /** The same for a type with parameters. */
    public <K, V> SharedTier<K, V> of(TypeReference<V> type, Function<? super K, ?> keys) {
        var json = mapper();
        return json(json, json.getTypeFactory().constructType(requireNonNull(type, "type")), keys);
    }

    private ObjectMapper mapper() {
        return mapper == null ? JacksonCodec.mapper() : mapper;
    }

    private <K, V> SharedTier<K, V> json(ObjectMapper json, JavaType type, Function<? super K, ?> keys) {
        return tier("json " + type.toCanonical(), new JacksonCodec<>(json, type), keys);
    }

    /**
     * For caches of values with a codec of one's own.
     *
     * @param schema a name of what the bytes are; what was written under another is as if it were not there
     */
    public <K, V> SharedTier<K, V> of(String schema, Codec<V> codec) {
        return of(schema, codec, Function.identity());
    }

    /**
     * The same with keys of any type.
     *
     * @param keys a key for each, as in {@link #of(Class, Function)}
     */
    public <K, V> SharedTier<K, V> of(String schema, Codec<V> codec, Function<? super K, ?> keys) {
        if (schema.length() > LONGEST_SCHEMA) {
            throw new IllegalArgumentException(
                    "schema must have " + LONGEST_SCHEMA + " characters at most, had " + schema.length());
        }
        requireNonNull(codec, "codec");
        return tier("own " + schema, codec, keys);
    }

    private <K, V> SharedTier<K, V> tier(String schema, Codec<V> codec, Function<? super K, ?> keys) {
        requireNonNull(keys, "keys");
        return (cache, events) -> open(cache, events, schema, codec, key -> text(keys.apply(key)));
    }

    private static String text(@Nullable Object key) {
        if (key == null) {
            throw new IllegalArgumentException("the function that makes keys of keys returned null");
        }
        return KeyText.of(key);
    }

    private <K, V> TierRegion<K, V> open(
            String cache,
            TierEvents<? super K> events,
            String schema,
            Codec<V> codec,
            Function<? super K, String> keys) {
        var region =
                new RedisRegion<K, V>(link, cache, settings, this::token, keys, schema, codec, events, this::closed);
        regions.add(region);
        region.prepare();
        return region;
    }

    private void closed(RedisRegion<?, ?> region) {
        if (regions.remove(region)) {
            unreadable.add(region.unreadable());
        }
    }

    private String token() {
        return client + ":" + tokens.incrementAndGet();
    }

    /** What all of its names in Redis begin with. */
    public String namespace() {
        return settings.namespace();
    }

    /** Whether Redis can be reached, and tells of changes. */
    public boolean isConnected() {
        return link.isCoherent();
    }

    /** What has happened on the connection so far. */
    public RedisTierStats stats() {
        return new RedisTierStats(
                link.connects(),
                link.pushes(),
                unreadable.sum()
                        + regions.stream().mapToLong(RedisRegion::unreadable).sum(),
                link.incoherentTime(),
                link.breakerState().name(),
                link.isCoherent());
    }

    /** Gives the connection up. Caches that use it load on their own from now on. */
    @Override
    public void close() {
        link.close();
    }
}
