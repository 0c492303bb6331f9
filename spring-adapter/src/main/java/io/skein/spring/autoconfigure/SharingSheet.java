package io.skein.spring.autoconfigure;

import io.skein.cache.CoalescingCacheBuilder;
import io.skein.tier.SharedTier;
import org.jspecify.annotations.Nullable;

/**
 * By what a cache is shared with other JVMs: its own properties say it, if they say anything of it, else the defaults. To opt out,
 * {@code shared=false} is enough, whatever else is set.
 */
final class SharingSheet {
    private final Sheet<CacheProperties> sheet;
    private final @Nullable CacheProperties own;
    private final CacheProperties speaker;

    SharingSheet(Sheet<CacheProperties> sheet, @Nullable CacheProperties own, CacheProperties defaults) {
        this.sheet = sheet;
        this.own = own;
        this.speaker = own != null && (own.getShared() != null || own.getSharedTier() != null) ? own : defaults;
    }

    private boolean isOff() {
        return Boolean.FALSE.equals(speaker.getShared());
    }

    private boolean isShared() {
        return !isOff() && (speaker.getShared() != null || speaker.getSharedTier() != null);
    }

    /** Whether the cache is shared, or is said not to be. */
    boolean isSpokenOf() {
        return speaker.getShared() != null || speaker.getSharedTier() != null;
    }

    void apply(Tiers tiers, CoalescingCacheBuilder<Object, Object> builder) {
        sheet.apply("shared", one -> one == speaker ? one.getShared() : null, shared -> {
            if (shared) {
                builder.sharedTier(tiers.of(sheet));
            }
        });
        sheet.applyBean(
                "shared-tier",
                one -> one == speaker && !isOff() ? one.getSharedTier() : null,
                SharedTier.class,
                tier -> {
                    if (sheet.isSet("shared")) {
                        throw new IllegalArgumentException("only one of shared and shared-tier can be set");
                    }
                    builder.sharedTier(unchecked(tier));
                });
        sheet.apply("near-ttl", one -> isFor(one) ? one.getNearTtl() : null, builder::nearTtl);
        sheet.apply("degraded-ttl", one -> isFor(one) ? one.getDegradedTtl() : null, builder::degradedTtl);
    }

    /** What the defaults say of shared caches is not for others; what such a cache says of itself is complained of. */
    private boolean isFor(CacheProperties said) {
        return isShared() || (said == own && said.getShared() == null);
    }

    @SuppressWarnings("unchecked") // the application says that it is for this cache
    private static SharedTier<Object, Object> unchecked(SharedTier<?, ?> tier) {
        return (SharedTier<Object, Object>) tier;
    }
}
