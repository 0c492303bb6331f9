package io.skein.redis;

import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisClient;
import io.lettuce.core.SetArgs;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Sees what is in Redis, by itself. */
final class Spy implements AutoCloseable {
    private final RedisClient client;
    private final RedisCommands<String, String> redis;

    Spy(String uri) {
        client = RedisClient.create(uri);
        redis = client.connect().sync();
    }

    void awaitSet(String lease) {
        await().atMost(Duration.ofSeconds(30)).until(() -> redis.exists(lease) == 1);
    }

    @Nullable
    String value(String name) {
        return redis.get(name);
    }

    void set(String name, String value) {
        redis.set(name, value, SetArgs.Builder.keepttl());
    }

    @Override
    public void close() {
        client.shutdown();
    }
}
