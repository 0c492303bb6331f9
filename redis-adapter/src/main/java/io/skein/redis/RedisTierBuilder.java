package io.skein.redis;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisURI;
import io.lettuce.core.resource.ClientResources;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Gathers the settings of a {@link RedisTier}. A bad value fails at once. Not thread-safe; the tier is. */
public final class RedisTierBuilder {
    private static final Duration SHORTEST_LEASE = Duration.ofMillis(100);

    private final List<RedisURI> uris;
    private final boolean isCluster;
    private String namespace = "skein";
    private Duration commandTimeout = Duration.ofMillis(100);
    private Duration connectTimeout = Duration.ofSeconds(5);
    private Duration lease = Duration.ofSeconds(3);
    private Duration heartbeat = Duration.ofMillis(500);
    private Duration heartbeatTimeout = Duration.ofSeconds(1);
    private Duration openTime = Duration.ofSeconds(1);
    private Duration longestWait = Duration.ofSeconds(30);
    private int maxInFlight = 10_000;
    private int maxValueBytes = 512 * 1024;
    private int compressAbove = 16 * 1024;
    private boolean failFast;
    private @Nullable ClientResources resources;
    private UnaryOperator<ClientOptions.Builder> options = UnaryOperator.identity();
    private @Nullable ObjectMapper mapper;

    RedisTierBuilder(List<RedisURI> uris, boolean isCluster) {
        this.uris = List.copyOf(uris);
        this.isCluster = isCluster;
    }

    private static Duration positive(String setting, Duration value) {
        requireNonNull(value, setting);
        if (value.compareTo(Duration.ofMillis(1)) < 0 || value.compareTo(Duration.ofDays(1)) > 0) {
            throw new IllegalArgumentException(setting + " must be 1 ms to 1 day, was " + value);
        }
        return value;
    }

    private static int positive(String setting, int value) {
        if (value <= 0) {
            throw new IllegalArgumentException(setting + " must be positive, was " + value);
        }
        return value;
    }

    /**
     * What all names in Redis begin with, followed by a colon and the name of the cache. Default: {@code skein}.
     *
     * @throws IllegalArgumentException if it is blank or has braces in it
     */
    public RedisTierBuilder namespace(String name) {
        requireNonNull(name, "namespace");
        if (name.isBlank() || name.contains("{") || name.contains("}")) {
            throw new IllegalArgumentException("namespace must not be blank, nor have braces, was '" + name + "'");
        }
        namespace = name;
        return this;
    }

    /**
     * How long an answer of Redis is waited for. Then a load goes on without, and an invalidation fails. Time in which this JVM does
     * not come to read what Redis has sent does not count, and in the first ten seconds, when nothing has been compiled yet, it is a
     * second at least. Default: 100 ms.
     *
     * @throws IllegalArgumentException if it is less than 1 ms or more than a day, as for all durations
     */
    public RedisTierBuilder commandTimeout(Duration timeout) {
        commandTimeout = positive("commandTimeout", timeout);
        return this;
    }

    /** How long a connection may take. Default: 5 s. */
    public RedisTierBuilder connectTimeout(Duration timeout) {
        connectTimeout = positive("connectTimeout", timeout);
        return this;
    }

    /**
     * How long the others wait for a JVM that loads a key if nothing is heard of it. It tells three times as often that it is alive.
     * Default: 3 s.
     */
    public RedisTierBuilder lease(Duration time) {
        if (positive("lease", time).compareTo(SHORTEST_LEASE) < 0) {
            throw new IllegalArgumentException("lease must be 100 ms at least, was " + time);
        }
        lease = time;
        return this;
    }

    /** How often Redis is asked whether it is there, and how long it is waited for a sign of life. Default: 500 ms, 1 s. */
    public RedisTierBuilder heartbeat(Duration period, Duration timeout) {
        heartbeat = positive("heartbeat period", period);
        heartbeatTimeout = positive("heartbeat timeout", timeout);
        return this;
    }

    /** How long Redis is left alone after half of its last commands have failed. Default: 1 s. */
    public RedisTierBuilder openTime(Duration time) {
        openTime = positive("openTime", time);
        return this;
    }

    /**
     * How long a lease of another JVM is waited for, by all loads here together from when it was heard of first; after that, they ask
     * the source all the same, each time. Two leases are waited for at the most. Default: 30 s.
     */
    public RedisTierBuilder longestWait(Duration time) {
        longestWait = positive("longestWait", time);
        return this;
    }

    /** How many commands may be under way at once; more are done without. Default: 10,000. */
    public RedisTierBuilder maxInFlight(int most) {
        maxInFlight = positive("maxInFlight", most);
        return this;
    }

    /** The longest values that are shared, with all that is written with them, compressed. Longer ones each JVM loads. Default: 512 KiB. */
    public RedisTierBuilder maxValueBytes(int most) {
        maxValueBytes = positive("maxValueBytes", most);
        return this;
    }

    /** Values longer than this are compressed. Default: 16 KiB; {@link Integer#MAX_VALUE} compresses none. */
    public RedisTierBuilder compressAbove(int bytes) {
        compressAbove = positive("compressAbove", bytes);
        return this;
    }

    /** Whether {@link #build} waits for the connection, and fails if there is none. Default: no. */
    public RedisTierBuilder failFast(boolean fail) {
        failFast = fail;
        return this;
    }

    /** Threads and the like, if they are to be shared with others. Nobody closes them. Default: the tier's own. */
    public RedisTierBuilder clientResources(ClientResources newResources) {
        resources = requireNonNull(newResources, "clientResources");
        return this;
    }

    /** Further options of Lettuce, such as those for TLS; those that were given before stay. The protocol, and what becomes of lost connections, are the tier's affair. */
    public RedisTierBuilder clientOptions(UnaryOperator<ClientOptions.Builder> more) {
        requireNonNull(more, "clientOptions");
        var before = options;
        options = builder -> more.apply(before.apply(builder));
        return this;
    }

    /** Writes and reads values. It should not be one that is told by the JSON what classes to make of it. Default: one that skips unknown properties. */
    public RedisTierBuilder objectMapper(ObjectMapper newMapper) {
        mapper = requireNonNull(newMapper, "objectMapper");
        return this;
    }

    /**
     * The tier. It connects in the background, if {@code failFast} is not set.
     *
     * @throws io.skein.tier.TierException if it is, and there is no Redis
     */
    public RedisTier build() {
        return new RedisTier(
                uris,
                isCluster,
                new RedisTierSettings(
                        namespace,
                        commandTimeout,
                        connectTimeout,
                        lease,
                        heartbeat,
                        heartbeatTimeout,
                        openTime,
                        longestWait,
                        maxInFlight,
                        maxValueBytes,
                        compressAbove),
                resources,
                options,
                mapper,
                failFast);
    }
}
