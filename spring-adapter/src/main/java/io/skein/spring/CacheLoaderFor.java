package io.skein.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * This bean loads the values of a cache. It is a {@link io.skein.Loader}, {@link io.skein.cache.ContextLoader}, {@link
 * io.skein.AsyncLoader}, {@link io.skein.cache.AsyncContextLoader} or {@link io.skein.BulkLoader}; a bulk loader may
 * stand beside one of the others.
 *
 * <pre>{@code
 * @Bean
 * @CacheLoaderFor("products")
 * Loader<Long, Product> productLoader(ProductDao dao) {
 *     return dao::find;
 * }
 * }</pre>
 */
@Target({ElementType.METHOD, ElementType.TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface CacheLoaderFor {
    /** The name of the cache. */
    String value();
}
