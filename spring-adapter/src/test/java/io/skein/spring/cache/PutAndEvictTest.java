package io.skein.spring.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skein.write.CacheWriter;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cache.annotation.CacheEvict;
import org.springframework.cache.annotation.CachePut;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.Caching;
import reactor.core.publisher.Mono;

class PutAndEvictTest {
    private final ApplicationContextRunner application =
            io.skein.spring.cache.Caching.application().withBean(Shelf.class);

    static class Shelf {
        final AtomicInteger runs = new AtomicInteger();

        @Cacheable("things")
        public String find(long id) {
            return "run " + runs.incrementAndGet();
        }

        @CachePut(cacheNames = "things", key = "#id", unless = "#result == 'secret'", condition = "#id < 100")
        public String put(long id, String value) {
            return value;
        }

        @CachePut(cacheNames = "things", key = "#id")
        public CompletableFuture<String> putFuture(long id, CompletableFuture<String> value) {
            return value;
        }

        @CachePut(cacheNames = "things", key = "#id")
        public Mono<String> putMono(long id, String value) {
            return Mono.just(value);
        }

        @CacheEvict("things")
        public void evict(long id) {}

        @CacheEvict(cacheNames = "things", allEntries = true)
        public void evictAll() {}

        @CacheEvict("things")
        public void evictAndFail(long id) {
            throw new IllegalStateException("nothing is evicted");
        }

        @CacheEvict(cacheNames = "things", beforeInvocation = true)
        public void evictBeforeAndFail(long id) {
            throw new IllegalStateException("evicted all the same");
        }

        @CacheEvict(cacheNames = "things", beforeInvocation = true, allEntries = true)
        public void evictAllBeforeAndFail() {
            throw new IllegalStateException("evicted all the same");
        }

        @CacheEvict(cacheNames = "things", key = "#id")
        public CompletableFuture<Void> evictWhenDone(long id, CompletableFuture<Void> done) {
            return done;
        }

        @Caching(
                put = @CachePut(cacheNames = "things", key = "#id"),
                evict = {@CacheEvict(cacheNames = "lists", allEntries = true), @CacheEvict("others")})
        public String combined(long id) {
            return "combined";
        }

        @Caching(cacheable = {@Cacheable("things"), @Cacheable(cacheNames = "others", key = "-#id")})
        public String twoKeys(long id) {
            return "run " + runs.incrementAndGet();
        }

        @Cacheable("things")
        @CachePut("others")
        public String findAndPut(long id) {
            return "run " + runs.incrementAndGet();
        }
    }

    @Test
    void put_alwaysRunsTheMethod_andReplaces() {
        application.run(context -> {
            var shelf = context.getBean(Shelf.class);
            shelf.find(1);

            assertThat(shelf.put(1, "a")).isEqualTo("a");
            assertThat(shelf.find(1)).isEqualTo("a");
            assertThat(shelf.put(1, "b")).isEqualTo("b");
            assertThat(shelf.find(1)).isEqualTo("b");
            shelf.put(1, "secret");
            assertThat(shelf.find(1)).isEqualTo("b");
            shelf.put(100, "not kept");
            assertThat(shelf.find(100)).isEqualTo("run 2");
        });
    }

    @Test
    void put_ofAFutureOrAMono_happensWhenItIsThere() {
        application.run(context -> {
            var shelf = context.getBean(Shelf.class);
            var later = new CompletableFuture<String>();

            shelf.putFuture(1, later);
            assertThat(cache(context).get(1L)).isNull();
            later.complete("later");
            assertThat(cache(context).get(1L, String.class)).isEqualTo("later");

            var mono = shelf.putMono(2, "mono");
            assertThat(cache(context).get(2L)).isNull();
            assertThat(mono.block(io.skein.spring.cache.Caching.PATIENCE)).isEqualTo("mono");
            assertThat(cache(context).get(2L, String.class)).isEqualTo("mono");
        });
    }

    private static org.springframework.cache.Cache cache(org.springframework.beans.factory.BeanFactory beans) {
        return io.skein.spring.cache.Caching.cache(beans, "things");
    }

    @Test
    void evict_dropsOneKey_orAll() {
        application.run(context -> {
            var shelf = context.getBean(Shelf.class);
            shelf.put(1, "a");
            shelf.put(2, "b");

            shelf.evict(1);
            assertThat(cache(context).get(1L)).isNull();
            assertThat(cache(context).get(2L, String.class)).isEqualTo("b");

            shelf.evictAll();
            assertThat(cache(context).get(2L)).isNull();
        });
    }

    @Test
    void evict_onFailure_onlyBeforeTheInvocation() {
        application.run(context -> {
            var shelf = context.getBean(Shelf.class);
            shelf.put(1, "a");
            shelf.put(2, "b");

            assertThatThrownBy(() -> shelf.evictAndFail(1)).hasMessage("nothing is evicted");
            assertThat(shelf.find(1)).isEqualTo("a");
            assertThatThrownBy(() -> shelf.evictBeforeAndFail(1)).hasMessage("evicted all the same");
            assertThat(cache(context).get(1L)).isNull();
            assertThat(cache(context).get(2L)).isNotNull();
            assertThatThrownBy(shelf::evictAllBeforeAndFail).hasMessage("evicted all the same");
            assertThat(cache(context).get(2L)).isNull();
        });
    }

    @Test
    void evict_ofAFuture_happensWhenItHasEndedWell() {
        application.run(context -> {
            var shelf = context.getBean(Shelf.class);
            shelf.put(1, "a");
            var bad = new CompletableFuture<Void>();
            var good = new CompletableFuture<Void>();

            shelf.evictWhenDone(1, bad);
            bad.completeExceptionally(new IllegalStateException("no"));
            assertThat(shelf.find(1)).isEqualTo("a");
            shelf.evictWhenDone(1, good);
            assertThat(shelf.find(1)).isEqualTo("a");
            good.complete(null);
            assertThat(cache(context).get(1L)).isNull();
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void combinations_doAllOfIt(boolean coalesce) {
        application.withPropertyValues("skein.coalesce-cacheable=" + coalesce).run(context -> {
            var shelf = context.getBean(Shelf.class);
            var lists = io.skein.spring.cache.Caching.cache(context, "lists");
            var others = io.skein.spring.cache.Caching.cache(context, "others");
            lists.put("any", "list");
            others.put(1L, "other");
            others.put(2L, "other");

            assertThat(shelf.combined(1)).isEqualTo("combined");
            assertThat(shelf.find(1)).isEqualTo("combined");
            assertThat(lists.get("any")).isNull();
            assertThat(others.get(1L)).isNull();
            assertThat(others.get(2L)).isNotNull();

            assertThat(shelf.twoKeys(7)).isEqualTo("run 1");
            assertThat(others.get(-7L, String.class)).isEqualTo("run 1");
            cache(context).evict(7L);
            assertThat(shelf.twoKeys(7)).isEqualTo("run 1");

            assertThat(shelf.findAndPut(8)).isEqualTo("run 2");
            assertThat(shelf.findAndPut(8)).isEqualTo("run 3");
            assertThat(cache(context).get(8L, String.class)).isEqualTo("run 2");
            assertThat(others.get(8L, String.class)).isEqualTo("run 3");
        });
    }

    /** {@code @CachePut} and {@code @CacheEvict} change the cache, whatever writes to the source. */
    @ParameterizedTest
    @ValueSource(strings = {"write-through", "write-around", "write-behind.writer"})
    void C10_annotationsWriteNothing(String strategy) {
        var written = new CopyOnWriteArrayList<Object>();
        application
                .withBean("writer", CacheWriter.class, () -> new CacheWriter<Object, Object>() {
                    @Override
                    public void write(Object key, Object value) {
                        written.add(key);
                    }

                    @Override
                    public void delete(Object key) {
                        written.add(key);
                    }
                })
                .withPropertyValues("skein.caches.things." + strategy + "=writer")
                .run(context -> {
                    var shelf = context.getBean(Shelf.class);
                    shelf.put(1, "value");
                    assertThat(shelf.find(1)).isEqualTo("value");
                    shelf.evict(1);
                    shelf.evictAll();
                    assertThat(shelf.find(1)).isEqualTo("run 1");
                    io.skein.spring.cache.Caching.natively(context, "things").flush();
                });
        assertThat(written).isEmpty();
    }
}
