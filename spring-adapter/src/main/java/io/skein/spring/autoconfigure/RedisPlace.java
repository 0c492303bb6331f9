package io.skein.spring.autoconfigure;

import static java.util.stream.Collectors.joining;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SslOptions;
import io.skein.redis.RedisTier;
import io.skein.redis.RedisTierBuilder;
import io.skein.spring.autoconfigure.RedisDetails.Cluster;
import io.skein.spring.autoconfigure.RedisDetails.Login;
import io.skein.spring.autoconfigure.RedisDetails.Sentinels;
import io.skein.spring.autoconfigure.RedisDetails.Standalone;
import io.skein.spring.autoconfigure.RedisDetails.Tls;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.util.StringUtils;

/**
 * Where Redis is, in Lettuce's words. Loaded only where {@code skein-redis} is.
 *
 * @param source who says so
 * @param uris one, or some of a cluster
 * @param bundle of what TLS needs, if it is not what the JVM has
 */
record RedisPlace(
        String source,
        List<RedisURI> uris,
        boolean isCluster,
        @Nullable SslBundle bundle) {

    static RedisPlace of(String source, RedisURI uri) {
        return new RedisPlace(source, List.of(uri), false, null);
    }

    static RedisPlace of(RedisDetails details) {
        var place = details.place();
        List<RedisURI> uris;
        if (place instanceof Sentinels sentinels) {
            uris = List.of(sentinels(sentinels, details));
        } else if (place instanceof Standalone standalone) {
            uris = List.of(node(standalone.node(), details.login(), details.tls())
                    .withDatabase(standalone.database())
                    .build());
        } else {
            uris = place.nodes().stream()
                    .map(node -> node(node, details.login(), details.tls()).build())
                    .toList();
        }
        if (details.clientName() != null) {
            uris.forEach(uri -> uri.setClientName(details.clientName()));
        }
        var tls = details.tls();
        return new RedisPlace(details.source(), uris, place instanceof Cluster, tls == null ? null : tls.bundle());
    }

    private static RedisURI sentinels(Sentinels place, RedisDetails details) {
        var builder = loggedIn(RedisURI.builder(), details.login())
                .withSentinelMasterId(place.master())
                .withDatabase(place.database())
                .withSsl(details.tls() != null);
        for (var node : place.nodes()) {
            builder.withSentinel(node(node, place.login(), details.tls()).build());
        }
        return builder.build();
    }

    private static RedisURI.Builder node(RedisDetails.Node node, Login login, @Nullable Tls tls) {
        return loggedIn(RedisURI.builder(), login)
                .withHost(node.host())
                .withPort(node.port())
                .withSsl(tls != null);
    }

    private static RedisURI.Builder loggedIn(RedisURI.Builder builder, Login login) {
        var username = login.username();
        var password = login.password();
        if (password == null || password.isEmpty()) {
            return builder;
        }
        return username != null && StringUtils.hasLength(username)
                ? builder.withAuthentication(username, password)
                : builder.withPassword(password.toCharArray());
    }

    RedisTierBuilder builder() {
        var builder = isCluster ? RedisTier.cluster(uris) : RedisTier.builder(uris.get(0));
        return bundle == null ? builder : builder.clientOptions(options -> withBundle(options, bundle));
    }

    private static ClientOptions.Builder withBundle(ClientOptions.Builder options, SslBundle bundle) {
        var managers = bundle.getManagers();
        var ssl = SslOptions.builder()
                .keyManager(managers.getKeyManagerFactory())
                .trustManager(managers.getTrustManagerFactory());
        var ciphers = bundle.getOptions().getCiphers();
        if (ciphers != null) {
            ssl.cipherSuites(ciphers);
        }
        var protocols = bundle.getOptions().getEnabledProtocols();
        if (protocols != null) {
            ssl.protocols(protocols);
        }
        return options.sslOptions(ssl.build());
    }

    /** Hosts and ports, and no more. */
    String address() {
        return uris.stream()
                .flatMap(uri -> uri.getSentinels().isEmpty() ? List.of(uri).stream() : uri.getSentinels().stream())
                .map(uri -> uri.getSocket() == null ? uri.getHost() + ':' + uri.getPort() : uri.getSocket())
                .collect(joining(", "));
    }
}
