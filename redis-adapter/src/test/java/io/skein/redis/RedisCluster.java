package io.skein.redis;

import static org.awaitility.Awaitility.await;

import io.lettuce.core.MigrateArgs;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.cluster.api.sync.RedisClusterCommands;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Three masters that share the slots. */
final class RedisCluster implements AutoCloseable {
    private static final int SLOTS = 16_384;

    private final List<RedisServer> servers = new ArrayList<>();

    RedisCluster() {
        for (int i = 0; i < 3; i++) {
            servers.add(new RedisServer("--cluster-enabled", "yes", "--cluster-node-timeout", "2000"));
        }
        for (int i = 0; i < 3; i++) {
            var client = RedisClient.create(servers.get(i).uri());
            try (var connection = client.connect()) {
                var redis = connection.sync();
                for (int slot = SLOTS * i / 3; slot < SLOTS * (i + 1) / 3; slot++) {
                    redis.clusterAddSlots(slot);
                }
                redis.clusterMeet("127.0.0.1", servers.get(0).port());
            } finally {
                client.shutdown();
            }
        }
        awaitOk();
    }

    /** Until all know that all is well. */
    void awaitOk() {
        for (var server : servers) {
            var client = RedisClient.create(server.uri());
            try (var connection = client.connect()) {
                await().atMost(Duration.ofSeconds(30))
                        .until(() -> connection.sync().clusterInfo().contains("cluster_state:ok")
                                && connection.sync().clusterNodes().lines().count() == 3
                                && !connection.sync().clusterNodes().contains("fail"));
            } finally {
                client.shutdown();
            }
        }
    }

    /** The slot of a name begins to move from the master that has it to another. */
    Move move(String name) {
        return new Move(SlotHash.getSlot(name));
    }

    /** A slot on its way. */
    final class Move implements AutoCloseable {
        private final int slot;
        private final RedisClient client = RedisClient.create();
        private final List<RedisClusterCommands<String, String>> nodes = new ArrayList<>();
        private final RedisClusterCommands<String, String> from;
        private final RedisClusterCommands<String, String> to;
        private boolean isFinished;

        private Move(int slot) {
            this.slot = slot;
            uris().forEach(uri -> nodes.add(client.connect(uri).sync()));
            int owner = slot * 3 / SLOTS;
            from = nodes.get(owner);
            to = nodes.get((owner + 1) % 3);
            to.clusterSetSlotImporting(slot, from.clusterMyId());
            from.clusterSetSlotMigrating(slot, to.clusterMyId());
        }

        void finish() {
            int port = servers.get((slot * 3 / SLOTS + 1) % 3).port();
            var keys = from.clusterGetKeysInSlot(slot, 1_000);
            if (!keys.isEmpty()) {
                from.migrate("127.0.0.1", port, 0, 5_000, MigrateArgs.Builder.keys(keys));
            }
            settle(to.clusterMyId());
        }

        private void settle(String owner) {
            to.clusterSetSlotNode(slot, owner);
            nodes.forEach(node -> node.clusterSetSlotNode(slot, owner));
            isFinished = true;
        }

        /** It is where it was before, without its keys. */
        @Override
        public void close() {
            if (!isFinished) {
                from.clusterSetSlotStable(slot);
                to.clusterSetSlotStable(slot);
            }
            client.shutdown();
        }
    }

    List<RedisURI> uris() {
        return servers.stream().map(server -> RedisURI.create(server.uri())).toList();
    }

    List<RedisServer> servers() {
        return servers;
    }

    @Override
    public void close() {
        servers.forEach(RedisServer::close);
    }
}
