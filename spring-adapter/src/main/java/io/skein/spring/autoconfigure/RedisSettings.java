package io.skein.spring.autoconfigure;

import io.lettuce.core.RedisURI;
import io.skein.redis.RedisTier;
import io.skein.redis.RedisTierBuilder;
import io.skein.tier.TierException;
import java.net.URI;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.env.Environment;
import org.springframework.util.unit.DataSize;

/** What the properties say of Redis. Loaded only where {@code skein-redis} is. */
final class RedisSettings {
    private static final String PROPERTY = "skein.redis.uri";

    // What the builder has if only one of the two is set.
    private static final Duration HEARTBEAT = Duration.ofMillis(500);
    private static final Duration HEARTBEAT_TIMEOUT = Duration.ofSeconds(1);

    private RedisSettings() {}

    /** Where Redis is: its own property says it, else a bean of Boot's, else Boot's properties. */
    static RedisPlace place(
            RedisProperties properties,
            Environment environment,
            ObjectProvider<BootRedis> boot,
            ObjectProvider<SslBundles> bundles) {
        var own = properties.getUri();
        if (own != null) {
            return RedisPlace.of(PROPERTY, parsed(own, environment));
        }
        var data = new DataRedis(environment);
        var details = boot.stream()
                .flatMap(one -> Stream.ofNullable(one.details(data.properties())))
                .findFirst()
                .orElseGet(() -> data.details(bundles));
        return RedisPlace.of(details);
    }

    private static RedisURI parsed(String uri, Environment environment) {
        RedisURI parsed;
        try {
            parsed = RedisURI.create(uri);
        } catch (RuntimeException e) { // not the cause: it shows all of it
            throw uri(environment, "it cannot be read");
        }
        if (parsed.getSocket() == null && parsed.getSentinels().isEmpty() && !isHost(parsed.getHost(), uri)) {
            throw uri(environment, "it has no host, or one with characters that are not for hosts");
        }
        return parsed;
    }

    /** Lettuce takes the port for a part of a host that is none by the book, as with an underscore. */
    private static boolean isHost(@Nullable String host, String uri) {
        return host != null && (URI.create(uri).getHost() != null || !host.matches(".*[:,].*"));
    }

    private static InvalidPropertyException uri(Environment environment, String problem) {
        return InvalidPropertyException.ofSecret(
                PROPERTY,
                environment,
                problem,
                "Write it like redis://user:password@host:port, with what has a meaning in URIs escaped, or leave it out.");
    }

    /** The tier, connected if {@code fail-fast} is set. */
    static RedisTier build(RedisPlace place, RedisTierBuilder builder) {
        try {
            return builder.build();
        } catch (TierException e) {
            var cause = NestedExceptionUtils.getMostSpecificCause(e);
            var why = cause.getMessage() == null ? "" : ": " + cause.getMessage();
            throw new InvalidPropertyException(
                    "skein.redis.fail-fast",
                    "true",
                    null,
                    "Redis at " + place.address() + ", which " + place.source() + " says, cannot be reached" + why,
                    "Start it, change " + place.source()
                            + ", or leave fail-fast out: then caches load on their own until Redis is there.",
                    e);
        }
    }

    static void apply(RedisProperties properties, Environment environment, RedisTierBuilder builder) {
        if (properties.getNamespace() == null) {
            builder.namespace(namespace(environment));
        }
        apply("namespace", properties.getNamespace(), builder::namespace);
        apply("command-timeout", properties.getCommandTimeout(), builder::commandTimeout);
        apply("connect-timeout", properties.getConnectTimeout(), builder::connectTimeout);
        apply("lease", properties.getLease(), builder::lease);
        apply("open-time", properties.getOpenTime(), builder::openTime);
        apply("longest-wait", properties.getLongestWait(), builder::longestWait);
        apply("max-in-flight", properties.getMaxInFlight(), builder::maxInFlight);
        apply("max-value-bytes", properties.getMaxValueBytes(), size -> builder.maxValueBytes(bytes(size)));
        apply("compress-above", properties.getCompressAbove(), size -> builder.compressAbove(bytes(size)));
        apply("fail-fast", properties.getFailFast(), builder::failFast);
        var period = properties.getHeartbeat();
        var timeout = properties.getHeartbeatTimeout();
        apply("heartbeat", period, one -> builder.heartbeat(one, HEARTBEAT_TIMEOUT));
        apply("heartbeat-timeout", timeout, one -> builder.heartbeat(period == null ? HEARTBEAT : period, one));
    }

    /** The name of the application, with what has a meaning in names replaced. */
    private static String namespace(Environment environment) {
        var name = environment.getProperty("spring.application.name", "");
        return name.isBlank() ? "skein" : name.strip().replaceAll("[^\\p{L}\\p{N}._-]", "-");
    }

    private static int bytes(DataSize size) {
        return Math.toIntExact(size.toBytes());
    }

    private static <T> void apply(String setting, @Nullable T value, Consumer<? super T> to) {
        if (value == null) {
            return;
        }
        try {
            to.accept(value);
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new InvalidPropertyException(
                    "skein.redis." + setting,
                    String.valueOf(value),
                    null,
                    String.valueOf(e.getMessage()),
                    "Change it, or leave it out.",
                    e);
        }
    }
}
