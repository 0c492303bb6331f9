package io.skein.redis;

import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import java.time.Duration;

/** A master, a replica, and one who says which of them is which. */
final class Sentinel implements AutoCloseable {
    private final RedisServer first = new RedisServer();
    private final RedisServer second = new RedisServer("--replicaof", "127.0.0.1", "" + first.port());
    private final RedisServer sentinel = RedisServer.sentinel(
            "sentinel monitor skein 127.0.0.1 " + first.port() + " 1",
            "sentinel down-after-milliseconds skein 1000",
            "sentinel failover-timeout skein 3000");

    Sentinel() {
        awaitReplica(second);
        var client = RedisClient.create(sentinel.uri());
        try (var connection = client.connectSentinel(RedisURI.create(sentinel.uri()))) {
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> connection.sync().replicas("skein").size() == 1);
        } finally {
            client.shutdown();
        }
    }

    private static void awaitReplica(RedisServer server) {
        var client = RedisClient.create(server.uri());
        try (var connection = client.connect()) {
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> connection.sync().info("replication").contains("master_link_status:up"));
        } finally {
            client.shutdown();
        }
    }

    /** Whatever has been written by now, the replica has. */
    void awaitReplicated() {
        var client = RedisClient.create(first.uri());
        try (var connection = client.connect()) {
            connection.sync().set("last", "write");
            await().atMost(Duration.ofSeconds(30)).until(() -> connection.sync().waitForReplication(1, 1_000) == 1);
        } finally {
            client.shutdown();
        }
    }

    String uri() {
        return "redis-sentinel://127.0.0.1:" + sentinel.port() + "/0#skein";
    }

    RedisServer master() {
        return first;
    }

    RedisServer replica() {
        return second;
    }

    @Override
    public void close() {
        sentinel.close();
        second.close();
        first.close();
    }
}
