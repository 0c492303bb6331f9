/** A tier of caches on Redis or Valkey, through Lettuce: {@link io.skein.redis.RedisTier}. */
@NullMarked
package io.skein.redis;

import org.jspecify.annotations.NullMarked;
