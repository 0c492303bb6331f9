package io.skein.spring.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skein.cache.CoalescingCache;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cache.Cache;
import org.springframework.cache.Cache.ValueRetrievalException;
import org.springframework.cache.CacheManager;

/** Spring's contract of a cache, where it is used by hand. */
class SkeinCacheTest {
    private final ApplicationContextRunner application = Caching.application();

    private void with(BiConsumer<Cache, CoalescingCache<Object, Object>> test) {
        application.run(context -> test.accept(Caching.cache(context, "things"), Caching.natively(context, "things")));
        application
                .withPropertyValues("skein.transaction-aware=true")
                .run(context -> test.accept(Caching.cache(context, "things"), Caching.natively(context, "things")));
    }

    @Test
    void manager_givesOneCacheForAName() {
        application.withPropertyValues("skein.caches.known.ttl=1s").run(context -> {
            var manager = context.getBean(CacheManager.class);

            assertThat(manager).isInstanceOf(SkeinCacheManager.class);
            assertThat(manager.getCacheNames()).containsExactly("known");
            var cache = manager.getCache("things");
            assertThat(cache).isSameAs(manager.getCache("things"));
            assertThat(cache.getName()).isEqualTo("things");
            assertThat(cache.getNativeCache()).isSameAs(Caching.natively(context, "things"));
            assertThat(manager.getCacheNames()).containsExactly("known", "things");
        });
    }

    @Test
    void get_ofAType() {
        with((cache, nativeCache) -> {
            cache.put("a", 1);

            assertThat(cache.get("a", Integer.class)).isEqualTo(1);
            assertThat(cache.get("a", Number.class)).isEqualTo(1);
            assertThat(cache.get("a", (Class<Object>) null)).isEqualTo(1);
            assertThat(cache.get("b", Integer.class)).isNull();
            assertThatThrownBy(() -> cache.get("a", String.class))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("java.lang.Integer")
                    .hasMessageContaining("java.lang.String");
        });
    }

    @Test
    void get_withALoader_wrapsWhatItThrows() {
        with((cache, nativeCache) -> {
            for (var failure : new Throwable[] {
                new IOException("checked"), new IllegalStateException("unchecked"), new AssertionError("error")
            }) {
                Callable<Object> loader = () -> {
                    if (failure instanceof Error error) {
                        throw error;
                    }
                    throw (Exception) failure;
                };

                assertThatThrownBy(() -> cache.get("a", loader))
                        .isInstanceOfSatisfying(ValueRetrievalException.class, e -> {
                            assertThat(e.getKey()).isEqualTo("a");
                            assertThat(e.getCause()).isSameAs(failure);
                        });
            }
            assertThat(cache.get("a", () -> "loaded")).isEqualTo("loaded");
            assertThat(cache.get("a", () -> "again")).isEqualTo("loaded");
        });
    }

    @Test
    void retrieve_tellsNothingKnownFromNothingThere() {
        with((cache, nativeCache) -> {
            cache.put("null", null);
            cache.put("a", 1);

            assertThat((Object) cache.retrieve("missing")).isNull();
            assertThat(cache.retrieve("null").join())
                    .isInstanceOfSatisfying(
                            Cache.ValueWrapper.class,
                            wrapper -> assertThat(wrapper.get()).isNull());
            assertThat(cache.retrieve("a").join())
                    .isInstanceOfSatisfying(
                            Cache.ValueWrapper.class,
                            wrapper -> assertThat(wrapper.get()).isEqualTo(1));
            assertThat(cache.retrieve("b", () -> CompletableFuture.completedFuture(2))
                            .join())
                    .isEqualTo(2);
            assertThat(nativeCache.getIfPresent("b")).isEqualTo(2);
        });
    }

    @Test
    void putIfAbsent_tellsWhatIsThere_nullIncluded() {
        with((cache, nativeCache) -> {
            assertThat(cache.putIfAbsent("a", 1)).isNull();
            assertThat(cache.putIfAbsent("a", 2).get()).isEqualTo(1);
            assertThat(cache.putIfAbsent("a", null).get()).isEqualTo(1);
            assertThat(cache.putIfAbsent("null", null)).isNull();
            assertThat(cache.putIfAbsent("null", 3)).isNotNull().returns(null, Cache.ValueWrapper::get);
            assertThat(cache.putIfAbsent("null", null)).isNotNull().returns(null, Cache.ValueWrapper::get);

            assertThat(nativeCache.asMap()).isEqualTo(Map.of("a", 1));
        });
    }

    @Test
    void evictIfPresent_andInvalidate_tellWhetherAnythingWasThere() {
        with((cache, nativeCache) -> {
            cache.put("a", 1);
            cache.put("null", null);

            assertThat(cache.evictIfPresent("a")).isTrue();
            assertThat(cache.evictIfPresent("a")).isFalse();
            assertThat(cache.evictIfPresent("null")).isTrue();
            assertThat(cache.invalidate()).isFalse();
            cache.put("a", 1);
            assertThat(cache.invalidate()).isTrue();
            assertThat(cache.get("a")).isNull();
        });
    }

    @Test
    void clear_dropsAll() {
        with((cache, nativeCache) -> {
            cache.put("a", 1);
            cache.put("b", null);

            cache.clear();

            assertThat(cache.get("a")).isNull();
            assertThat(cache.get("b")).isNull();
        });
    }

    @Test
    void C2_aPutByHandAfterAMiss_isNotStoredIfTheKeyWasChangedInBetween() {
        with((cache, nativeCache) -> {
            assertThat(cache.get("a")).isNull();
            nativeCache.invalidate("a");

            cache.put("a", "read before");

            assertThat(cache.get("a")).isNull();
            cache.put("a", "read after");
            assertThat(cache.get("a", String.class)).isEqualTo("read after");
        });
    }

    @Test
    void aLeaseOfOneThread_isNotUsedByAnother() {
        with((cache, nativeCache) -> {
            assertThat(cache.get("a")).isNull();
            nativeCache.invalidate("a");

            CompletableFuture.runAsync(() -> cache.put("a", "newer")).join();

            assertThat(cache.get("a", String.class)).isEqualTo("newer");
        });
    }

    @Test
    void leases_areBoundedPerThread() {
        with((cache, nativeCache) -> {
            for (int i = 0; i < 9; i++) {
                cache.get(i);
            }
            nativeCache.invalidate(0);
            nativeCache.invalidate(8);

            cache.put(0, "its lease is forgotten, so it is a put like any other");
            cache.put(8, "its lease is not");

            assertThat(nativeCache.asMap()).containsOnlyKeys(0);
        });
    }
}
