package io.skein.spring.autoconfigure;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What Boot is told of Redis under {@code spring.data.redis}: as much of it as says where that is. What is null is not set. */
record DataRedisProperties(
        @Nullable String url,
        @Nullable String host,
        @Nullable Integer port,
        @Nullable String username,
        @Nullable String password,
        @Nullable Integer database,
        @Nullable String clientName,
        @Nullable Ssl ssl,
        @Nullable Sentinel sentinel,
        @Nullable Nodes cluster,
        @Nullable Nodes masterreplica) {

    static final String PREFIX = "spring.data.redis";

    /** If nothing is set. */
    static final DataRedisProperties NOTHING =
            new DataRedisProperties(null, null, null, null, null, null, null, null, null, null, null);

    /** Whoever says where Redis is, as Boot has it. */
    boolean urlUsesTls() {
        return url != null && url.startsWith("rediss:");
    }

    /** A bundle is for TLS, unless it is said otherwise. */
    boolean usesTls() {
        return urlUsesTls() || (ssl != null && (ssl.enabled == null ? ssl.bundle != null : ssl.enabled));
    }

    record Ssl(@Nullable Boolean enabled, @Nullable String bundle) {}

    record Sentinel(
            @Nullable String master,
            @Nullable List<String> nodes,
            @Nullable String username,
            @Nullable String password) {}

    record Nodes(@Nullable List<String> nodes) {}
}
