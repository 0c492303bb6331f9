package io.skein.spring.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cache.Cache;
import org.springframework.cache.annotation.CacheEvict;
import org.springframework.cache.annotation.Cacheable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** C2, by way of Spring: what was read before an eviction is not in the cache after it. */
class CacheFenceTest {
    private final ApplicationContextRunner application = Caching.application().withBean(Table.class);

    /** A table of one row, which is read, and then held up. */
    static class Table {
        final AtomicLong row = new AtomicLong(1);
        volatile Caching.Gate gate;

        private Long read() throws InterruptedException {
            var read = row.get();
            if (gate != null) {
                gate.pass();
            }
            return read;
        }

        @Cacheable("rows")
        public Long plain(long id) throws InterruptedException {
            return read();
        }

        @Cacheable(cacheNames = "rows", sync = true)
        public Long sync(long id) throws InterruptedException {
            return read();
        }

        @Cacheable(cacheNames = "rows", unless = "#result == -1")
        public Long unless(long id) throws InterruptedException {
            return read();
        }

        @Cacheable({"rows", "others"})
        public Long both(long id) throws InterruptedException {
            return read();
        }

        @Cacheable({"others", "rows"})
        public CompletableFuture<Long> bothFuture(long id) {
            return future(id);
        }

        @Cacheable({"others", "rows"})
        public Mono<Long> bothMono(long id) {
            return mono(id);
        }

        @Cacheable({"rowLists", "rows"})
        public Flux<Long> bothFlux(long id) {
            return flux(id);
        }

        @Cacheable("rows")
        public CompletableFuture<Long> future(long id) {
            return Caching.call(this::read).outcome();
        }

        @Cacheable("rows")
        public Mono<Long> mono(long id) {
            return Mono.fromFuture(() -> future(id));
        }

        @Cacheable("rows")
        public Flux<Long> flux(long id) {
            return mono(id).flux();
        }

        @CacheEvict("rows")
        public void update(long id) {
            row.incrementAndGet();
        }

        @CacheEvict(cacheNames = "rows", allEntries = true)
        public void updateAll() {
            row.incrementAndGet();
        }

        @CacheEvict(cacheNames = "rows", key = "#id")
        public CompletableFuture<Void> updateLater(long id) {
            return CompletableFuture.runAsync(row::incrementAndGet);
        }
    }

    interface Read {
        Long of(Table table) throws Exception;
    }

    interface Write {
        void to(Table table);
    }

    static Stream<Read> reads() {
        return Stream.of(
                table -> table.plain(1),
                table -> table.sync(1),
                table -> table.unless(1),
                table -> table.both(1),
                table -> table.future(1).get(30, TimeUnit.SECONDS),
                table -> table.mono(1).block(Caching.PATIENCE),
                table -> table.flux(1).blockLast(Caching.PATIENCE),
                table -> table.bothFuture(1).get(30, TimeUnit.SECONDS),
                table -> table.bothMono(1).block(Caching.PATIENCE),
                table -> table.bothFlux(1).blockLast(Caching.PATIENCE));
    }

    static Stream<Arguments> readsAndWrites() {
        var writes = Stream.<Write>of(
                table -> table.update(1),
                Table::updateAll,
                table -> table.updateLater(1).join());
        return writes.flatMap(write ->
                reads().flatMap(read -> Stream.of(true, false).map(coalesce -> Arguments.of(read, write, coalesce))));
    }

    @ParameterizedTest
    @MethodSource("readsAndWrites")
    void C2_evictionDuringALoad_leavesNothingStale(Read read, Write write, boolean coalesce) {
        application.withPropertyValues("skein.coalesce-cacheable=" + coalesce).run(context -> {
            var table = context.getBean(Table.class);
            var inside = Caching.inside(table);
            var gate = new Caching.Gate();
            inside.gate = gate;
            var old = Caching.call(() -> read.of(table));
            gate.awaitEntered();
            inside.gate = null;

            write.to(table);
            gate.open();

            assertThat(old.get()).isEqualTo(1);
            assertThat(Caching.cache(context, "rows").get(1L)).isNull();
        });
    }

    @ParameterizedTest
    @MethodSource("reads")
    void C2_aPutDuringALoad_stays(Read read) {
        application.run(context -> {
            var table = context.getBean(Table.class);
            var inside = Caching.inside(table);
            inside.gate = new Caching.Gate();
            var old = Caching.call(() -> read.of(table));
            inside.gate.awaitEntered();

            Caching.cache(context, "rows").put(1L, 42L);
            inside.gate.open();

            assertThat(old.get()).isEqualTo(1);
            assertThat(Caching.cache(context, "rows").get(1L).get()).isEqualTo(42L);
        });
    }

    @ParameterizedTest
    @MethodSource("reads")
    void withoutAnEviction_theResultIsStored(Read read) {
        application.run(context -> {
            var table = context.getBean(Table.class);

            read.of(table);

            Caching.awaitTrue(() -> Caching.cache(context, "rows").get(1L) != null);
        });
    }

    @RepeatedTest(3)
    void C2_underRaces_readersNeverSeeWhatWasEvictedBefore() {
        application.run(context -> {
            var table = context.getBean(Table.class);
            var caches = Stream.of("rows", "others", "rowLists")
                    .map(name -> Caching.cache(context, name))
                    .toList();

            for (var read : reads().toList()) {
                race(table, read, caches);
            }
        });
    }

    private static void race(Table table, Read read, List<Cache> caches) throws Exception {
        for (int i = 0; i < 50; i++) {
            caches.forEach(Cache::clear);
            var readers = Caching.calls(2, () -> read.of(table));
            LockSupport.parkNanos(ThreadLocalRandom.current().nextInt(50_000)); // somewhere in the middle of them
            table.update(1);
            var committed = Caching.inside(table).row.get();

            for (var reader : readers) {
                reader.get();
            }

            var kept = caches.get(0).get(1L, Object.class);
            assertThat(kept == null || kept.equals(committed) || kept.equals(List.of(committed)))
                    .as("kept %s after %s was written", kept, committed)
                    .isTrue();
        }
    }
}
