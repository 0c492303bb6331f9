package io.skein.redis;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.api.StatefulRedisConnection;
import java.util.concurrent.CompletionStage;

/** One connection of a wire, and when it has shown a sign of life last. */
final class Line {
    private final StatefulRedisConnection<String, byte[]> connection;
    private volatile long lastHeard = System.nanoTime();

    Line(StatefulRedisConnection<String, byte[]> connection) {
        this.connection = connection;
    }

    StatefulRedisConnection<String, byte[]> connection() {
        return connection;
    }

    void heard() {
        lastHeard = System.nanoTime();
    }

    boolean isSilentSince(long nanoTime) {
        return lastHeard - nanoTime < 0;
    }

    /** An error is a sign of life, too. */
    CompletionStage<String> ping() {
        return connection.async().ping().whenComplete((pong, failure) -> {
            if (failure == null || failure instanceof RedisCommandExecutionException) {
                heard();
            }
        });
    }

    void close() {
        var unused = connection.closeAsync();
    }
}
