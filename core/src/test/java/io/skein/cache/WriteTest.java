package io.skein.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.context.ContextRegistry;
import io.skein.CallerInterruptedException;
import io.skein.CallerTimeoutException;
import io.skein.Callers;
import io.skein.Callers.Call;
import io.skein.Gate;
import io.skein.event.CacheListener;
import io.skein.internal.Sneaky;
import io.skein.write.CacheWriter;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** C10: through the cache, or around it, to the source. */
class WriteTest {
    private static final AtomicInteger STORED = new AtomicInteger();

    private final Table table = new Table();

    /** The source. */
    private static final class Table implements CacheWriter<String, String> {
        final Map<String, String> rows = new ConcurrentHashMap<>();
        final List<String> log = new CopyOnWriteArrayList<>();
        final Map<String, Gate<String>> gates = new ConcurrentHashMap<>();
        final AtomicReference<Throwable> failure = new AtomicReference<>(); // thrown when the row has been changed

        /** The next write of this value waits. */
        Gate<String> gate(String value) {
            return gates.computeIfAbsent(value, v -> new Gate<>());
        }

        @Override
        public void write(String key, String value) throws Exception {
            var gate = gates.get(value);
            if (gate != null) {
                gate.load(key);
            }
            rows.put(key, value);
            log.add(key + "=" + value);
            fail();
        }

        @Override
        public void delete(String key) throws Exception {
            rows.remove(key);
            log.add(key + " deleted");
            fail();
        }

        private void fail() throws Exception {
            var thrown = failure.get();
            if (thrown instanceof Error error) {
                throw error;
            }
            if (thrown != null) {
                throw (Exception) thrown;
            }
        }
    }

    private enum Strategy {
        THROUGH,
        AROUND;

        CoalescingCacheBuilder<String, String> builder(CacheWriter<String, String> writer) {
            var builder = CoalescingCache.<String, String>builder("writes");
            return this == THROUGH ? builder.writeThrough(writer) : builder.writeAround(writer);
        }
    }

    private CoalescingCache<String, String> through() {
        return Strategy.THROUGH.builder(table).build();
    }

    // The source first

    @Test
    void C10_writeThrough_theSourceFirst_thenTheCache() {
        var cache = through();
        cache.put("key", "old");
        var gate = table.gate("new");

        var call = write(cache, "key", "new");
        gate.awaitEntered();
        assertThat(cache.getIfPresent("key")).isEqualTo("old");
        gate.open();
        call.get();

        assertThat(table.rows).containsEntry("key", "new");
        assertThat(cache.getIfPresent("key")).isEqualTo("new");
    }

    @Test
    void C10_writeAround_onlyTheSource_andWhatIsStoredGoes() {
        var cache = Strategy.AROUND.builder(table).build();
        cache.put("key", "old");

        cache.write("key", "new");

        assertThat(table.rows).containsEntry("key", "new");
        assertThat(cache.entry("key")).isEmpty();
        assertThat(cache.get("key", table.rows::get)).isEqualTo("new");
    }

    @ParameterizedTest
    @EnumSource(Strategy.class)
    void C10_delete_fromTheSource_andFromTheCache(Strategy strategy) {
        var cache = strategy.builder(table).build();
        table.rows.put("key", "old");
        cache.put("key", "old");

        cache.delete("key");

        assertThat(table.rows).isEmpty();
        assertThat(cache.entry("key")).isEmpty();
    }

    @Test
    void C10_deleteThrough_remembersThatThereIsNothing_ifTheCacheDoes() {
        var cache = Strategy.THROUGH
                .builder(table)
                .negativeTtl(Duration.ofSeconds(5))
                .loader(key -> {
                    throw new AssertionError("no load");
                })
                .build();

        cache.delete("key");

        assertThat(cache.get("key")).isNull();
    }

    @ParameterizedTest
    @EnumSource(Strategy.class)
    void C10_aFailedWrite_throwsWhatTheWriterThrew_andLeavesNoValue(Strategy strategy) {
        var cache = strategy.builder(table).build();
        for (var failure : List.of(new IOException("down"), new IllegalStateException("no"), new AssertionError("!"))) {
            table.failure.set(failure);

            cache.put("key", "old");
            assertThatThrownBy(() -> cache.write("key", "new")).isSameAs(failure);
            assertThat(cache.entry("key")).isEmpty();

            cache.put("key", "old");
            assertThatThrownBy(() -> cache.delete("key")).isSameAs(failure);
            assertThat(cache.entry("key")).isEmpty();

            cache.put("key", "old");
            assertThatThrownBy(() -> ended(cache.writeAsync("key", "new"))).isSameAs(failure);
            assertThat(cache.entry("key")).isEmpty();
            assertThat(cache.get("key", table.rows::get)).isEqualTo("new");

            cache.put("key", "old");
            assertThatThrownBy(() -> ended(cache.deleteAsync("key"))).isSameAs(failure);
            assertThat(cache.entry("key")).isEmpty();
        }
    }

    @Test
    void C10_aLoadDuringAFailedWrite_isNotStored() {
        var cache = through();
        var source = new Gate<String>("old");
        var load = Callers.onThread(() -> cache.get("key", source));
        source.awaitEntered();
        table.failure.set(new IOException("down"));

        assertThatThrownBy(() -> cache.write("key", "new")).isInstanceOf(IOException.class);
        source.open();

        assertThat(load.get()).isEqualTo("old");
        assertThat(cache.entry("key")).isEmpty();
    }

    /** It may have read the source before it was changed. */
    @ParameterizedTest
    @EnumSource(Strategy.class)
    void C2_aLoadThatTakesOffDuringTheWrite_isNotStoredAfterIt(Strategy strategy) {
        var cache = strategy.builder(table).build();
        var write = write(cache, "key", "new", table.gate("new"));
        var source = new Gate<String>("old");
        var load = Callers.onThread(() -> cache.get("key", source));
        source.awaitEntered();
        var lease = cache.lease("key");

        table.gate("new").open();
        write.get();
        source.open();

        assertThat(load.get()).isEqualTo("old");
        assertThat(lease.put("old")).isFalse();
        assertThat(cache.getIfPresent("key")).isEqualTo(strategy == Strategy.THROUGH ? "new" : null);
    }

    @Test
    void C10_listeners_areToldOfWhatIsRemoved() {
        var told = new ArrayList<Object>();
        var cache = Strategy.AROUND
                .builder(table)
                .listener(new CacheListener() {
                    @Override
                    public void onInvalidate(String cache, Object key) {
                        told.add(key);
                    }
                })
                .build();

        cache.put("a", "0");
        cache.write("a", "1");
        cache.delete("b");

        assertThat(told).containsExactly("a", "b");
    }

    @Test
    void C13_whatIsWritten_isACopyMadeAtTheCall_andWhatTheWriterAddsIsStored() {
        var gate = new Gate<String>();
        var cache = CoalescingCache.<String, List<String>>builder("writes")
                .copier(ArrayList::new)
                .writeThrough(new CacheWriter<String, List<String>>() {
                    @Override
                    public void write(String key, List<String> value) throws InterruptedException {
                        value.add(gate.load(key));
                    }

                    @Override
                    public void delete(String key) {}
                })
                .build();
        var mine = new ArrayList<>(List.of("first"));

        var written = cache.writeAsync("key", mine);
        mine.add("too late");
        gate.open();
        ended(written);

        assertThat(cache.getIfPresent("key")).containsExactly("first", "value");
        assertThat(mine).containsExactly("first", "too late");
    }

    // The order of writes

    @Test
    void C10_writesOfOneKey_inTheOrderOfTheCalls() {
        var cache = through();
        var first = write(cache, "key", "0", table.gate("0"));
        var calls = new ArrayList<Call<String>>();
        var futures = new ArrayList<CompletableFuture<Void>>();
        for (int i = 1; i < 40; i += 2) {
            var call = write(cache, "key", "" + i);
            Callers.awaitParked(call.thread());
            calls.add(call);
            futures.add(i % 3 == 0 ? cache.deleteAsync("key") : cache.writeAsync("key", "" + (i + 1)));
        }

        table.gate("0").open();

        first.get();
        calls.forEach(Call::get);
        futures.forEach(WriteTest::ended);
        cache.write("key", "last");
        var expected = new ArrayList<>(List.of("key=0"));
        for (int i = 1; i < 40; i += 2) {
            expected.add("key=" + i);
            expected.add(i % 3 == 0 ? "key deleted" : "key=" + (i + 1));
        }
        expected.add("key=last");
        assertThat(table.log).containsExactlyElementsOf(expected);
        assertThat(cache.getIfPresent("key")).isEqualTo("last");
    }

    @Test
    void C10_writesOfOtherKeys_doNotWait() {
        var cache = through();
        var slow = write(cache, "slow", "0", table.gate("0"));

        cache.write("key", "1");
        ended(cache.writeAsync("other", "2"));

        assertThat(slow.outcome()).isNotDone();
        assertThat(table.log).containsExactly("key=1", "other=2");
        table.gate("0").open();
        slow.get();
    }

    @Test
    void C10_whoIsInterruptedWhileWaiting_writesNothing_andTheOthersKeepTheirOrder() {
        var cache = through();
        var first = write(cache, "key", "0", table.gate("0"));
        var second = Callers.onThread(() -> {
            try {
                cache.write("key", "1");
                return "written";
            } catch (CallerInterruptedException e) {
                return e.getMessage() + ", " + Thread.currentThread().isInterrupted();
            }
        });
        Callers.awaitParked(second.thread());
        var third = write(cache, "key", "2");
        Callers.awaitParked(third.thread());

        second.giveUp();

        assertThat(second.get())
                .isEqualTo(
                        "interrupted while waiting for other writes of key 'key' of group 'writes', not written, true");
        assertThat(third.outcome()).isNotDone();
        table.gate("0").open();
        first.get();
        third.get();
        assertThat(table.log).containsExactly("key=0", "key=2");
    }

    @RepeatedTest(300)
    void C10_whoGivesUpWhenItsTurnComes_holdsUpNobody() {
        var cache = through();
        var first = write(cache, "key", "0", table.gate("0"));
        var second = write(cache, "key", "1");
        Callers.awaitParked(second.thread());

        var opened = Callers.onThread(() -> {
            table.gate("0").open();
            return "opened";
        });
        second.giveUp();

        opened.get();
        first.get();
        write(cache, "key", "2").get();
        assertThat(second.outcome().handle((value, failure) -> value == null ? failure.getClass() : value))
                .succeedsWithin(Callers.PATIENCE)
                .isIn("written", CallerInterruptedException.class);
        assertThat(table.rows).containsEntry("key", "2");
    }

    @Test
    void C10_aWriterThatIsInterrupted_endsTheCall_andTheKeyIsRemoved() {
        var cache = through();
        cache.put("key", "old");
        var call = write(cache, "key", "0", table.gate("0"));

        call.giveUp();

        assertThat(call.failure())
                .isInstanceOf(CallerInterruptedException.class)
                .hasCauseInstanceOf(InterruptedException.class);
        assertThat(cache.entry("key")).isEmpty();
        cache.write("key", "1");
        assertThat(table.log).containsExactly("key=1");
    }

    @Test
    void C10_callerTimeout_endsTheWaitForOtherWrites() {
        var clock = new Clockwork();
        var cache = Strategy.THROUGH
                .builder(table)
                .ticker(clock)
                .callerTimeout(Duration.ofSeconds(1))
                .build();
        var first = write(cache, "key", "0", table.gate("0"));
        var second = write(cache, "key", "1");
        Callers.awaitParked(second.thread());

        clock.passSeconds(1);

        assertThat(second.failure())
                .isInstanceOf(CallerTimeoutException.class)
                .hasMessage(
                        "callerTimeout PT1S is over, waiting for other writes of key 'key' of group 'writes', not written");
        table.gate("0").open();
        first.get();
        cache.write("key", "2");
        assertThat(table.log).containsExactly("key=0", "key=2");
    }

    /** The same key, or another one: both might wait in a circle. */
    @ParameterizedTest
    @ValueSource(strings = {"key", "other"})
    void C10_aWriterThatWritesThroughItsCache_failsAtOnce(String inner) {
        var self = new AtomicReference<CoalescingCache<String, String>>();
        var cache = CoalescingCache.<String, String>builder("writes")
                .writeThrough(new CacheWriter<String, String>() {
                    @Override
                    public void write(String key, String value) {
                        self.get().write(value, value);
                    }

                    @Override
                    public void delete(String key) {}
                })
                .build();
        self.set(cache);

        assertThatThrownBy(() -> cache.write("key", inner))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                        "not written, a writer must not write through its cache, where it would wait for itself sooner or"
                                + " later: key '" + inner + "' of group 'writes'");
    }

    @Test
    void C10_aCancelledFuture_isWrittenAllTheSame_inItsTurn() {
        var cache = through();
        var first = write(cache, "key", "0", table.gate("0"));
        var second = cache.writeAsync("key", "1");
        var third = cache.writeAsync("key", "2");

        second.cancel(true);
        assertThat(third).isNotDone();
        table.gate("0").open();

        first.get();
        ended(third);
        assertThat(table.log).containsExactly("key=0", "key=1", "key=2");
    }

    @Test
    void G15_close_releasesThoseThatWait_andWritesNothingForThem() {
        var cache = through();
        var first = write(cache, "key", "0", table.gate("0"));
        var second = write(cache, "key", "1");
        Callers.awaitParked(second.thread());
        var third = cache.writeAsync("key", "2");

        cache.close();

        assertThat(second.failure())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("not written, cache 'writes' is closed");
        assertThatThrownBy(() -> ended(third)).hasMessage("not written, cache 'writes' is closed");
        assertThat(first.outcome()).isNotDone();
        table.gate("0").open();
        first.get();
        assertThat(table.log).containsExactly("key=0");
        assertThat(cache.estimatedSize()).isZero();
    }

    /** What the executor has taken, but not begun, too; and what comes too late to be seen by close. */
    @Test
    void G15_close_releasesWhatTheExecutorHasNotBegun() {
        var queued = new ConcurrentLinkedQueue<Runnable>();
        var cache = Strategy.THROUGH.builder(table).executor(queued::add).build();
        var first = cache.writeAsync("key", "1");
        var second = cache.writeAsync("key", "2");

        cache.close();

        assertThatThrownBy(() -> ended(first)).hasMessage("not written, cache 'writes' is closed");
        assertThatThrownBy(() -> ended(second)).hasMessage("not written, cache 'writes' is closed");
        queued.forEach(Runnable::run);
        assertThat(table.log).isEmpty();
    }

    @RepeatedTest(200)
    void G15_whateverRacesWithClose_ends() {
        var cache = through();
        var first = write(cache, "key", "0", table.gate("0"));
        var calls = new ArrayList<Call<Object>>();
        for (int i = 0; i < 4; i++) {
            boolean blocking = i % 2 == 0;
            calls.add(Callers.onThread(() -> {
                try {
                    if (blocking) {
                        cache.write("key", "1");
                    } else {
                        ended(cache.writeAsync("key", "1"));
                    }
                    return "written";
                } catch (IllegalStateException e) {
                    return e.getMessage();
                }
            }));
        }

        cache.close();

        assertThat(calls).allSatisfy(call -> assertThat(call.get()).asString().endsWith("cache 'writes' is closed"));
        assertThat(first.outcome()).isNotDone();
        table.gate("0").open();
        first.get();
        assertThat(table.log).containsExactly("key=0");
    }

    // Executors

    @Test
    void C10_anExecutorThatRefuses_failsTheWrite_andNoOther() {
        var full = new AtomicReference<>(true);
        var threads = Executors.newCachedThreadPool();
        var cache = Strategy.THROUGH
                .builder(table)
                .executor(task -> {
                    if (full.get()) {
                        throw new RejectedExecutionException("full");
                    }
                    threads.execute(task);
                })
                .build();
        var first = write(cache, "key", "0", table.gate("0"));
        var refused = IntStream.range(0, 10_000)
                .mapToObj(i -> cache.writeAsync("key", "refused"))
                .toList();
        var last = write(cache, "key", "1");
        Callers.awaitParked(last.thread());

        table.gate("0").open();

        first.get();
        last.get();
        assertThat(refused)
                .allSatisfy(future ->
                        assertThatThrownBy(future::join).hasCauseInstanceOf(RejectedExecutionException.class));
        assertThatThrownBy(() -> cache.writeAsync("key", "refused").join())
                .hasCauseInstanceOf(RejectedExecutionException.class);
        full.set(false);
        cache.writeAsync("key", "2").join();
        assertThat(table.log).containsExactly("key=0", "key=1", "key=2");
        assertThat(cache.getIfPresent("key")).isEqualTo("2");
        threads.shutdown();
    }

    @Test
    void C10_anExecutorThatRunsOnTheCallingThread_isNoMatterHoweverManyWait() {
        var cache = Strategy.THROUGH.builder(table).executor(Runnable::run).build();
        var first = write(cache, "key", "start", table.gate("start"));
        var futures = IntStream.range(0, 10_000)
                .mapToObj(i -> cache.writeAsync("key", "" + i))
                .toList();

        table.gate("start").open();

        first.get();
        futures.forEach(WriteTest::ended);
        assertThat(table.log)
                .containsExactlyElementsOf(IntStream.range(-1, 10_000)
                        .mapToObj(i -> i < 0 ? "key=start" : "key=" + i)
                        .toList());
    }

    /** As a pool does that cannot start a thread for a task which it has queued. */
    @Test
    void C10_anExecutorThatRefusesWhatItRunsLater_doesNotHaveItWritten() {
        var queued = new ConcurrentLinkedQueue<Runnable>();
        var cache = Strategy.THROUGH
                .builder(table)
                .executor(task -> {
                    queued.add(task);
                    throw new OutOfMemoryError("unable to create native thread");
                })
                .build();

        assertThatThrownBy(() -> ended(cache.writeAsync("key", "1"))).isInstanceOf(OutOfMemoryError.class);
        var second = write(cache, "key", "2", table.gate("2"));
        queued.forEach(Runnable::run);
        var third = write(cache, "key", "3");
        Callers.awaitParked(third.thread());

        table.gate("2").open();
        second.get();
        third.get();
        assertThat(table.log).containsExactly("key=2", "key=3");
    }

    @Test
    void C10_anExecutorThatThrowsWhenItHasRunATask_hasWrittenIt() {
        var cache = Strategy.THROUGH
                .builder(table)
                .executor(task -> {
                    task.run();
                    throw new IllegalStateException("afterwards");
                })
                .build();

        ended(cache.writeAsync("key", "1"));
        cache.write("key", "2");

        assertThat(table.log).containsExactly("key=1", "key=2");
    }

    @Test
    void C10_aContextThatCannotBeRestored_failsTheWrite_andHoldsUpNoOther() {
        var registry = ContextRegistry.getInstance();
        var here = Thread.currentThread();
        registry.registerThreadLocalAccessor(
                "write-test",
                () -> "here",
                value -> {
                    if (Thread.currentThread() != here) {
                        throw new IllegalStateException("no context");
                    }
                },
                () -> {});
        try {
            var cache = through();

            assertThatThrownBy(() -> ended(cache.writeAsync("key", "1"))).hasMessage("no context");
            cache.write("key", "2");

            assertThat(table.log).containsExactly("key=2");
        } finally {
            registry.removeThreadLocalAccessor("write-test");
        }
    }

    @Test
    void C10_anInterruptOfTheWriter_staysSet_whereTheExecutorRunsOnTheCallingThread() {
        var cache = Strategy.THROUGH.builder(table).executor(Runnable::run).build();
        table.gate("1");
        Thread.currentThread().interrupt();

        var written = cache.writeAsync("key", "1");

        assertThat(Thread.interrupted()).isTrue();
        assertThatThrownBy(() -> ended(written)).isInstanceOf(InterruptedException.class);
    }

    /** With one thread, behind a write that needs this very thread. */
    @Test
    void C10_whoHasBeenTold_mayWriteTheSameKeyAtOnce() {
        var one = Executors.newSingleThreadExecutor();
        var cache = Strategy.THROUGH.builder(table).executor(one).build();
        table.gate("1");
        var second = cache.writeAsync("key", "1").thenRun(() -> cache.write("key", "3"));
        var third = cache.writeAsync("key", "2");

        table.gate("1").open();

        ended(second);
        ended(third);
        assertThat(table.log).containsExactly("key=1", "key=2", "key=3");
        one.shutdown();
    }

    // Bad input

    @ParameterizedTest
    @EnumSource(Strategy.class)
    void badInput_isRefusedBeforeTheSourceSeesIt(Strategy strategy) {
        var cache = strategy.builder(table).types(String.class, String.class).build();

        assertThatThrownBy(() -> cache.write(null, "value")).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> cache.delete(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> cache.write("key", null))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("delete the key to say that there is nothing");
        assertThatThrownBy(() -> raw(cache).write("key", 1))
                .isInstanceOf(ClassCastException.class)
                .hasMessageContaining("a value of cache 'writes' must be a java.lang.String");
        cache.close();
        assertThatThrownBy(() -> cache.write("key", "value"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("cache 'writes' is closed");
        assertThatThrownBy(() -> cache.delete("key")).isInstanceOf(IllegalStateException.class);
        assertThat(table.log).isEmpty();
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static CoalescingCache<Object, Object> raw(CoalescingCache cache) {
        return cache;
    }

    @Test
    void withoutAWriter_nothingCanBeWritten() {
        var cache = CoalescingCache.<String, String>builder("writes").build();

        assertThatThrownBy(() -> cache.write("key", "value"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("cache 'writes' has no writer: build it with writeThrough, writeBehind or writeAround");
    }

    @Test
    void onlyOneWriter() {
        var builder = Strategy.THROUGH.builder(table).writeAround(table);

        assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("only one writer can be set, but were [writeThrough, writeAround]");
        assertThatThrownBy(() -> builder.writeThrough(null)).isInstanceOf(NullPointerException.class);
    }

    // Races

    /** Writes, failing ones among them, loads and invalidations of one key: what is stored in the end is what the source has. */
    @RepeatedTest(300)
    void C10_whateverRaces_theCacheHoldsWhatTheSourceHolds_orNothing() {
        var failures = new AtomicInteger();
        var source = new ConcurrentHashMap<String, String>();
        var cache = CoalescingCache.<String, String>builder("writes")
                .loader(source::get)
                .writeThrough(new CacheWriter<String, String>() {
                    @Override
                    public void write(String key, String value) throws IOException {
                        source.put(key, value);
                        if (failures.incrementAndGet() % 3 == 0) {
                            throw new IOException("nobody knows");
                        }
                    }

                    @Override
                    public void delete(String key) {
                        source.remove(key);
                    }
                })
                .build();
        var calls = new ArrayList<Call<String>>();
        var futures = new CopyOnWriteArrayList<CompletableFuture<Void>>();
        for (int thread = 0; thread < 4; thread++) {
            int number = thread;
            calls.add(Callers.onThread(() -> {
                for (int i = 0; i < 30; i++) {
                    switch ((i + number) % 5) {
                        case 0 -> cache.delete("key");
                        case 1 -> futures.add(cache.writeAsync("key", number + ":" + i));
                        case 2 -> cache.get("key");
                        default -> {
                            try {
                                cache.write("key", number + ":" + i);
                            } catch (Exception e) {
                                assertThat(e).isInstanceOf(IOException.class);
                            }
                        }
                    }
                }
                return "done";
            }));
        }
        calls.forEach(Call::get);
        futures.forEach(future -> {
            try {
                ended(future);
            } catch (Exception e) {
                assertThat(e).isInstanceOf(IOException.class);
            }
        });

        var stored = cache.getIfPresent("key");
        if (stored != null) {
            STORED.incrementAndGet();
            assertThat(stored).isEqualTo(source.get("key"));
        }
    }

    @AfterAll
    static void somethingWasStored_whateverRaced() {
        assertThat(STORED.get()).isPositive();
    }

    /** Waits, and throws what the future failed with. */
    private static void ended(CompletableFuture<Void> future) {
        try {
            future.get(Callers.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw Sneaky.rethrow(e.getCause());
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError("not written", e);
        }
    }

    private static Call<String> write(CoalescingCache<String, String> cache, String key, String value) {
        return Callers.onThread(() -> {
            cache.write(key, value);
            return "written";
        });
    }

    /** Returns when the writer is at the gate. */
    private static Call<String> write(
            CoalescingCache<String, String> cache, String key, String value, Gate<String> gate) {
        var call = write(cache, key, value);
        gate.awaitEntered();
        return call;
    }
}
