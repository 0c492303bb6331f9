package io.skein.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.TrackingArgs;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.cluster.event.AskRedirectionEvent;
import io.lettuce.core.cluster.event.ClusterTopologyChangedEvent;
import io.lettuce.core.cluster.event.MovedRedirectionEvent;
import io.lettuce.core.cluster.event.RedirectionEventSupport;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import io.lettuce.core.event.Event;
import io.lettuce.core.resource.ClientResources;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;

/**
 * A cluster: commands go where their slot is, and each master tells of all changes of names with our prefixes by a connection of its
 * own, as Lettuce does not tell by which of its connections something is read. If one of them is lost, or the topology changes, the
 * whole wire is made anew.
 */
final class ClusterDialer implements Dialer {
    private final RedisClusterClient cluster;
    private final RedisClient single;
    private final String[] prefixes;

    /** @param single of the same resources, for connections with one node */
    ClusterDialer(RedisClusterClient cluster, RedisClient single, String... prefixes) {
        this.cluster = cluster;
        this.single = single;
        this.prefixes = prefixes;
    }

    @Override
    public CompletableFuture<Wire> dial(Wire.Listener listener) {
        var watch = new TopologyWatch(listener, prefixes);
        var changes = cluster.getResources().eventBus().get().subscribe(watch::on); // before the masters are read
        return cluster.refreshPartitionsAsync()
                .toCompletableFuture()
                .thenCompose(ok -> cluster.connectAsync(SingleDialer.CODEC))
                .thenCompose(data -> {
                    try {
                        return wired(data, listener, watch, changes);
                    } catch (Throwable e) { // no threads, perhaps
                        var unused = data.closeAsync();
                        throw e;
                    }
                })
                .whenComplete((wire, failure) -> {
                    if (failure != null) {
                        changes.dispose();
                    }
                });
    }

    private static List<RedisClusterNode> masters(Collection<RedisClusterNode> nodes) {
        return nodes.stream()
                .filter(node -> node.getRole().isUpstream())
                .filter(node -> !node.hasNoSlots())
                .toList();
    }

    private static Set<String> addresses(List<RedisClusterNode> nodes) {
        return nodes.stream()
                .map(node -> node.getUri().getHost() + ':' + node.getUri().getPort())
                .collect(Collectors.toUnmodifiableSet());
    }

    private CompletableFuture<Wire> wired(
            StatefulRedisClusterConnection<String, byte[]> data,
            Wire.Listener listener,
            TopologyWatch watch,
            Disposable changes) {
        var masters = masters(data.getPartitions());
        watch.known = addresses(masters);
        var how = TrackingArgs.Builder.enabled().bcast().prefixes(prefixes);
        var trackers = masters.stream()
                .map(node -> SingleDialer.tracking(
                        single.connectAsync(SingleDialer.CODEC, node.getUri()).toCompletableFuture(), how, listener))
                .toList();
        // By which commands will go: now, since those that wait for a connection are not sent in their order.
        var senders = masters.stream()
                .map(node -> data.getConnectionAsync(
                        node.getUri().getHost(), node.getUri().getPort()))
                .map(made -> made.thenApply(Line::new))
                .toList();
        var lines = Stream.concat(trackers.stream(), senders.stream()).toList();
        return CompletableFuture.allOf(lines.toArray(new CompletableFuture<?>[0]))
                .<@Nullable Throwable>handle((ok, failure) -> failure)
                .thenCompose(failure -> {
                    if (failure == null
                            && !masters.isEmpty()
                            && addresses(masters(data.getPartitions())).equals(watch.known)) {
                        return CompletableFuture.<Wire>completedFuture(new Cluster(
                                data,
                                trackers.stream().map(CompletableFuture::join).toList(),
                                lines.stream().map(CompletableFuture::join).toList(),
                                masters,
                                changes));
                    }
                    for (var made : trackers) {
                        var unused = made.thenAccept(Line::close);
                    }
                    var unused = data.closeAsync();
                    return CompletableFuture.<Wire>failedFuture(
                            failure == null
                                    ? new IllegalStateException("the cluster has no masters, or others by now")
                                    : failure);
                });
    }

    /** Sees to it that no master is asked whose changes are not told. */
    private static final class TopologyWatch {
        private final Wire.Listener listener;
        private final String[] prefixes;
        private volatile Set<String> known = Set.of();

        TopologyWatch(Wire.Listener listener, String... prefixes) {
            this.listener = listener;
            this.prefixes = prefixes;
        }

        /** Events of all that share the client's resources. */
        void on(Event event) {
            if (known.isEmpty()) { // the masters are yet to be read
                return;
            }
            if (event instanceof ClusterTopologyChangedEvent changed) {
                if (!addresses(masters(changed.after())).equals(known)) {
                    listener.lost("the cluster has other masters");
                }
            } else if (event instanceof MovedRedirectionEvent moved) {
                sentTo(moved);
            } else if (event instanceof AskRedirectionEvent asked) {
                sentTo(asked);
            }
        }

        /** {@code MOVED 3999 127.0.0.1:6381}. */
        private void sentTo(RedirectionEventSupport event) {
            var address = event.getMessage().substring(event.getMessage().lastIndexOf(' ') + 1);
            boolean isOurs = Stream.of(prefixes).anyMatch(String.valueOf(event.getKey())::startsWith);
            boolean hasHost = !address.startsWith(":") && !address.startsWith("?"); // else it is the same
            if (isOurs && hasHost && !known.contains(address)) {
                listener.lost("the cluster has a master that was not known");
            }
        }
    }

    /** @param lines all of its connections with masters: those that tell, and those by which commands are sent */
    private record Cluster(
            StatefulRedisClusterConnection<String, byte[]> data,
            List<Line> trackers,
            List<Line> lines,
            List<RedisClusterNode> masters,
            Disposable changes)
            implements Wire {
        @Override
        public RedisClusterAsyncCommands<String, byte[]> commands() {
            return data.async();
        }

        @Override
        public boolean isOpen() {
            return data.isOpen()
                    && trackers.stream().allMatch(line -> line.connection().isOpen());
        }

        @Override
        public void answered() {} // nobody knows by which

        @Override
        public List<String> names(String part) {
            var names = new ArrayList<String>();
            for (var master : masters) {
                int i = 0;
                while (!master.hasSlot(SlotHash.getSlot(part + i))) {
                    i++;
                }
                names.add(part + i);
            }
            return names;
        }

        @Override
        public void close() {
            changes.dispose();
            trackers.forEach(Line::close);
            var unused = data.closeAsync();
        }
    }

    @Override
    public ClientResources resources() {
        return cluster.getResources();
    }

    @Override
    public void shutdown() {
        var unused = single.shutdownAsync(0, 2, TimeUnit.SECONDS);
        unused = cluster.shutdownAsync(0, 2, TimeUnit.SECONDS);
    }
}
