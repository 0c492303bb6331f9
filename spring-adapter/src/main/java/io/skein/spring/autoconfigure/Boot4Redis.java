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
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.ssl.SslBundle;

/** What a bean of {@link DataRedisConnectionDetails} says: for Spring Boot 4. */
final class Boot4Redis implements BootRedis {
    private static final String SOURCE = "the bean of type DataRedisConnectionDetails";

    private final ObjectProvider<DataRedisConnectionDetails> beans;

    Boot4Redis(ObjectProvider<DataRedisConnectionDetails> beans) {
        this.beans = beans;
    }

    @Override
    public @Nullable RedisDetails details(DataRedisProperties properties) {
        var details = beans.getIfAvailable();
        // What Boot makes of the properties, and it alone, is of this package. It does not say that a URL asks for TLS,
        // and what it complains of is shown with the password: so they are read by ourselves.
        return details == null
                        || details.getClass().getPackageName().equals(DataRedisConnectionDetails.class.getPackageName())
                ? null
                : of(details, properties);
    }

    /** In the order in which Boot asks. */
    private static RedisDetails of(DataRedisConnectionDetails details, DataRedisProperties properties) {
        var sentinel = details.getSentinel();
        if (sentinel != null) {
            var login = new Login(sentinel.getUsername(), sentinel.getPassword());
            var place = new Sentinels(sentinel.getMaster(), nodes(sentinel.getNodes()), sentinel.getDatabase(), login);
            return of(details, properties, place, details.getSslBundle());
        }
        var cluster = details.getCluster();
        if (cluster != null) {
            return of(details, properties, new Cluster(nodes(cluster.getNodes())), details.getSslBundle());
        }
        if (details.getMasterReplica() != null) {
            throw useless("it lists a master and its replicas, which are not for caches");
        }
        var standalone = details.getStandalone();
        if (standalone == null) {
            throw useless("it does not say where Redis is");
        }
        var node = new Node(standalone.getHost(), standalone.getPort());
        return of(details, properties, new Standalone(node, standalone.getDatabase()), details.getSslBundle());
    }

    private static RedisDetails of(
            DataRedisConnectionDetails details,
            DataRedisProperties properties,
            Place place,
            @Nullable SslBundle bundle) {
        return new RedisDetails(
                SOURCE,
                place,
                new Login(details.getUsername(), details.getPassword()),
                bundle == null && !properties.urlUsesTls() ? null : new Tls(bundle),
                properties.clientName());
    }

    private static List<Node> nodes(List<DataRedisConnectionDetails.Node> nodes) {
        return nodes.stream().map(node -> new Node(node.host(), node.port())).toList();
    }

    private static InvalidPropertyException useless(String problem) {
        return new InvalidPropertyException(SOURCE, "", null, problem, "Say by skein.redis.uri where Redis is.", null);
    }
}
