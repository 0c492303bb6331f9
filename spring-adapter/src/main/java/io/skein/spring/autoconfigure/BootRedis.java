package io.skein.spring.autoconfigure;

import org.jspecify.annotations.Nullable;

/** Where a bean of Boot's says that Redis is: one of {@code @ServiceConnection}, Docker Compose, or the application. */
@FunctionalInterface
interface BootRedis {
    /**
     * What it says.
     *
     * @param properties for what it does not say
     * @return null if there is no such bean, or one that repeats the properties
     */
    @Nullable
    RedisDetails details(DataRedisProperties properties);
}
