package io.skein.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.benmanes.caffeine.cache.Scheduler;
import io.skein.CallerInterruptedException;
import io.skein.Callers;
import io.skein.Callers.Call;
import io.skein.Gate;
import io.skein.Log;
import io.skein.ManualClock;
import io.skein.WriteRejectedException;
import io.skein.write.CacheWriter;
import io.skein.write.DeadLetter;
import io.skein.write.PartialWriteException;
import io.skein.write.WriteBehind;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.logging.Level;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** C10: behind the cache, to the source. */
@Timeout(60)
class WriteBehindTest {
    private static final Duration DELAY = Duration.ofSeconds(1);

    private final ManualClock clock = new ManualClock();
    private final Table table = new Table();
    private final List<DeadLetter<String, String>> dead = new CopyOnWriteArrayList<>();

    /** The source. */
    private static final class Table implements CacheWriter<String, String> {
        final Map<String, String> rows = new ConcurrentHashMap<>();
        final List<String> statements = new CopyOnWriteArrayList<>();
        final Map<Integer, Gate<String>> gates = new ConcurrentHashMap<>();
        final AtomicInteger batches = new AtomicInteger();
        volatile Predicate<String> refuses = key -> false;

        /** The batch of this number, from 0 on, waits. */
        Gate<String> gate(int batch) {
            return gates.computeIfAbsent(batch, b -> new Gate<>());
        }

        @Override
        public void write(String key, String value) throws Exception {
            check(Set.of(key));
            statements.add(key + "=" + value);
            rows.put(key, value); // the last: tests wait for it
        }

        @Override
        public void delete(String key) throws Exception {
            check(Set.of(key));
            rows.remove(key);
            statements.add(key + " deleted");
        }

        @Override
        public void writeAll(Map<String, String> values) throws Exception {
            await();
            check(values.keySet());
            statements.add(new TreeSet<>(values.keySet()) + "=" + List.copyOf(values.values()));
            rows.putAll(values);
        }

        @Override
        public void deleteAll(Set<String> keys) throws Exception {
            await();
            check(keys);
            rows.keySet().removeAll(keys);
            statements.add(new TreeSet<>(keys) + " deleted");
        }

        private void await() throws InterruptedException {
            var gate = gates.get(batches.getAndIncrement());
            if (gate != null) {
                gate.load("batch");
            }
        }

        private void check(Set<String> keys) throws IOException {
            if (keys.stream().anyMatch(refuses)) {
                throw new IOException("down");
            }
        }
    }

    private CoalescingCacheBuilder<String, String> builder(WriteBehind<String, String> settings) {
        return CoalescingCache.<String, String>builder("writes")
                .ticker(clock)
                .scheduler(clock)
                .writeBehind(table, settings.deadLetters(dead::add));
    }

    private CoalescingCache<String, String> cache(WriteBehind<String, String> settings) {
        return builder(settings).build();
    }

    private static WriteBehind<String, String> behind() {
        return WriteBehind.of(1_000, DELAY);
    }

    // When

    @Test
    void C10_returns_onceTheValueIsInCacheAndBuffer() {
        var cache = cache(behind());

        cache.write("key", "value");

        assertThat(cache.getIfPresent("key")).isEqualTo("value");
        assertThat(cache.writeBehindStats().orElseThrow().pending()).isEqualTo(1);
        assertThat(table.statements).isEmpty();
    }

    @Test
    void C10_flushes_whenTheOldestIsMaxDelayOld_andNotBefore() {
        var cache = cache(behind());
        cache.write("a", "1");
        clock.passMillis(600);
        cache.write("b", "2");
        clock.passMillis(399);
        assertThat(table.batches).hasValue(0);

        clock.passMillis(1);

        Callers.awaitTrue(() -> table.rows.equals(Map.of("a", "1", "b", "2")));
        assertThat(table.statements).containsExactly("[a, b]=[1, 2]");
    }

    @Test
    void C10_flushes_whenMaxPendingWritesWait() {
        var cache = cache(WriteBehind.of(3, DELAY));
        cache.write("a", "1");
        cache.write("b", "2");
        cache.write("b", "3");
        assertThat(table.batches).hasValue(0);

        cache.write("c", "4");

        Callers.awaitTrue(() -> table.rows.equals(Map.of("a", "1", "b", "3", "c", "4")));
        assertThat(table.statements).hasSize(1);
    }

    @Test
    void C10_theNextOnes_haveATimeOfTheirOwn() {
        var cache = cache(behind());
        for (int i = 0; i < 5; i++) {
            var value = "" + i;
            cache.write("key", value);
            Callers.awaitTrue(() -> {
                clock.pass(DELAY); // more than once, if the thread that wrote the one before is late
                return value.equals(table.rows.get("key"));
            });
            awaitPending(cache, 0);
        }
        assertThat(table.batches).hasValue(5);
    }

    @Test
    void C10_batches_areNoLargerThanMaxBatch_andAllThatWaitsIsFlushed() {
        var cache = cache(WriteBehind.<String, String>of(10, DELAY).maxBatch(4));

        IntStream.range(0, 10).forEach(i -> cache.write("key" + i, "value"));

        awaitPending(cache, 0);
        assertThat(table.rows).hasSize(10);
        assertThat(table.batches).hasValue(3);
    }

    /** A scheduler that does nothing, or has been shut down, must not leave a write lying. */
    @Test
    void C10_flushes_thoughTheSchedulerDoesNothing() {
        var settings = WriteBehind.<String, String>of(1_000, Duration.ofMillis(20));
        try (var cache = CoalescingCache.<String, String>builder("writes")
                .scheduler(Scheduler.disabledScheduler())
                .writeBehind(table, settings)
                .build()) {
            cache.write("key", "value");
            Callers.awaitTrue(() -> "value".equals(table.rows.get("key")));
        }
    }

    @Test
    void C10_flushes_thoughTheSchedulerThrows() {
        var settings = WriteBehind.<String, String>of(1_000, Duration.ofMillis(20));
        try (var cache = CoalescingCache.<String, String>builder("writes")
                .scheduler((executor, command, delay, unit) -> {
                    throw new IllegalStateException("no");
                })
                .writeBehind(table, settings)
                .build()) {
            cache.write("key", "value");
            Callers.awaitTrue(() -> "value".equals(table.rows.get("key")));
        }
    }

    // Merging and order

    @Test
    void C10_laterWritesOfAKey_takeTheEarliersPlace() {
        var cache = cache(behind());
        IntStream.rangeClosed(1, 100).forEach(i -> cache.write("key", "" + i));
        cache.delete("gone");
        cache.write("back", "1");
        cache.delete("back");
        cache.write("back", "2");

        cache.flush();

        assertThat(table.statements).containsExactly("[back, key]=[100, 2]", "[gone] deleted");
        assertThat(cache.writeBehindStats().orElseThrow().merged()).isEqualTo(101);
    }

    private static final class Sums implements CacheWriter<String, Integer> {
        final Map<String, Integer> rows = new ConcurrentHashMap<>();
        final List<String> statements = new CopyOnWriteArrayList<>();

        @Override
        public void write(String key, Integer value) {
            rows.merge(key, value, Integer::sum);
            statements.add(key + "+" + value);
        }

        @Override
        public void delete(String key) {
            rows.remove(key);
            statements.add(key + " deleted");
        }
    }

    private CoalescingCache<String, Integer> sums(Sums sums) {
        return CoalescingCache.<String, Integer>builder("sums")
                .ticker(clock)
                .scheduler(clock)
                .loader(sums.rows::get)
                .writeBehind(sums, WriteBehind.<String, Integer>of(1_000, DELAY).merge(Integer::sum))
                .build();
    }

    @Test
    void C10_aMergeFunction_addsCounters_andTheCacheForgetsThemOnceWritten() {
        var sums = new Sums();
        sums.rows.put("key", 100);
        var cache = sums(sums);
        assertThat(cache.get("key")).isEqualTo(100);

        IntStream.rangeClosed(1, 10).forEach(i -> cache.write("key", i));
        assertThat(cache.get("key")).isEqualTo(55);
        cache.invalidate("key");
        assertThat(cache.get("key")).isEqualTo(55);
        cache.flush();

        assertThat(sums.statements).containsExactly("key+55");
        assertThat(cache.entry("key")).isEmpty();
        assertThat(cache.get("key")).isEqualTo(155);
    }

    @Test
    void C10_aMergeFunction_neverJoinsWhatADeleteParts() {
        var sums = new Sums();
        sums.rows.put("key", 100);
        var cache = sums(sums);

        cache.write("key", 1);
        cache.delete("key"); // takes the place of the one before
        cache.write("key", 2);
        cache.write("key", 3);
        assertThat(cache.get("key")).isEqualTo(5);
        assertThat(cache.writeBehindStats().orElseThrow().pending()).isEqualTo(2);
        cache.flush();

        assertThat(sums.statements).containsExactly("key deleted", "key+5");
        assertThat(sums.rows).containsEntry("key", 5);
    }

    @Test
    void C10_aDelete_takesThePlaceOfAllThatWaits() {
        var sums = new Sums();
        var cache = sums(sums);

        cache.delete("key");
        cache.write("key", 2);
        cache.delete("key");
        assertThat(cache.writeBehindStats().orElseThrow().pending()).isEqualTo(1);
        assertThat(cache.get("key")).isNull();
        cache.flush();

        assertThat(sums.statements).containsExactly("key deleted");
    }

    @Test
    void C10_aMergeFunctionThatFails_failsTheCall_andWritesNothing() {
        var cache = cache(behind().merge((earlier, later) -> {
            throw new IllegalStateException("no");
        }));
        cache.write("key", "1");

        assertThatThrownBy(() -> cache.write("key", "2")).isInstanceOf(IllegalStateException.class);
        cache.flush();

        assertThat(table.rows).containsEntry("key", "1");
    }

    @Test
    void C10_aMergeFunctionThatReturnsNull_failsTheCall() {
        var cache = cache(behind().merge((earlier, later) -> null));
        cache.write("key", "1");

        assertThatThrownBy(() -> cache.write("key", "2"))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("merge returned null")
                .hasMessageContaining("'key'");
    }

    @Test
    void C10_whatComesWhileItsKeyIsBeingWritten_isWrittenAfterIt() {
        var cache = cache(WriteBehind.of(1, DELAY));
        var first = table.gate(0);
        cache.write("key", "1");
        first.awaitEntered();

        cache.write("key", "2");
        cache.write("key", "3");
        cache.delete("key");
        cache.write("key", "4");
        assertThat(cache.writeBehindStats().orElseThrow().pending()).isEqualTo(2);
        first.open();
        cache.flush();

        assertThat(table.statements).containsExactly("[key]=[1]", "[key]=[4]");
    }

    /** The writes of a key, each by one thread, reach the source in the order of its calls. */
    @RepeatedTest(100)
    void C10_orderPerKey_holds_fromManyThreads() {
        var log = new ConcurrentHashMap<Integer, List<Integer>>();
        var failing = new AtomicInteger();
        try (var cache = CoalescingCache.<Integer, Integer>builder("writes")
                .writeBehind(
                        new CacheWriter<Integer, Integer>() {
                            @Override
                            public void write(Integer key, Integer value) throws IOException {
                                if (failing.incrementAndGet() % 7 == 0) {
                                    throw new IOException("now and then");
                                }
                                log.computeIfAbsent(key, k -> new CopyOnWriteArrayList<>())
                                        .add(value);
                            }

                            @Override
                            public void delete(Integer key) {
                                throw new AssertionError();
                            }
                        },
                        WriteBehind.<Integer, Integer>of(3, Duration.ofMillis(1))
                                .retry(100, Duration.ofNanos(1), Duration.ofNanos(1)))
                .build()) {
            var calls = IntStream.range(0, 4)
                    .mapToObj(key -> Callers.onThread(() -> {
                        for (int i = 1; i <= 200; i++) {
                            cache.write(key, i);
                        }
                        return key;
                    }))
                    .toList();
            calls.forEach(Call::get);
            cache.flush();

            assertThat(log).hasSize(4);
            log.values().forEach(values -> assertThat(values).isSorted().endsWith(200));
        }
    }

    /** Nothing is lost and nothing is added twice, whatever comes together. */
    @RepeatedTest(100)
    void C10_sums_areRight_fromManyThreads() {
        var sums = new Sums();
        try (var cache = CoalescingCache.<String, Integer>builder("sums")
                .writeBehind(
                        sums,
                        WriteBehind.<String, Integer>of(2, Duration.ofMillis(1))
                                .maxBuffered(2)
                                .maxWait(Duration.ofSeconds(30))
                                .merge(Integer::sum))
                .build()) {
            var calls = IntStream.range(0, 4)
                    .mapToObj(thread -> Callers.onThread(() -> {
                        for (int i = 0; i < 300; i++) {
                            cache.write("key" + i % 3, 1);
                        }
                        return thread;
                    }))
                    .toList();
            calls.forEach(Call::get);
            cache.flush();
        }
        assertThat(sums.rows).containsOnly(Map.entry("key0", 400), Map.entry("key1", 400), Map.entry("key2", 400));
    }

    // Failures

    @Test
    void C10_aFailedBatch_isTriedAgain_afterPausesThatGrowUpToTheLongest() {
        var tries = new CopyOnWriteArrayList<Long>();
        long began = clock.read();
        table.refuses = key -> {
            tries.add(Duration.ofNanos(clock.read() - began).toMillis());
            return tries.size() < 6;
        };
        var cache = cache(WriteBehind.<String, String>of(1_000, Duration.ofHours(1))
                .retry(10, Duration.ofMillis(100), Duration.ofMillis(500)));
        cache.write("key", "value");
        var flushed = cache.flushAsync();

        for (int pause : new int[] {100, 200, 400, 500, 500}) {
            Callers.awaitTrue(() -> Duration.ofMillis(pause).equals(clock.untilNext()));
            clock.passMillis(pause);
        }
        flushed.orTimeout(30, TimeUnit.SECONDS).join();

        assertThat(tries).containsExactly(0L, 100L, 300L, 700L, 1_200L, 1_700L);
        assertThat(table.rows).containsEntry("key", "value");
        assertThat(cache.writeBehindStats().orElseThrow().retried()).isEqualTo(5);
        assertThat(dead).isEmpty();
    }

    @Test
    void C10_onePoisonedWrite_becomesADeadLetter_andCostsNoOther() {
        table.refuses = "poison"::equals;
        var cache = builder(behind().retry(0, Duration.ofMillis(1), Duration.ofMillis(1)))
                .loader(key -> "of the source")
                .build();
        cache.write("a", "1");
        cache.write("poison", "2");
        cache.write("b", "3");

        cache.flush();

        assertThat(table.rows).containsOnly(Map.entry("a", "1"), Map.entry("b", "3"));
        assertThat(dead).singleElement().satisfies(letter -> {
            assertThat(letter.key()).isEqualTo("poison");
            assertThat(letter.value()).isEqualTo("2");
            assertThat(letter.isDelete()).isFalse();
            assertThat(letter.failure()).hasMessage("down");
            assertThat(letter.toString()).contains("'poison'", "'writes'").doesNotContain("2");
        });
        assertThat(cache.entry("poison")).isEmpty();
        assertThat(cache.get("poison")).isEqualTo("of the source");
        assertThat(cache.get("a")).isEqualTo("1");
        assertThat(cache.writeBehindStats().orElseThrow().deadLettered()).isEqualTo(1);
    }

    @Test
    void C10_aDeadSource_isNotAskedForEachWriteOfALargeBatch() {
        var asked = new AtomicInteger();
        table.refuses = key -> {
            asked.incrementAndGet();
            return true;
        };
        var cache = cache(behind().retry(0, Duration.ofMillis(1), Duration.ofMillis(1)));
        IntStream.range(0, 500).forEach(i -> cache.write("key" + i, "value"));

        cache.flush();

        assertThat(asked).hasValueLessThan(20);
        assertThat(dead).hasSize(500);
        assertThat(cache.writeBehindStats().orElseThrow().pending()).isZero();
    }

    @Test
    void C10_aDeadDelete_isToldAsOne() {
        table.refuses = key -> true;
        var cache = cache(behind().retry(0, Duration.ofMillis(1), Duration.ofMillis(1)));

        cache.delete("key");
        cache.flush();

        assertThat(dead).singleElement().matches(DeadLetter::isDelete);
    }

    @Test
    void C10_withoutAListener_deadLettersAreLogged_withoutTheirValues() {
        table.refuses = key -> true;
        try (var log = new Log(WriteBehind.class);
                var cache = CoalescingCache.<String, String>builder("writes")
                        .writeBehind(table, behind().retry(0, Duration.ofMillis(1), Duration.ofMillis(1)))
                        .build()) {
            cache.write("some\nkey", "secret");

            cache.flush();

            assertThat(log.records()).singleElement().satisfies(entry -> {
                assertThat(entry.getLevel()).isEqualTo(Level.SEVERE);
                assertThat(entry.getMessage())
                        .contains("'some\\u000akey'", "'writes'")
                        .doesNotContain("secret");
                assertThat(entry.getThrown()).hasMessage("down");
            });
        }
    }

    /** Not even one that throws what it was given. */
    @Test
    void C10_aListenerThatRethrows_hurtsNobody() {
        var told = new CopyOnWriteArrayList<String>();
        table.refuses = key -> {
            throw new IllegalStateException("down");
        };
        try (var log = new Log(WriteBehind.class);
                var cache = CoalescingCache.<String, String>builder("writes")
                        .writeBehind(
                                table,
                                behind().retry(0, Duration.ofMillis(1), Duration.ofMillis(1))
                                        .deadLetters(letter -> {
                                            told.add(letter.key());
                                            throw (RuntimeException) letter.failure();
                                        }))
                        .build()) {
            cache.write("a", "1");
            cache.write("b", "2");

            cache.flush();

            assertThat(told).containsExactlyInAnyOrder("a", "b");
            assertThat(log.records()).hasSize(2);
        }
    }

    /** Not only what is pending: also what follows from it. */
    @Test
    void C10_flush_waitsForTheDeadLetters() {
        var telling = new Gate<String>();
        table.refuses = key -> true;
        var cache = CoalescingCache.<String, String>builder("writes")
                .writeBehind(
                        table,
                        WriteBehind.<String, String>of(1, DELAY)
                                .retry(0, Duration.ofMillis(1), Duration.ofMillis(1))
                                .deadLetters(letter -> {
                                    try {
                                        telling.load("letter");
                                    } catch (InterruptedException e) {
                                        throw new AssertionError(e);
                                    }
                                }))
                .build();
        cache.write("key", "value");
        telling.awaitEntered();
        awaitPending(cache, 0);

        var flushed = cache.flushAsync();
        assertThat(flushed).isNotDone();
        telling.open();

        flushed.orTimeout(30, TimeUnit.SECONDS).join();
    }

    @Test
    void C10_aListenerThatThrows_hurtsNobody() {
        table.refuses = "poison"::equals;
        var cache = CoalescingCache.<String, String>builder("writes")
                .writeBehind(
                        table,
                        behind().retry(0, Duration.ofMillis(1), Duration.ofMillis(1))
                                .deadLetters(letter -> {
                                    throw new IllegalStateException("no");
                                }))
                .build();
        cache.write("poison", "1");
        cache.write("key", "2");

        cache.flush();

        assertThat(table.rows).containsEntry("key", "2");
    }

    /** What waits is not older than the dead letter, and still what the cache has. */
    @Test
    void C10_aDeadLetter_touchesNoLaterWriteOfItsKey() {
        var gate = table.gate(0);
        table.refuses = key -> true;
        var cache =
                cache(WriteBehind.<String, String>of(1, DELAY).retry(0, Duration.ofMillis(1), Duration.ofMillis(1)));
        cache.write("key", "1");
        gate.awaitEntered();
        cache.write("key", "2");
        table.refuses = key -> dead.isEmpty();
        gate.open();

        cache.flush();

        assertThat(dead).extracting(DeadLetter::value).containsExactly("1");
        assertThat(cache.getIfPresent("key")).isEqualTo("2");
        assertThat(table.rows).containsEntry("key", "2");
    }

    @Test
    void C10_whatAPartOfABatchHasBeenWritten_isNotWrittenAgain() {
        var tried = new ArrayList<Set<String>>();
        var writer = new CacheWriter<String, String>() {
            @Override
            public void write(String key, String value) {
                throw new AssertionError();
            }

            @Override
            public void delete(String key) {
                throw new AssertionError();
            }

            @Override
            public void writeAll(Map<String, String> values) throws Exception {
                tried.add(Set.copyOf(values.keySet()));
                if (tried.size() == 1) {
                    throw new PartialWriteException(Set.of("a", "c"), new IOException("in the middle"));
                }
            }
        };
        var cache = CoalescingCache.<String, String>builder("writes")
                .writeBehind(writer, behind().retry(5, Duration.ofMillis(1), Duration.ofMillis(1)))
                .build();
        List.of("a", "b", "c").forEach(key -> cache.write(key, "value"));

        cache.flush();

        assertThat(tried).containsExactly(Set.of("a", "b", "c"), Set.of("b"));
    }

    @Test
    void C10_aWriterWithoutBatches_isCalledForEach_andNotAgainForThoseThatAreWritten() {
        var calls = new CopyOnWriteArrayList<String>();
        var writer = new CacheWriter<String, String>() {
            @Override
            public void write(String key, String value) throws IOException {
                calls.add(key);
                if (key.equals("b") && calls.size() < 4) {
                    throw new IOException("down");
                }
            }

            @Override
            public void delete(String key) {
                calls.add(key + " deleted");
            }
        };
        var cache = CoalescingCache.<String, String>builder("writes")
                .writeBehind(writer, behind().retry(5, Duration.ofMillis(1), Duration.ofMillis(1)))
                .build();
        List.of("a", "b", "c").forEach(key -> cache.write(key, "value"));
        cache.delete("d");

        cache.flush();

        assertThat(calls).containsExactly("a", "b", "b", "b", "c", "d deleted");
    }

    @Test
    void C10_anErrorOfTheWriter_isAFailureLikeAnyOther() {
        var tries = new AtomicInteger();
        table.refuses = key -> {
            if (tries.getAndIncrement() == 0) {
                throw new StackOverflowError();
            }
            return false;
        };
        var cache = CoalescingCache.<String, String>builder("writes")
                .writeBehind(table, behind().retry(5, Duration.ofMillis(1), Duration.ofMillis(1)))
                .build();
        cache.write("key", "value");

        cache.flush();

        assertThat(table.rows).containsEntry("key", "value");
    }

    // Back-pressure

    private WriteBehind<String, String> small() {
        return WriteBehind.<String, String>of(2, DELAY).maxBuffered(2).maxWait(Duration.ofSeconds(5));
    }

    @Test
    void C10_aFullBuffer_holdsUpWrites_untilThereIsRoom() {
        var gate = table.gate(0);
        var cache = cache(small());
        cache.write("a", "1");
        cache.write("b", "2");
        gate.awaitEntered();

        var third = Callers.onThread(() -> {
            cache.write("c", "3");
            return "written";
        });
        Callers.awaitParked(third.thread());
        assertThat(cache.getIfPresent("c")).isNull();
        gate.open();

        assertThat(third.get()).isEqualTo("written");
        cache.flush();
        assertThat(table.rows).hasSize(3);
    }

    @Test
    void C10_aFullBuffer_rejectsAfterMaxWait_andChangesNothing() {
        var gate = table.gate(0);
        var cache = cache(small());
        cache.put("c", "0");
        cache.write("a", "1");
        cache.write("b", "2");
        gate.awaitEntered();
        var third = Callers.onThread(() -> {
            cache.write("c", "3");
            return "written";
        });
        Callers.awaitParked(third.thread());

        clock.passMillis(4_999);
        assertThat(third.outcome()).isNotDone();
        clock.passMillis(1);

        assertThat(third.failure())
                .isInstanceOf(WriteRejectedException.class)
                .hasMessageContainingAll("maxBuffered", "PT5S", "'c'", "'writes'")
                .hasMessageNotContaining("3");
        assertThat(cache.getIfPresent("c")).isEqualTo("0");
        assertThat(cache.writeBehindStats().orElseThrow().rejected()).isEqualTo(1);
        gate.open();
        cache.flush();
        assertThat(table.rows).doesNotContainKey("c");
    }

    @Test
    void C10_aFullBuffer_takesWritesThatAreMerged() {
        var gate = table.gate(0);
        var cache = cache(WriteBehind.<String, String>of(1, DELAY).maxBuffered(2));
        cache.write("a", "1");
        gate.awaitEntered();
        cache.write("b", "2");

        cache.write("b", "3");

        gate.open();
        cache.flush();
        assertThat(table.rows).containsEntry("b", "3");
    }

    /** What is full has to be due, or nobody makes room. */
    @Test
    void C10_aFullBuffer_isFlushed_thoughItHoldsFewKeys() {
        var sums = new Sums();
        var cache = CoalescingCache.<String, Integer>builder("sums")
                .ticker(clock)
                .scheduler(clock)
                .writeBehind(
                        sums,
                        WriteBehind.<String, Integer>of(2, DELAY).maxBuffered(2).merge(Integer::sum))
                .build();

        cache.delete("key");
        cache.write("key", 1);

        awaitPending(cache, 0);
        assertThat(sums.statements).containsExactly("key deleted", "key+1");
    }

    @Test
    void C10_writeAsync_doesNotWaitForRoom() {
        var gate = table.gate(0);
        var cache = cache(small());
        cache.writeAsync("a", "1").join();
        cache.deleteAsync("b").join();
        gate.awaitEntered();

        var third = cache.writeAsync("c", "3");

        assertThat(third).isCompletedExceptionally();
        assertThatThrownBy(third::get)
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(WriteRejectedException.class);
        gate.open();
    }

    @Test
    void C10_anInterrupt_endsTheWaitForRoom_andNothingIsWritten() {
        var gate = table.gate(0);
        var cache = cache(small());
        cache.write("a", "1");
        cache.write("b", "2");
        gate.awaitEntered();
        var flag = new CompletableFuture<Boolean>();
        var third = Callers.onThread(() -> {
            try {
                cache.write("c", "3");
            } finally {
                flag.complete(Thread.currentThread().isInterrupted());
            }
            return "written";
        });
        Callers.awaitParked(third.thread());

        third.giveUp();

        assertThat(third.failure())
                .isInstanceOf(CallerInterruptedException.class)
                .hasMessageContaining("not written");
        assertThat(flag.join()).isTrue();
        gate.open();
        cache.flush();
        assertThat(table.rows).doesNotContainKey("c");
    }

    /** A source that does not answer never has the buffer grow. */
    @Test
    void C10_aDeadSource_neverHasMoreThanMaxBufferedPending() {
        var most = new AtomicInteger();
        var gate = table.gate(0);
        try (var cache = CoalescingCache.<String, String>builder("writes")
                .writeBehind(
                        table,
                        WriteBehind.<String, String>of(10, Duration.ofMillis(1))
                                .maxBuffered(50)
                                .maxWait(Duration.ZERO))
                .build()) {
            var rejected = new AtomicLong();
            var calls = IntStream.range(0, 4)
                    .mapToObj(thread -> Callers.onThread(() -> {
                        for (int i = 0; i < 2_000; i++) {
                            try {
                                cache.write("key" + thread + i, "value");
                            } catch (WriteRejectedException e) {
                                rejected.incrementAndGet();
                            }
                            most.accumulateAndGet(
                                    cache.writeBehindStats().orElseThrow().pending(), Math::max);
                        }
                        return thread;
                    }))
                    .toList();
            calls.forEach(Call::get);
            gate.open();

            assertThat(most).hasValue(50);
            assertThat(rejected).hasValue(8_000 - 50);
        }
        assertThat(table.rows).hasSize(50);
    }

    // Reading what is pending

    private CoalescingCache<String, String> readable() {
        return builder(behind())
                .loader(key -> {
                    throw new AssertionError("the source was asked for " + key);
                })
                .build();
    }

    enum Gone {
        INVALIDATED {
            @Override
            void make(CoalescingCache<String, String> cache) {
                cache.invalidate("key");
            }
        },
        ALL_INVALIDATED {
            @Override
            void make(CoalescingCache<String, String> cache) {
                cache.invalidateAll();
            }
        },
        REMOVED_FROM_MAP {
            @Override
            void make(CoalescingCache<String, String> cache) {
                cache.asMap().clear();
            }
        },
        EXPIRED {
            @Override
            void make(CoalescingCache<String, String> cache) {
                cache.expire("key");
            }
        };

        abstract void make(CoalescingCache<String, String> cache);
    }

    enum Way {
        GET {
            @Override
            String read(CoalescingCache<String, String> cache) {
                return cache.get("key");
            }
        },
        GET_WITH_LOADER {
            @Override
            String read(CoalescingCache<String, String> cache) {
                return cache.get("key", key -> "stale");
            }
        },
        GET_ASYNC {
            @Override
            String read(CoalescingCache<String, String> cache) {
                return cache.getAsync("key", key -> CompletableFuture.completedFuture("stale"))
                        .join();
            }
        },
        GET_FRESH {
            @Override
            String read(CoalescingCache<String, String> cache) {
                return cache.getFresh("key");
            }
        },
        REFRESH {
            @Override
            String read(CoalescingCache<String, String> cache) {
                return cache.refresh("key").join();
            }
        },
        GET_ALL {
            @Override
            String read(CoalescingCache<String, String> cache) {
                return cache.getAll(Set.of("key")).get("key");
            }
        },
        GET_ALL_BULK {
            @Override
            String read(CoalescingCache<String, String> cache) {
                var all = cache.getAll(List.of("key", "else"), keys -> {
                    assertThat(keys).doesNotContain("key");
                    return Map.of("else", "loaded", "key", "stale");
                });
                return all.get("key");
            }
        },
        GET_ALL_BULK_THAT_FAILS {
            @Override
            String read(CoalescingCache<String, String> cache) {
                assertThatThrownBy(() -> cache.getAll(List.of("key", "else"), keys -> {
                            throw new IOException("down");
                        }))
                        .isInstanceOf(IOException.class);
                return cache.get("key");
            }
        },
        GET_ALL_BULK_ALONE {
            @Override
            String read(CoalescingCache<String, String> cache) {
                return cache.getAll(List.of("key"), keys -> {
                            throw new AssertionError("the source was asked");
                        })
                        .get("key");
            }
        },
        GET_IF_PRESENT {
            @Override
            String read(CoalescingCache<String, String> cache) {
                return cache.getIfPresent("key");
            }
        },
        ENTRY {
            @Override
            String read(CoalescingCache<String, String> cache) {
                return cache.entry("key").map(CacheEntry::value).orElse(null);
            }
        },
        MAP_GET {
            @Override
            String read(CoalescingCache<String, String> cache) {
                assertThat(cache.asMap()).containsKey("key");
                return cache.asMap().get("key");
            }
        },
        MAP_COMPUTE_IF_ABSENT {
            @Override
            String read(CoalescingCache<String, String> cache) {
                return cache.asMap().computeIfAbsent("key", key -> "stale");
            }
        },
        MAP_PUT_IF_ABSENT {
            @Override
            String read(CoalescingCache<String, String> cache) {
                return cache.asMap().putIfAbsent("key", "stale");
            }
        },
        MAP_COMPUTE {
            @Override
            String read(CoalescingCache<String, String> cache) {
                return cache.asMap().compute("key", (key, value) -> value == null ? "stale" : value);
            }
        },
        MAP_MERGE {
            @Override
            String read(CoalescingCache<String, String> cache) {
                return cache.asMap().merge("key", "stale", (value, other) -> value);
            }
        };

        abstract String read(CoalescingCache<String, String> cache);
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void C10_aPendingKey_isAnsweredFromTheBuffer(Way way) {
        for (var gone : Gone.values()) {
            var cache = readable();
            cache.write("key", "value");
            gone.make(cache);
            assertThat(cache.keys()).isEmpty();

            assertThat(way.read(cache)).as(gone.name()).isEqualTo("value");
        }
    }

    @Test
    void C10_aPendingKey_isAnsweredFromTheBuffer_whileItIsBeingWritten_andWhileItIsTriedAgain() {
        var gate = table.gate(0);
        var cache = readable();
        table.refuses = key -> true;
        cache.write("key", "value");
        var flushed = cache.flushAsync();
        gate.awaitEntered();
        cache.invalidate("key");
        assertThat(cache.get("key")).isEqualTo("value");
        gate.open();
        Callers.awaitTrue(() -> cache.writeBehindStats().orElseThrow().retried() == 1);

        cache.invalidate("key");
        assertThat(cache.get("key")).isEqualTo("value");

        table.refuses = key -> false;
        Callers.awaitTrue(() -> {
            clock.passMillis(100);
            return flushed.isDone();
        });
    }

    @Test
    void C10_aPendingDelete_isAnsweredWithNothing() {
        var cache = readable();
        cache.put("key", "old");

        cache.delete("key");

        assertThat(cache.entry("key")).isEmpty();
        assertThat(cache.get("key")).isNull();
        assertThat(cache.getAll(List.of("key"))).isEmpty();
    }

    /** Put by somebody who has read the source while it had not deleted the key. */
    @Test
    void C10_whatIsPutUnderAPendingDelete_goesWithIt() {
        var cache = readable();
        cache.delete("key");
        cache.asMap().computeIfAbsent("key", key -> "old");

        cache.flush();

        assertThat(cache.entry("key")).isEmpty();
    }

    /** A cache that keeps nothing must not search for it for ever. */
    @Test
    void C10_aPendingKey_ofACacheWithoutRoom() {
        var cache = builder(behind()).maximumSize(0).build();
        cache.write("key", "value");

        assertThat(cache.getIfPresent("key")).isEqualTo("value");
        assertThat(cache.asMap().get("key")).isEqualTo("value");
        cache.asMap().put("key", "other");
        cache.asMap().computeIfAbsent("key", key -> "other");
        cache.flush();
        assertThat(table.rows).containsEntry("key", "value");
    }

    @Test
    void C10_aPendingKey_isAnswered_whateverMaxLoadsAllows() {
        var source = new Gate<String>();
        var cache = builder(behind()).loader(source).maxLoads(1).build();
        var other = Callers.onThread(() -> cache.get("other"));
        source.awaitEntered();
        cache.write("key", "value");
        cache.invalidate("key");

        assertThat(cache.get("key")).isEqualTo("value");
        cache.invalidate("key");
        assertThat(cache.getAll(List.of("key"), keys -> Map.of())).containsEntry("key", "value");

        source.open();
        other.get();
    }

    /** It need not wait for what the call asks the source for. */
    @Test
    void C8_aPendingKeyOfABulkCall_isAnsweredBeforeTheOthersAre() {
        var source = new Gate<String>();
        var cache = builder(behind().retry(0, Duration.ofMillis(1), Duration.ofMillis(1)))
                .loader(key -> "loaded")
                .build();
        cache.delete("key");
        var all = Callers.onThread(() -> cache.getAll(List.of("key", "else"), keys -> {
            source.load("bulk");
            return Map.of("else", "value");
        }));
        source.awaitEntered();

        assertThat(cache.get("key")).isNull();

        source.open();
        assertThat(all.get()).containsOnly(Map.entry("else", "value"));
    }

    @Test
    void C10_onceItIsWritten_theSourceIsAsked() {
        var cache = builder(behind()).loader(table.rows::get).build();
        cache.write("key", "value");
        cache.flush();
        table.rows.put("key", "changed by others");

        assertThat(cache.get("key")).isEqualTo("value");
        cache.invalidate("key");
        assertThat(cache.get("key")).isEqualTo("changed by others");
    }

    /** The source was read before the write reached it, by somebody who has no flight. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void C2_whatWasReadWhileAKeyWasPending_isNotStored(boolean whilePending) {
        var cache = readable();
        cache.write("key", "new");
        cache.invalidate("key");
        var lease = cache.lease("key");
        if (!whilePending) {
            cache.flush();
        }

        assertThat(lease.put("old")).isFalse();

        cache.flush();
        assertThat(lease.put("old")).isFalse();
        assertThat(cache.lease("key").put("of the source")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void C2_anExtraKeyThatIsPending_isNotStored(boolean flushedMeanwhile) {
        var cache = readable();
        cache.write("key", "new");
        cache.invalidate("key");

        cache.getAll(List.of("asked"), keys -> {
            if (flushedMeanwhile) {
                cache.flush();
            }
            return Map.of("asked", "value", "key", "old");
        });

        assertThat(cache.keys()).doesNotContain("key");
        assertThat(cache.getIfPresent("key")).isEqualTo(flushedMeanwhile ? null : "new");
    }

    /** A reader never sees anything older than its own last write, whatever happens to what is stored. */
    @RepeatedTest(300)
    void C10_aReader_seesItsOwnLastWrite() {
        var rows = new ConcurrentHashMap<Integer, Integer>();
        var count = new AtomicInteger();
        var writer = new CacheWriter<Integer, Integer>() {
            @Override
            public void write(Integer key, Integer value) throws IOException {
                if (count.incrementAndGet() % 5 == 0) {
                    throw new IOException("now and then");
                }
                rows.put(key, value);
            }

            @Override
            public void delete(Integer key) {
                rows.remove(key);
            }
        };
        try (var cache = CoalescingCache.<Integer, Integer>builder("writes")
                .maximumSize(2)
                .loader(rows::get)
                .writeBehind(
                        writer,
                        WriteBehind.<Integer, Integer>of(3, Duration.ofMillis(1))
                                .retry(1_000, Duration.ofNanos(1), Duration.ofNanos(1)))
                .build()) {
            var calls = IntStream.range(0, 4)
                    .mapToObj(key -> Callers.onThread(() -> {
                        for (int i = 1; i <= 100; i++) {
                            cache.write(key, i);
                            if (i % 3 == 0) {
                                cache.invalidate(key);
                            }
                            var read = i % 4 == 0
                                    ? cache.getAll(List.of(key), keys -> Map.of(key, rows.get(key)))
                                            .get(key)
                                    : cache.get(key);
                            assertThat(read).isEqualTo(i);
                        }
                        return key;
                    }))
                    .toList();
            var others = IntStream.range(0, 2)
                    .mapToObj(thread -> Callers.onThread(() -> {
                        for (int i = 0; i < 200; i++) {
                            var lease = cache.lease(i % 4);
                            var read = rows.get(i % 4);
                            if (read != null) {
                                lease.put(read);
                            }
                            cache.invalidate((i + 1) % 4);
                        }
                        return thread;
                    }))
                    .toList();
            calls.forEach(Call::get);
            others.forEach(Call::get);
            cache.flush();
            assertThat(rows).containsOnly(Map.entry(0, 100), Map.entry(1, 100), Map.entry(2, 100), Map.entry(3, 100));
        }
    }

    // Flushing and closing

    @Test
    void C10_flush_waitsForEverythingBefore_andForNothingAfter() {
        var first = table.gate(0);
        var second = table.gate(1);
        var cache = cache(behind());
        cache.write("a", "1");
        var flushed = cache.flushAsync();
        first.awaitEntered();
        cache.write("b", "2");
        var later = cache.flushAsync();
        assertThat(flushed).isNotDone();

        first.open();
        flushed.orTimeout(30, TimeUnit.SECONDS).join();

        second.awaitEntered();
        assertThat(later).isNotDone();
        assertThat(table.rows).containsOnlyKeys("a");
        second.open();
        later.orTimeout(30, TimeUnit.SECONDS).join();
        assertThat(table.rows).containsOnlyKeys("a", "b");
    }

    @Test
    void C10_flush_ofNothing_returnsAtOnce() {
        cache(behind()).flush();

        assertThat(table.batches).hasValue(0);
    }

    @Test
    void C10_flush_whatIsDoneToItsFuture_touchesNobody() {
        var gate = table.gate(0);
        var cache = cache(behind());
        cache.write("key", "value");
        var one = cache.flushAsync();
        var other = cache.flushAsync();
        gate.awaitEntered();

        one.cancel(true);
        gate.open();

        other.orTimeout(30, TimeUnit.SECONDS).join();
        assertThat(table.rows).containsKey("key");
    }

    @Test
    void C10_flush_ofTheWriter_failsAtOnce() {
        var thrown = new CompletableFuture<Throwable>();
        var self = new CompletableFuture<CoalescingCache<String, String>>();
        table.refuses = key -> {
            try {
                self.join().flush();
            } catch (Throwable e) {
                thrown.complete(e);
            }
            return false;
        };
        var cache = cache(behind());
        self.complete(cache);
        cache.write("key", "value");

        cache.flush();

        assertThat(thrown.join()).isInstanceOf(IllegalStateException.class).hasMessageContaining("wait for itself");
    }

    @Test
    void C10_flush_interrupted_goesOnWriting() {
        var gate = table.gate(0);
        var cache = cache(behind());
        cache.write("key", "value");
        var call = Callers.onThread(() -> {
            cache.flush();
            return "flushed";
        });
        gate.awaitEntered();
        Callers.awaitParked(call.thread());

        call.giveUp();

        assertThat(call.failure()).isInstanceOf(CallerInterruptedException.class);
        assertThat(gate.interrupts()).isZero();
        gate.open();
        awaitPending(cache, 0);
        assertThat(table.rows).containsKey("key");
    }

    @Test
    void C10_close_writesAllThatIsPending() {
        var cache = cache(WriteBehind.<String, String>of(1_000, DELAY).maxBatch(10));
        IntStream.range(0, 100).forEach(i -> cache.write("key" + i, "value"));

        cache.close();

        assertThat(table.rows).hasSize(100);
        assertThat(dead).isEmpty();
        assertThatThrownBy(() -> cache.write("key", "value"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
        assertThatThrownBy(cache::flush).isInstanceOf(IllegalStateException.class);
        cache.close();
    }

    @Test
    void C10_close_triesAgainWhatHasFailed() {
        table.refuses = key -> true;
        var cache = cache(behind().retry(5, Duration.ofHours(1), Duration.ofHours(1)));
        cache.write("key", "value");
        var flushed = cache.flushAsync();
        Callers.awaitTrue(() -> cache.writeBehindStats().orElseThrow().retried() == 1);
        table.refuses = key -> false;

        cache.close();

        assertThat(table.rows).containsEntry("key", "value");
        flushed.orTimeout(30, TimeUnit.SECONDS).join();
    }

    @Test
    void C10_close_endsAfterItsTimeout_interruptsTheWriter_andTellsWhatIsLeft() {
        var gate = table.gate(0);
        var cache =
                cache(WriteBehind.<String, String>of(1_000, DELAY).maxBatch(1).closeTimeout(Duration.ofSeconds(7)));
        cache.write("a", "1");
        cache.write("b", "2");
        var flushed = cache.flushAsync();
        gate.awaitEntered();
        var closing = Callers.onThread(() -> {
            cache.close();
            return "closed";
        });
        Callers.awaitParked(closing.thread());
        clock.passMillis(6_999);
        assertThat(closing.outcome()).isNotDone();

        clock.passMillis(1);

        assertThat(closing.get()).isEqualTo("closed");
        Callers.awaitTrue(() -> gate.interrupts() == 1);
        assertThat(dead).extracting(DeadLetter::key).containsExactlyInAnyOrder("a", "b");
        assertThat(dead).allSatisfy(letter -> assertThat(letter.failure()).hasMessageContaining("closed"));
        assertThat(flushed).isCompletedExceptionally();
        assertThat(cache.writeBehindStats().orElseThrow().deadLettered()).isEqualTo(2);
        assertThat(cache.writeBehindStats().orElseThrow().pending()).isZero();
    }

    /** What is given singly when the time is over is left, and told once. */
    @Test
    void C10_close_stopsWhatIsGivenOneByOne() {
        var single = new Gate<String>();
        table.refuses = key -> {
            if (table.batches.get() == 1 && key.equals("b") && single.runs() == 0) {
                table.batches.set(2); // from here on singly
                return true;
            }
            if (table.batches.get() == 2) {
                try {
                    single.load(key);
                } catch (InterruptedException e) {
                    return true;
                }
            }
            return false;
        };
        var cache = cache(behind().retry(0, Duration.ofMillis(1), Duration.ofMillis(1)));
        List.of("a", "b", "c", "d").forEach(key -> cache.write(key, "value"));
        var flushed = cache.flushAsync();
        single.awaitEntered();
        var closing = Callers.onThread(() -> {
            cache.close();
            return "closed";
        });
        Callers.awaitParked(closing.thread());
        clock.pass(Duration.ofSeconds(31));

        closing.get();

        assertThat(single.interrupts()).isEqualTo(1);
        assertThat(dead).extracting(DeadLetter::key).containsExactlyInAnyOrder("a", "b", "c", "d");
        assertThat(table.rows).isEmpty();
        assertThat(flushed).isCompletedExceptionally();
    }

    @Test
    void C10_close_refusesThoseWhoWaitForRoom() {
        var gate = table.gate(0);
        var cache = cache(small());
        cache.write("a", "1");
        cache.write("b", "2");
        gate.awaitEntered();
        var third = Callers.onThread(() -> {
            cache.write("c", "3");
            return "written";
        });
        Callers.awaitParked(third.thread());
        var closing = Callers.onThread(() -> {
            cache.close();
            return "closed";
        });

        assertThat(third.failure()).isInstanceOf(IllegalStateException.class).hasMessageContaining("closed");
        gate.open();
        closing.get();
        assertThat(table.rows).containsOnlyKeys("a", "b");
    }

    /** Who closes after it closes the pool of connections, say. */
    @Test
    void C10_close_again_waitsForTheFirst() {
        var gate = table.gate(0);
        var cache = cache(behind());
        cache.write("key", "value");
        var first = Callers.onThread(() -> {
            cache.close();
            return "closed";
        });
        gate.awaitEntered();
        var second = Callers.onThread(() -> {
            cache.close();
            return "closed";
        });
        Callers.awaitParked(second.thread());
        assertThat(cache.get("key", key -> "stale")).isEqualTo("value");

        gate.open();

        first.get();
        second.get();
        assertThat(table.rows).containsEntry("key", "value");
    }

    @Test
    void C10_close_ofTheWriter_doesNotWaitForItself() {
        var self = new CompletableFuture<CoalescingCache<String, String>>();
        table.refuses = key -> {
            self.join().close();
            return false;
        };
        var cache = cache(behind());
        self.complete(cache);
        cache.write("key", "value");
        var flushed = cache.flushAsync();

        Callers.awaitTrue(flushed::isDone);
        Callers.awaitTrue(() -> table.rows.containsKey("key"));
    }

    /** Whatever was accepted is written: nothing is lost between the two. */
    @RepeatedTest(200)
    void C10_close_losesNothing_againstWriters() {
        var accepted = ConcurrentHashMap.<Integer>newKeySet();
        var rows = ConcurrentHashMap.<Integer>newKeySet();
        var cache = CoalescingCache.<Integer, Integer>builder("writes")
                .writeBehind(
                        new CacheWriter<Integer, Integer>() {
                            @Override
                            public void write(Integer key, Integer value) {
                                rows.add(key);
                            }

                            @Override
                            public void delete(Integer key) {
                                throw new AssertionError();
                            }
                        },
                        WriteBehind.of(5, Duration.ofMillis(1)))
                .build();
        var writers = IntStream.range(0, 3)
                .mapToObj(thread -> Callers.onThread(() -> {
                    for (int key = thread; ; key += 3) {
                        try {
                            cache.write(key, 1);
                        } catch (IllegalStateException e) {
                            return key;
                        }
                        accepted.add(key);
                    }
                }))
                .toList();
        Callers.awaitTrue(() -> accepted.size() > 20);

        cache.close();

        writers.forEach(Call::get);
        assertThat(rows.containsAll(accepted)).isTrue();
    }

    // Settings

    @Test
    void badSettings_failAtOnce() {
        assertThatThrownBy(() -> WriteBehind.of(0, DELAY)).hasMessage("maxPending must be positive, was 0");
        assertThatThrownBy(() -> WriteBehind.of(1, Duration.ZERO)).hasMessage("maxDelay must be positive, was PT0S");
        assertThatThrownBy(() -> behind().maxBatch(-1)).hasMessage("maxBatch must be positive, was -1");
        assertThatThrownBy(() -> behind().maxBuffered(999))
                .hasMessage("maxBuffered must be at least maxPending, was 999 with maxPending 1000");
        assertThatThrownBy(() -> behind().maxWait(Duration.ofNanos(-1))).hasMessageContaining("maxWait");
        assertThatThrownBy(() -> behind().retry(-1, DELAY, DELAY)).hasMessageContaining("retries");
        assertThatThrownBy(() -> behind().retry(1, DELAY, Duration.ofMillis(1))).hasMessageContaining("longest");
        assertThatThrownBy(() -> behind().closeTimeout(Duration.ZERO)).hasMessageContaining("closeTimeout");
        assertThatThrownBy(() -> behind().merge(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> behind().deadLetters(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> behind().journal(null, null, null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(
                        () -> CoalescingCache.<String, String>builder("writes").writeBehind(table, null))
                .isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> CoalescingCache.<String, String>builder("writes")
                        .writeThrough(table)
                        .writeBehind(table, behind())
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("writeThrough", "writeBehind");
    }

    @Test
    void withoutWriteBehind_thereIsNothingToFlush() {
        var cache = CoalescingCache.<String, String>builder("writes")
                .writeThrough(table)
                .build();

        cache.flush();

        assertThat(cache.writeBehindStats()).isEmpty();
        assertThatThrownBy(CoalescingCache.<String, String>builder("none").build()::flush)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("writeBehind");
    }

    @Test
    void C10_stats_tellHowOldTheOldestIs() {
        var gate = table.gate(0);
        var cache = cache(behind());
        assertThat(cache.writeBehindStats().orElseThrow().oldest()).isZero();
        cache.write("a", "1");
        clock.passMillis(200);
        cache.write("b", "2");
        clock.passMillis(300);
        assertThat(cache.writeBehindStats().orElseThrow().oldest()).isEqualTo(Duration.ofMillis(500));
        var flushed = cache.flushAsync();
        gate.awaitEntered();
        clock.passMillis(100);
        assertThat(cache.writeBehindStats().orElseThrow().oldest()).isEqualTo(Duration.ofMillis(600));
        gate.open();
        flushed.orTimeout(30, TimeUnit.SECONDS).join();

        var stats = cache.writeBehindStats().orElseThrow();
        assertThat(stats.oldest()).isZero();
        assertThat(stats.flushed()).isEqualTo(2);
    }

    @Test
    void C13_whatIsWritten_isACopyMadeAtTheCall() {
        var rows = new LinkedHashMap<String, List<String>>();
        var cache = CoalescingCache.<String, List<String>>builder("writes")
                .copier(ArrayList::new)
                .writeBehind(
                        new CacheWriter<String, List<String>>() {
                            @Override
                            public void write(String key, List<String> value) {
                                rows.put(key, value);
                            }

                            @Override
                            public void delete(String key) {}
                        },
                        WriteBehind.of(10, DELAY))
                .build();
        var mine = new ArrayList<>(List.of("first"));

        cache.write("key", mine);
        mine.add("too late");
        cache.get("key", key -> List.of()).add("a reader's own");
        cache.flush();

        assertThat(rows).containsEntry("key", List.of("first"));
    }

    private static void awaitPending(CoalescingCache<?, ?> cache, int pending) {
        Callers.awaitTrue(() -> cache.writeBehindStats().orElseThrow().pending() == pending);
    }
}
