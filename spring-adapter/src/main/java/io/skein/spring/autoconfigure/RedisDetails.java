package io.skein.spring.autoconfigure;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundle;

/**
 * Where Redis is, and how to log in, whoever says it.
 *
 * @param source a property, or a bean: for complaints
 * @param login to Redis
 * @param tls null for none
 * @param clientName shown by Redis, if any
 */
record RedisDetails(
        String source,
        Place place,
        Login login,
        @Nullable Tls tls,
        @Nullable String clientName) {

    /** What there is to connect with. */
    sealed interface Place {
        List<Node> nodes();
    }

    /** One node. */
    record Standalone(Node node, int database) implements Place {
        @Override
        public List<Node> nodes() {
            return List.of(node);
        }
    }

    /** Those who know where the node with this name is. */
    record Sentinels(String master, List<Node> nodes, int database, Login login) implements Place {}

    /** Some nodes of a cluster. */
    record Cluster(List<Node> nodes) implements Place {}

    record Node(String host, int port) {
        @Override
        public String toString() {
            return host + ':' + port;
        }
    }

    /** Without a password there is none. */
    record Login(@Nullable String username, @Nullable String password) {
        @Override
        public String toString() {
            return "Login[******]";
        }
    }

    /** @param bundle what it is done with; null for what the JVM has */
    record Tls(@Nullable SslBundle bundle) {}
}
