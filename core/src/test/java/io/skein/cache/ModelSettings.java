package io.skein.cache;

import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;
import java.util.SplittableRandom;

/**
 * Settings of a cache under a model. Times are seconds, 0 where not set.
 *
 * @param ahead a share of the time to live
 */
record ModelSettings(
        Kind kind, int ttl, double ahead, int revalidate, int ifError, int retry, int negativeTtl, int errorTtl) {
    enum Kind {
        LOADER,
        CONTEXT,
        ASYNC,
        BULK,
        LOADER_AND_BULK;

        boolean isBulk() {
            return this == BULK || this == LOADER_AND_BULK;
        }
    }

    static ModelSettings random(SplittableRandom random) {
        var kinds = Kind.values();
        var kind = kinds[random.nextInt(kinds.length)];
        if (random.nextInt(3) == 0) {
            kind = Kind.CONTEXT;
        }
        int ttl =
                kind == Kind.CONTEXT && random.nextInt(6) == 0 ? 0 : random.nextInt(4, random.nextBoolean() ? 12 : 60);
        double ahead = random.nextInt(2) == 0 ? 0 : 0.5;
        int revalidate = random.nextInt(2) == 0 ? 0 : random.nextInt(1, 8);
        int ifError = random.nextInt(2) == 0 ? 0 : random.nextInt(1, 12);
        boolean retries = ahead != 0 || revalidate != 0 || ifError != 0;
        return new ModelSettings(
                kind,
                ttl,
                ahead,
                revalidate,
                ifError,
                retries ? random.nextInt(4) : 0,
                random.nextInt(2) == 0 ? 0 : random.nextInt(1, 6),
                random.nextInt(2) == 0 ? 0 : random.nextInt(1, 6));
    }

    CoalescingCache<String, String> cache(ModelSource source, Ticker clock) {
        var builder =
                CoalescingCache.<String, String>builder("model").ticker(clock).executor(Runnable::run);
        switch (kind) {
            case LOADER -> builder.loader(source::load);
            case CONTEXT -> builder.contextLoader(source::load);
            case ASYNC -> builder.asyncLoader(source::loadAsync);
            case BULK -> builder.bulkLoader(source::askAll);
            case LOADER_AND_BULK -> builder.loader(source::load).bulkLoader(source::askAll);
        }
        if (ttl != 0) {
            builder.ttl(Duration.ofSeconds(ttl));
        }
        if (ahead != 0) {
            builder.refreshAhead(ahead);
        }
        if (revalidate != 0) {
            builder.staleWhileRevalidate(Duration.ofSeconds(revalidate));
        }
        if (ifError != 0) {
            builder.staleIfError(Duration.ofSeconds(ifError));
        }
        if (retry != 0) {
            builder.retryAfterError(Duration.ofSeconds(retry));
        }
        if (negativeTtl != 0) {
            builder.negativeTtl(Duration.ofSeconds(negativeTtl));
        }
        if (errorTtl != 0) {
            builder.errorTtl(
                    e -> e instanceof ModelSource.Down down && down.isToBeRemembered, Duration.ofSeconds(errorTtl));
        }
        return builder.build();
    }
}
