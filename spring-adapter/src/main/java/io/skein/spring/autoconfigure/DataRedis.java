package io.skein.spring.autoconfigure;

import io.skein.spring.autoconfigure.RedisDetails.Cluster;
import io.skein.spring.autoconfigure.RedisDetails.Login;
import io.skein.spring.autoconfigure.RedisDetails.Node;
import io.skein.spring.autoconfigure.RedisDetails.Place;
import io.skein.spring.autoconfigure.RedisDetails.Sentinels;
import io.skein.spring.autoconfigure.RedisDetails.Standalone;
import io.skein.spring.autoconfigure.RedisDetails.Tls;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/**
 * Reads {@code spring.data.redis} as Boot does: sentinels go before a cluster, that before a URL, and that before a host. Whatever is
 * set and cannot be done is complained of, and its value is not shown, as there may be a password in it.
 */
final class DataRedis {
    private static final String CHANGE = "Change it, or say by skein.redis.uri where Redis is.";
    private static final int PORT = 6379;
    private static final int SENTINEL_PORT = 26379;
    private static final int LAST_PORT = 65_535;

    private final Environment environment;
    private final DataRedisProperties properties;

    DataRedis(Environment environment) {
        this.environment = environment;
        this.properties = bound(environment);
    }

    private static DataRedisProperties bound(Environment environment) {
        try {
            return Binder.get(environment)
                    .bind(DataRedisProperties.PREFIX, DataRedisProperties.class)
                    .orElse(DataRedisProperties.NOTHING);
        } catch (BindException e) {
            throw InvalidPropertyException.ofSecret(
                    e.getName().toString(), environment, "it is not what it has to be", CHANGE);
        }
    }

    DataRedisProperties properties() {
        return properties;
    }

    RedisDetails details(ObjectProvider<SslBundles> bundles) {
        var url = properties.url();
        var uri = url == null ? null : parsed(url);
        return new RedisDetails(
                DataRedisProperties.PREFIX + '.' + source(),
                place(uri),
                uri == null ? login("", properties.username(), properties.password()) : login(uri),
                properties.usesTls() ? tls(bundles) : null,
                properties.clientName());
    }

    private String source() {
        if (properties.sentinel() != null) {
            return "sentinel.nodes";
        } else if (properties.cluster() != null) {
            return "cluster.nodes";
        }
        return properties.url() == null ? "host" : "url";
    }

    private Place place(@Nullable URI uri) {
        int database = uri == null ? database(properties.database()) : database(uri);
        if (properties.sentinel() != null) {
            return sentinels(properties.sentinel(), database);
        } else if (properties.cluster() != null) {
            return new Cluster(nodes("cluster.nodes", properties.cluster().nodes(), PORT));
        } else if (properties.masterreplica() != null) {
            throw invalid("masterreplica.nodes", "it lists a master and its replicas, which are not for caches");
        }
        return new Standalone(uri == null ? node() : new Node(uri.getHost(), port(uri)), database);
    }

    // A host

    private Node node() {
        var host = properties.host();
        if (host != null && host.isBlank()) {
            throw invalid("host", "it is empty");
        }
        int port = properties.port() == null ? PORT : properties.port();
        if (port < 1 || port > LAST_PORT) {
            throw invalid("port", "it is not a port");
        }
        return new Node(host == null ? "localhost" : host, port); // Boot's own default
    }

    private int database(@Nullable Integer number) {
        if (number != null && number < 0) {
            throw invalid("database", "it is not a number of a database");
        }
        return number == null ? 0 : number;
    }

    private Login login(String group, @Nullable String username, @Nullable String password) {
        if (StringUtils.hasLength(username) && !StringUtils.hasLength(password)) {
            throw invalid(group + "username", "it needs password, which is not set");
        }
        return new Login(username, password);
    }

    // A URL

    private URI parsed(String url) {
        URI uri;
        try {
            uri = new URI(url);
        } catch (URISyntaxException e) { // not the cause: it shows the URL
            throw invalid("url", "it is not a URL: " + e.getReason());
        }
        if (!"redis".equals(uri.getScheme()) && !"rediss".equals(uri.getScheme())) {
            throw invalid("url", "it begins neither with redis:// nor with rediss://");
        }
        if (uri.getHost() == null) {
            throw invalid("url", "it has no host, or one with characters that are not for hosts");
        }
        return uri;
    }

    private int port(URI uri) {
        int port = uri.getPort() < 0 ? PORT : uri.getPort();
        if (port < 1 || port > LAST_PORT) {
            throw invalid("url", "its port is none");
        }
        return port;
    }

    private int database(URI uri) {
        var path = uri.getPath();
        if (path == null || path.length() < 2) {
            return 0;
        }
        try {
            return Integer.parseUnsignedInt(path.substring(1));
        } catch (NumberFormatException e) { // not the cause: it shows what stands there
            throw invalid("url", "after the host there is something else than the number of a database");
        }
    }

    private static Login login(URI uri) {
        var user = uri.getUserInfo();
        int colon = user == null ? -1 : user.indexOf(':');
        if (user == null || colon < 0) {
            return new Login(null, user);
        }
        return new Login(user.substring(0, colon), user.substring(colon + 1));
    }

    // More than one node

    private Sentinels sentinels(DataRedisProperties.Sentinel sentinel, int database) {
        var nodes = nodes("sentinel.nodes", sentinel.nodes(), SENTINEL_PORT);
        var master = sentinel.master();
        if (master == null || master.isBlank()) {
            throw invalid("sentinel.nodes", "it needs sentinel.master, which is not set");
        }
        return new Sentinels(master, nodes, database, login("sentinel.", sentinel.username(), sentinel.password()));
    }

    private List<Node> nodes(String setting, @Nullable List<String> nodes, int usualPort) {
        if (nodes == null || nodes.isEmpty()) {
            throw invalid(setting, "it is empty");
        }
        return nodes.stream()
                .map(node -> node(setting, node.strip(), usualPort))
                .toList();
    }

    private Node node(String setting, String node, int usualPort) {
        int colon = node.lastIndexOf(':');
        boolean hasPort = colon > node.lastIndexOf(']'); // of an IPv6 address
        var host = hasPort ? node.substring(0, colon) : node;
        if (host.isBlank()) {
            throw invalid(setting, "there is one without a host");
        }
        try {
            int port = hasPort ? Integer.parseInt(node.substring(colon + 1)) : usualPort;
            if (port >= 1 && port <= LAST_PORT) {
                return new Node(host, port);
            }
        } catch (NumberFormatException e) {
            // Complained of below, without what stands there.
        }
        throw invalid(setting, "there is one whose port is none");
    }

    // TLS

    private Tls tls(ObjectProvider<SslBundles> bundles) {
        var ssl = properties.ssl();
        if (ssl == null || !StringUtils.hasLength(ssl.bundle())) {
            return new Tls(null);
        }
        var all = bundles.getIfAvailable();
        if (all == null) {
            throw invalid("ssl.bundle", "the application has no SSL bundles");
        }
        try {
            return new Tls(all.getBundle(ssl.bundle()));
        } catch (NoSuchSslBundleException e) {
            throw invalid("ssl.bundle", "there is no SSL bundle of this name");
        }
    }

    private InvalidPropertyException invalid(String setting, String problem) {
        return InvalidPropertyException.ofSecret(
                DataRedisProperties.PREFIX + '.' + setting, environment, problem, CHANGE);
    }
}
