package io.skein.spring.autoconfigure;

import io.skein.tier.SharedTier;

/** Where {@code skein-redis} is not on the class path: complains of caches that are to be shared. */
final class NoTiers implements Tiers {
    @Override
    public SharedTier<Object, Object> of(Sheet<CacheProperties> sheet) {
        throw sheet.invalid(
                "shared",
                "there is nothing on the class path to share it by",
                "Add the dependency io.skein:skein-redis, or leave the property out.",
                null);
    }

    @Override
    public void connect() {}
}
