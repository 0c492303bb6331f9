package io.skein.spring.autoconfigure;

import io.skein.spring.autoconfigure.RedisDetails.Cluster;
import io.skein.spring.autoconfigure.RedisDetails.Login;
import io.skein.spring.autoconfigure.RedisDetails.Node;
import io.skein.spring.autoconfigure.RedisDetails.Place;
import io.skein.spring.autoconfigure.RedisDetails.Sentinels;
import io.skein.spring.autoconfigure.RedisDetails.Standalone;
import io.skein.spring.autoconfigure.RedisDetails.Tls;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.data.redis.RedisConnectionDetails;
import org.springframework.boot.ssl.SslBundle;

/** What a bean of {@link RedisConnectionDetails} says: for Spring Boot 3. */
final class Boot3Redis implements BootRedis {
    private static final String SOURCE = "the bean of type RedisConnectionDetails";

    private final ObjectProvider<RedisConnectionDetails> beans;

    Boot3Redis(ObjectProvider<RedisConnectionDetails> beans) {
        this.beans = beans;
    }

    @Override
    public @Nullable RedisDetails details(DataRedisProperties properties) {
        var details = beans.getIfAvailable();
        // What Boot makes of the properties, and it alone, is of this package. It does not say that a URL asks for TLS,
        // and what it complains of is shown with the password: so they are read by ourselves.
        return details == null
                        || details.getClass().getPackageName().equals(RedisConnectionDetails.class.getPackageName())
                ? null
                : of(details, properties);
    }

    /** In the order in which Boot asks. */
    private static RedisDetails of(RedisConnectionDetails details, DataRedisProperties properties) {
        var sentinel = details.getSentinel();
        if (sentinel != null) {
            var login = new Login(sentinel.getUsername(), sentinel.getPassword());
            var place = new Sentinels(sentinel.getMaster(), nodes(sentinel.getNodes()), sentinel.getDatabase(), login);
            return of(details, properties, place, sentinel.getSslBundle());
        }
        var cluster = details.getCluster();
        if (cluster != null) {
            return of(details, properties, new Cluster(nodes(cluster.getNodes())), cluster.getSslBundle());
        }
        var standalone = details.getStandalone();
        if (standalone == null) {
            throw useless("it does not say where Redis is");
        }
        var node = new Node(standalone.getHost(), standalone.getPort());
        return of(details, properties, new Standalone(node, standalone.getDatabase()), standalone.getSslBundle());
    }

    private static RedisDetails of(
            RedisConnectionDetails details, DataRedisProperties properties, Place place, @Nullable SslBundle bundle) {
        return new RedisDetails(
                SOURCE,
                place,
                new Login(details.getUsername(), details.getPassword()),
                bundle == null && !properties.urlUsesTls() ? null : new Tls(bundle),
                properties.clientName());
    }

    private static List<Node> nodes(List<RedisConnectionDetails.Node> nodes) {
        return nodes.stream().map(node -> new Node(node.host(), node.port())).toList();
    }

    private static InvalidPropertyException useless(String problem) {
        return new InvalidPropertyException(SOURCE, "", null, problem, "Say by skein.redis.uri where Redis is.", null);
    }
}
