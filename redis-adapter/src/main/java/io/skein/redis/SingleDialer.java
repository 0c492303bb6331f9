package io.skein.redis;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisURI;
import io.lettuce.core.TrackingArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.push.PushMessage;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.resource.ClientResources;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One master, known by its address or by sentinels: one connection, by which Redis tells of changes of what has been read by it. So
 * answers and changes come in the order in which they have happened.
 */
final class SingleDialer implements Dialer {
    static final RedisCodec<String, byte[]> CODEC = RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE);

    private final RedisClient client;
    private final RedisURI uri;

    SingleDialer(RedisClient client, RedisURI uri) {
        this.client = client;
        this.uri = uri;
    }

    @Override
    public CompletableFuture<Wire> dial(Wire.Listener listener) {
        return tracking(client.connectAsync(CODEC, uri).toCompletableFuture(), TrackingArgs.Builder.enabled(), listener)
                .thenApply(Single::new);
    }

    private record Single(Line line) implements Wire {
        @Override
        public RedisClusterAsyncCommands<String, byte[]> commands() {
            return line.connection().async();
        }

        @Override
        public boolean isOpen() {
            return line.connection().isOpen();
        }

        @Override
        public List<Line> lines() {
            return List.of(line);
        }

        @Override
        public void answered() {
            line.heard();
        }

        @Override
        public List<String> names(String part) {
            return List.of(part);
        }

        @Override
        public void close() {
            line.close();
        }
    }

    /** A connection that tells of changes, when it does so. */
    static CompletableFuture<Line> tracking(
            CompletableFuture<StatefulRedisConnection<String, byte[]>> made, TrackingArgs how, Wire.Listener listener) {
        return made.thenCompose(connection -> {
            var line = new Line(connection);
            connection.addListener((RedisConnectionStateListener) new OnDisconnect(listener));
            connection.addListener((PushMessage message) -> pushed(message, line, listener));
            return connection
                    .async()
                    .clientTracking(how)
                    .toCompletableFuture()
                    .orTimeout(connection.getTimeout().toNanos(), TimeUnit.NANOSECONDS)
                    .thenApply(ok -> line)
                    .whenComplete((same, failure) -> {
                        if (failure != null) {
                            line.close();
                        }
                    });
        });
    }

    private static void pushed(PushMessage message, Line line, Wire.Listener listener) {
        line.heard();
        if (message.getType().equals("invalidate")) {
            var content = message.getContent();
            listener.pushed(content.size() > 1 ? (List<?>) content.get(1) : null);
        }
    }

    private record OnDisconnect(Wire.Listener listener) implements RedisConnectionStateListener {
        @Override
        public void onRedisDisconnected(@Nullable RedisChannelHandler<?, ?> handler) {
            listener.lost("it is disconnected");
        }
    }

    @Override
    public ClientResources resources() {
        return client.getResources();
    }

    @Override
    public void shutdown() {
        var unused = client.shutdownAsync(0, 2, TimeUnit.SECONDS);
    }
}
