package io.skein.guava;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.cache.CacheLoader;
import com.google.common.cache.CacheLoader.InvalidCacheLoadException;
import com.google.common.cache.CacheLoader.UnsupportedLoadingOperationException;
import com.google.common.cache.CacheStats;
import com.google.common.cache.LoadingCache;
import com.google.common.testing.FakeTicker;
import com.google.common.util.concurrent.ExecutionError;
import com.google.common.util.concurrent.UncheckedExecutionException;
import io.skein.CallerInterruptedException;
import io.skein.Callers;
import io.skein.Gate;
import io.skein.LoadCycleException;
import io.skein.LoadRejectedException;
import io.skein.Loader;
import io.skein.Log;
import io.skein.cache.CoalescingCache;
import io.skein.cache.CoalescingCacheBuilder;
import io.skein.event.CacheListener;
import io.skein.internal.Sneaky;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Level;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The cache as a {@code LoadingCache}. */
class LoadingCacheViewTest {
    private static final Duration LONG = Duration.ofHours(1);
    private static final Object NO_KEY = 42;

    private final FakeTicker clock = new FakeTicker();
    private final AtomicInteger loads = new AtomicInteger();

    private CoalescingCacheBuilder<String, String> builder() {
        return CoalescingCache.<String, String>builder("view").ticker(clock::read);
    }

    private CoalescingCache<String, String> cache(Loader<String, String> loader) {
        return builder().loader(loader).build();
    }

    private LoadingCache<String, String> view(Loader<String, String> loader) {
        return Skein.asLoadingCache(cache(loader));
    }

    /** Each load gives another value. */
    private String numbered(String key) {
        return key + loads.incrementAndGet();
    }

    private static void awaitCallers(CoalescingCache<String, String> cache, int count) {
        Callers.awaitTrue(
                () -> !cache.flights().isEmpty() && cache.flights().get(0).callers() == count);
    }

    /** The ways to have a value loaded. */
    private enum Way {
        GET {
            @Override
            String ask(LoadingCache<String, String> view, String key, Loader<String, String> loader) throws Exception {
                return view.get(key);
            }
        },
        GET_CALLABLE {
            @Override
            String ask(LoadingCache<String, String> view, String key, Loader<String, String> loader) throws Exception {
                return view.get(key, () -> loader.load(key));
            }
        },
        GET_ALL {
            @Override
            String ask(LoadingCache<String, String> view, String key, Loader<String, String> loader) throws Exception {
                return view.getAll(List.of(key)).get(key);
            }
        },
        GET_UNCHECKED {
            @Override
            String ask(LoadingCache<String, String> view, String key, Loader<String, String> loader) {
                return view.getUnchecked(key);
            }
        },
        APPLY {
            @Override
            @SuppressWarnings("deprecation") // Guava's, for its Function
            String ask(LoadingCache<String, String> view, String key, Loader<String, String> loader) {
                return view.apply(key);
            }
        };

        abstract String ask(LoadingCache<String, String> view, String key, Loader<String, String> loader)
                throws Exception;

        boolean isUnchecked() {
            return this == GET_UNCHECKED || this == APPLY;
        }

        Class<? extends Throwable> wrapperOfChecked() {
            return isUnchecked() ? UncheckedExecutionException.class : ExecutionException.class;
        }
    }

    // Coalescing

    @ParameterizedTest
    @EnumSource
    void manyThreads_oneLoad(Way way) {
        var gate = new Gate<String>();
        var cache = cache(gate);
        var view = Skein.asLoadingCache(cache);
        var calls = new ArrayList<Callers.Call<String>>();
        for (int i = 0; i < 50; i++) {
            calls.add(Callers.onThread(() -> way.ask(view, "key", gate)));
        }
        awaitCallers(cache, 50);

        gate.open();

        assertThat(calls).allSatisfy(call -> assertThat(call.get()).isEqualTo("value"));
        assertThat(gate.runs()).isEqualTo(1);
        assertThat(view.stats().missCount()).isEqualTo(50);
        assertThat(view.stats().loadCount()).isEqualTo(1);
    }

    @Test
    void allWays_joinTheSameLoad() {
        var gate = new Gate<String>();
        var cache = cache(gate);
        var view = Skein.asLoadingCache(cache);
        var calls = new ArrayList<Callers.Call<String>>();
        for (var way : Way.values()) {
            calls.add(Callers.onThread(() -> way.ask(view, "key", gate)));
        }
        calls.add(Callers.onThread(() -> cache.get("key")));
        awaitCallers(cache, Way.values().length + 1);

        gate.open();

        assertThat(calls).allSatisfy(call -> assertThat(call.get()).isEqualTo("value"));
        assertThat(gate.runs()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void whatIsThere_isReturned_andLoadedAnewWhenItsTimeIsOver(Way way) throws Exception {
        var view = Skein.asLoadingCache(
                builder().ttl(Duration.ofSeconds(10)).loader(this::numbered).build());

        assertThat(way.ask(view, "key", this::numbered)).isEqualTo("key1");
        clock.advance(Duration.ofSeconds(9));
        assertThat(way.ask(view, "key", this::numbered)).isEqualTo("key1");
        clock.advance(Duration.ofSeconds(1));
        assertThat(view.getIfPresent("key")).isNull();
        assertThat(way.ask(view, "key", this::numbered)).isEqualTo("key2");
    }

    // Failures

    private static void assertFails(
            Way way, Throwable failure, Class<? extends Throwable> wrapper, Class<? extends Throwable> cause) {
        Loader<String, String> loader = key -> {
            throw Sneaky.rethrow(failure);
        };
        var cache =
                CoalescingCache.<String, String>builder("view").loader(loader).build();
        var view = Skein.asLoadingCache(cache);

        assertThatThrownBy(() -> way.ask(view, "key", loader))
                .isExactlyInstanceOf(wrapper)
                .cause()
                .isExactlyInstanceOf(cause)
                .isSameAs(failure);
        assertThat(view.stats().loadExceptionCount()).isEqualTo(1);
        assertThat(view.asMap()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void checkedExceptions(Way way) {
        assertFails(way, new IOException("down"), way.wrapperOfChecked(), IOException.class);
    }

    @ParameterizedTest
    @EnumSource
    void uncheckedExceptions(Way way) {
        assertFails(
                way,
                new IllegalArgumentException("bad"),
                UncheckedExecutionException.class,
                IllegalArgumentException.class);
    }

    @ParameterizedTest
    @EnumSource
    void errors(Way way) {
        assertFails(way, new AssertionError("wrong"), ExecutionError.class, AssertionError.class);
    }

    @ParameterizedTest
    @EnumSource
    void throwablesOfNoOtherKind(Way way) {
        assertFails(way, new Throwable("odd"), way.wrapperOfChecked(), Throwable.class);
    }

    /** As when a loader asks another cache. */
    @ParameterizedTest
    @EnumSource
    void wrappersOfTheLoader_areWrappedAgain(Way way) {
        assertFails(
                way,
                new UncheckedExecutionException(new IOException()),
                UncheckedExecutionException.class,
                UncheckedExecutionException.class);
    }

    @ParameterizedTest
    @EnumSource
    void anInvalidCacheLoad_isThrownAsItIs(Way way) {
        var failure = new InvalidCacheLoadException("the loader's own");
        Loader<String, String> loader = key -> {
            throw failure;
        };
        var view = view(loader);

        assertThatThrownBy(() -> way.ask(view, "key", loader)).isSameAs(failure);
    }

    @Test
    void manyThreads_oneFailure_eachInAWrapperOfItsOwn() {
        var failure = new IOException("down");
        var gate = new Gate<String>();
        var cache = cache(key -> {
            gate.load(key);
            throw failure;
        });
        var view = Skein.asLoadingCache(cache);
        var calls = Stream.generate(() -> Callers.onThread(() -> view.get("key")))
                .limit(10)
                .toList();
        awaitCallers(cache, 10);

        gate.open();

        var failures = calls.stream().map(Callers.Call::failure).toList();
        assertThat(failures)
                .doesNotHaveDuplicates()
                .allSatisfy(e -> assertThat(e)
                        .isExactlyInstanceOf(ExecutionException.class)
                        .cause()
                        .isSameAs(failure));
        assertThat(gate.runs()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void nothing_isAnInvalidCacheLoad_thatNamesTheKey(Way way) {
        Loader<String, String> loader = key -> {
            loads.incrementAndGet();
            return null;
        };
        var view =
                Skein.asLoadingCache(builder().negativeTtl(LONG).loader(loader).build());

        for (int i = 0; i < 2; i++) { // loaded, and remembered
            assertThatThrownBy(() -> way.ask(view, "bad\nkey", loader))
                    .isExactlyInstanceOf(InvalidCacheLoadException.class)
                    .hasMessageContaining("there is nothing under key 'bad\\u000akey' of group 'view'");
        }

        assertThat(loads).hasValue(1);
        assertThat(view.getIfPresent("bad\nkey")).isNull();
        assertThat(view.getAllPresent(List.of("bad\nkey"))).isEmpty();
        assertThat(view.size()).isZero();
    }

    // Skein's own failures

    @ParameterizedTest
    @EnumSource
    void aCycle_isAnUncheckedFailure(Way way) {
        var self = new AtomicReference<LoadingCache<String, String>>();
        var inner = new AtomicReference<Throwable>();
        Loader<String, String> loader = key -> {
            try {
                return self.get().get(key);
            } catch (Throwable e) {
                inner.set(e);
                return "way out";
            }
        };
        self.set(view(loader));

        assertThat(Callers.onThread(() -> way.ask(self.get(), "key", loader)).get())
                .isEqualTo("way out");
        assertThat(inner.get())
                .isExactlyInstanceOf(UncheckedExecutionException.class)
                .hasCauseInstanceOf(LoadCycleException.class);
    }

    @ParameterizedTest
    @EnumSource
    void aRefusal_isAnUncheckedFailure(Way way) {
        var gate = new Gate<String>();
        var cache = builder().maxFlights(1).loader(gate).build();
        var view = Skein.asLoadingCache(cache);
        var first = Callers.onThread(() -> view.get("first"));
        gate.awaitEntered();

        assertThatThrownBy(() -> way.ask(view, "second", gate))
                .isExactlyInstanceOf(UncheckedExecutionException.class)
                .hasCauseInstanceOf(LoadRejectedException.class);

        gate.open();
        assertThat(first.get()).isEqualTo("value");
    }

    @ParameterizedTest
    @EnumSource
    void aClosedCache_saysSo(Way way) {
        var cache = cache(this::numbered);
        var view = Skein.asLoadingCache(cache);
        cache.close();

        assertThatThrownBy(() -> way.ask(view, "key", this::numbered))
                .isExactlyInstanceOf(UncheckedExecutionException.class)
                .hasCauseInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
        assertThatThrownBy(() -> view.refresh("key"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }

    @ParameterizedTest
    @EnumSource
    void aCacheWithoutALoader_saysSo_unlessOneIsGiven(Way way) throws Exception {
        var view = Skein.asLoadingCache(builder().build());

        if (way == Way.GET_CALLABLE) {
            assertThat(way.ask(view, "key", this::numbered)).isEqualTo("key1");
        } else {
            assertThatThrownBy(() -> way.ask(view, "key", this::numbered))
                    .isExactlyInstanceOf(UncheckedExecutionException.class)
                    .hasCauseInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("cache 'view' has no loader");
        }
    }

    // Interrupts

    /** A call, and whether its thread was interrupted when it ended. */
    private static Callers.Call<String> telling(AtomicReference<Boolean> flag, Callers.Work<String> work) {
        return Callers.onThread(() -> {
            try {
                return work.run();
            } finally {
                flag.set(Thread.currentThread().isInterrupted());
            }
        });
    }

    private static void assertInterrupted(Way way, Throwable failure) {
        assertThat(failure)
                .isExactlyInstanceOf(way.wrapperOfChecked())
                .cause()
                .isExactlyInstanceOf(InterruptedException.class)
                .hasMessageContaining("key 'key' of group 'view'")
                .cause()
                .isExactlyInstanceOf(CallerInterruptedException.class);
    }

    @ParameterizedTest
    @EnumSource
    void anInterruptOfAWaitingCaller_endsItsWaitAndNobodyElses(Way way) {
        var gate = new Gate<String>();
        var cache = cache(gate);
        var view = Skein.asLoadingCache(cache);
        var flag = new AtomicReference<Boolean>();
        var leader = Callers.onThread(() -> view.get("key"));
        gate.awaitEntered();
        var follower = telling(flag, () -> way.ask(view, "key", gate));
        awaitCallers(cache, 2);

        follower.giveUp();

        assertInterrupted(way, follower.failure());
        assertThat(flag.get()).as("the interrupt flag").isTrue();
        gate.open();
        assertThat(leader.get()).isEqualTo("value");
        assertThat(gate.interrupts()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void anInterruptOfALoadingCaller_endsItsLoad(Way way) {
        var gate = new Gate<String>();
        var view = view(gate);
        var flag = new AtomicReference<Boolean>();
        var leader = telling(flag, () -> way.ask(view, "key", gate));
        gate.awaitEntered();

        leader.giveUp();

        assertInterrupted(way, leader.failure());
        assertThat(flag.get()).as("the interrupt flag").isTrue();
        assertThat(gate.interrupts()).isEqualTo(1);
    }

    @Test
    void G7_anInterruptOfTheLeader_handsTheLoadOver() {
        var gate = new Gate<String>();
        var cache = cache(gate);
        var view = Skein.asLoadingCache(cache);
        var leader = Callers.onThread(() -> view.get("key"));
        gate.awaitEntered();
        var follower = Callers.onThread(() -> view.get("key"));
        awaitCallers(cache, 2);

        leader.giveUp();
        assertInterrupted(Way.GET, leader.failure());
        gate.open();

        assertThat(follower.get()).isEqualTo("value");
        assertThat(gate.runs()).isEqualTo(2);
    }

    /** Of a loader that asked another cache on another thread. */
    @ParameterizedTest
    @EnumSource
    void anInterruptOfAnotherThread_isAFailureLikeOthers(Way way) {
        assertFails(
                way,
                new CallerInterruptedException("elsewhere", null),
                UncheckedExecutionException.class,
                CallerInterruptedException.class);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    // Many keys

    @Test
    void getAll_isInTheOrderOfTheKeys_withDuplicatesOnce_byOneCall() throws Exception {
        var asked = new ArrayList<List<String>>();
        var view = Skein.asLoadingCache(builder()
                .bulkLoader(keys -> {
                    asked.add(List.copyOf(keys));
                    return Map.of("a", "1", "b", "2", "c", "3", "extra", "4");
                })
                .build());
        view.put("b", "there");

        var values = view.getAll(List.of("c", "b", "a", "c"));

        assertThat(values).containsExactly(Map.entry("c", "3"), Map.entry("b", "there"), Map.entry("a", "1"));
        assertThat(asked).containsExactly(List.of("c", "a"));
        assertThat(view.stats())
                .isEqualTo(new CacheStats(1, 2, 1, 0, view.stats().totalLoadTime(), 0));
        assertThat(view.getIfPresent("extra")).isEqualTo("4");
        assertThat(view.getAll(List.of())).isEmpty();
    }

    @Test
    void getAll_aKeyThatIsLeftOut_isAnInvalidCacheLoad_andTheOthersAreStored() {
        var view = Skein.asLoadingCache(
                builder().bulkLoader(keys -> Map.of("a", "1")).build());

        assertThatThrownBy(() -> view.getAll(List.of("a", "gone")))
                .isExactlyInstanceOf(InvalidCacheLoadException.class)
                .hasMessageContaining("key 'gone' of group 'view'");

        assertThat(view.getIfPresent("a")).isEqualTo("1");
    }

    @Test
    void getAll_nullIsNoKey_andNothingIsLoaded() {
        var view = view(this::numbered);

        assertThatThrownBy(() -> view.getAll(Arrays.asList("a", null))).isInstanceOf(NullPointerException.class);

        assertThat(loads).hasValue(0);
    }

    @Test
    void getAll_withoutLoadAll_loadsOneByOne_asCacheLoaderPromises() throws Exception {
        var loader = CacheLoader.<String, String>from(key -> numbered(key));
        var view = Skein.asLoadingCache(builder()
                .loader(Skein.loader(loader))
                .bulkLoader(Skein.bulkLoader(loader))
                .build());
        view.put("b", "there");

        var values = view.getAll(List.of("c", "b", "a", "c"));

        assertThat(values).containsExactly(Map.entry("c", "c1"), Map.entry("b", "there"), Map.entry("a", "a2"));
        assertThat(loads).hasValue(2);
    }

    @Test
    void getAll_withoutLoadAll_andWithoutALoader_fails() {
        var loader = CacheLoader.<String, String>from(key -> numbered(key));
        var view = Skein.asLoadingCache(
                builder().bulkLoader(Skein.bulkLoader(loader)).build());

        assertThatThrownBy(() -> view.getAll(List.of("a")))
                .isExactlyInstanceOf(UncheckedExecutionException.class)
                .hasCauseInstanceOf(UnsupportedLoadingOperationException.class);
    }

    @Test
    void getAll_joinsTheLoadOfAKeyThatIsInFlight() {
        var gate = new Gate<String>();
        var asked = new ConcurrentLinkedQueue<String>();
        var cache = builder()
                .loader(gate)
                .bulkLoader(keys -> {
                    asked.addAll(keys);
                    return Map.of("other", "bulk");
                })
                .build();
        var view = Skein.asLoadingCache(cache);
        var single = Callers.onThread(() -> view.get("key"));
        gate.awaitEntered();
        var all = Callers.onThread(() -> view.getAll(List.of("key", "other")));
        awaitCallers(cache, 2);

        gate.open();

        assertThat(all.get()).containsExactly(Map.entry("key", "value"), Map.entry("other", "bulk"));
        assertThat(single.get()).isEqualTo("value");
        assertThat(asked).containsExactly("other");
        assertThat(gate.runs()).isEqualTo(1);
    }

    // What is there

    @Test
    void getIfPresent_loadsNothing() {
        var view = view(this::numbered);

        assertThat(view.getIfPresent("key")).isNull();
        view.put("key", "put");
        assertThat(view.getIfPresent("key")).isEqualTo("put");

        assertThat(loads).hasValue(0);
        assertThat(view.stats()).isEqualTo(new CacheStats(1, 1, 0, 0, 0, 0));
    }

    @Test
    void getAllPresent_isInTheOrderOfTheKeys_withDuplicatesOnce() {
        var view = view(this::numbered);
        view.put("a", "1");
        view.put("b", "2");

        assertThat(view.getAllPresent(List.of("b", "missing", NO_KEY, "a", "b")))
                .containsExactly(Map.entry("b", "2"), Map.entry("a", "1"));

        assertThat(loads).hasValue(0);
        assertThat(view.stats().hitCount()).isEqualTo(2);
    }

    @Test
    void objectsThatAreNoKeys_areNotThere() {
        for (var cache : List.of(
                cache(this::numbered),
                builder().types(String.class, String.class).build())) {
            var view = Skein.asLoadingCache(cache);
            view.put("key", "value");

            assertThat(view.getIfPresent(NO_KEY)).isNull();
            assertThat(view.getAllPresent(List.of(NO_KEY, "key"))).containsExactly(Map.entry("key", "value"));
            view.invalidate(NO_KEY);
            view.invalidateAll(List.of(NO_KEY, List.of()));

            assertThat(view.asMap()).containsExactly(Map.entry("key", "value"));
        }
    }

    /** Else a fault of the user's would look like a miss. */
    @Test
    void theCopiersClassCastException_isNotTakenForAnAbsentKey() {
        var view = Skein.asLoadingCache(builder()
                .copier(value -> {
                    if (value.isEmpty()) {
                        throw new ClassCastException("the copier's");
                    }
                    return value.substring(1);
                })
                .build());
        view.put("key", "x"); // the copy that is stored is empty

        assertThatThrownBy(() -> view.getIfPresent("key"))
                .isInstanceOf(ClassCastException.class)
                .hasMessage("the copier's");
    }

    @Test
    @SuppressWarnings("NullArgumentForNonNullParameter") // that is the point
    void nullIsNoKey_noValue_andNoLoader() {
        var view = view(this::numbered);
        var withNull = new LinkedHashMap<String, String>();
        withNull.put("key", null);
        var calls = List.<ThrowingCallable>of(
                () -> view.get(null),
                () -> view.get(null, () -> "value"),
                () -> view.get("key", null),
                () -> view.getUnchecked(null),
                () -> view.getAll(null),
                () -> view.getIfPresent(null),
                () -> view.getAllPresent(Arrays.asList("key", null)),
                () -> view.put(null, "value"),
                () -> view.put("key", null),
                () -> view.putAll(withNull),
                () -> view.invalidate(null),
                () -> view.invalidateAll(Arrays.asList("key", null)),
                () -> view.refresh(null),
                () -> Skein.asLoadingCache(null));

        assertThat(calls).allSatisfy(call -> assertThatThrownBy(call).isExactlyInstanceOf(NullPointerException.class));
        assertThatThrownBy(() -> view.get(null)).hasMessage("key");
        assertThatThrownBy(() -> view.get("key", null)).hasMessage("loader");
        assertThatThrownBy(() -> view.refresh(null)).hasMessage("key");
        assertThatThrownBy(() -> view.getAll(null)).hasMessage("keys");
        assertThatThrownBy(() -> view.getAllPresent(null)).hasMessage("keys");
        assertThatThrownBy(() -> view.invalidateAll(null)).hasMessage("keys");
        assertThatThrownBy(() -> view.putAll(null)).hasMessage("values");
        assertThatThrownBy(() -> Skein.asLoadingCache(null)).hasMessage("cache");
        assertThat(loads).hasValue(0);
        assertThat(view.asMap()).isEmpty();
    }

    // Writing

    @Test
    void aLiveView_ofTheCacheAndOfOtherViews() throws Exception {
        var cache = cache(this::numbered);
        var view = Skein.asLoadingCache(cache);
        var other = Skein.asLoadingCache(cache);

        cache.put("a", "1");
        view.put("b", "2");
        other.putAll(Map.of("c", "3"));

        assertThat(view.get("a")).isEqualTo("1");
        assertThat(cache.get("b")).isEqualTo("2");
        assertThat(view.asMap()).isSameAs(cache.asMap()).containsOnlyKeys("a", "b", "c");
        assertThat(view.size()).isEqualTo(3);
        assertThat(view).hasToString(cache.toString());
        view.cleanUp();
        assertThat(other.size()).isEqualTo(3);
    }

    @Test
    void invalidation_ofOne_ofSome_ofAll() {
        var invalidated = new ConcurrentLinkedQueue<Object>();
        var view = Skein.asLoadingCache(builder()
                .types(String.class, String.class)
                .listener(new CacheListener() {
                    @Override
                    public void onInvalidate(String cache, Object key) {
                        invalidated.add(key);
                    }

                    @Override
                    public void onInvalidateAll(String cache) {
                        invalidated.add("all");
                    }
                })
                .build());
        view.putAll(Map.of("a", "1", "b", "2", "c", "3", "d", "4", "e", "5"));

        view.invalidate("a");
        assertThat(view.asMap()).containsOnlyKeys("b", "c", "d", "e");
        view.invalidateAll(List.of("b", NO_KEY, "c"));
        assertThat(view.asMap()).containsOnlyKeys("d", "e");
        view.invalidateAll();
        assertThat(view.asMap()).isEmpty();

        assertThat(invalidated).containsExactly("a", "b", "c", "all");
    }

    @Test
    void invalidateAll_withNull_removesNothing() {
        var view = view(this::numbered);
        view.put("key", "value");

        assertThatThrownBy(() -> view.invalidateAll(Arrays.asList("key", null)))
                .isInstanceOf(NullPointerException.class);

        assertThat(view.getIfPresent("key")).isEqualTo("value");
    }

    private enum Fence {
        INVALIDATE {
            @Override
            void raise(LoadingCache<String, String> view) {
                view.invalidate("key");
            }
        },
        INVALIDATE_SOME {
            @Override
            void raise(LoadingCache<String, String> view) {
                view.invalidateAll(List.of("other", "key"));
            }
        },
        INVALIDATE_ALL {
            @Override
            void raise(LoadingCache<String, String> view) {
                view.invalidateAll();
            }
        },
        MAP_REMOVE {
            @Override
            void raise(LoadingCache<String, String> view) {
                view.asMap().remove("key");
            }
        };

        abstract void raise(LoadingCache<String, String> view);
    }

    /** What Guava's own cache gets wrong. */
    @ParameterizedTest
    @EnumSource
    void C2_anInvalidationDuringALoad_isNotLost(Fence fence) throws Exception {
        var gate = new Gate<String>("old");
        var cache = cache(key -> loads.incrementAndGet() == 1 ? gate.load(key) : "new");
        var view = Skein.asLoadingCache(cache);
        var before = Callers.onThread(() -> view.get("key"));
        gate.awaitEntered();

        fence.raise(view);

        assertThat(view.get("key")).as("a caller that comes later").isEqualTo("new");
        gate.open();
        assertThat(before.get()).as("a caller that was there").isEqualTo("old");
        assertThat(view.get("key")).isEqualTo("new");
        assertThat(loads).hasValue(2);
    }

    @Test
    void C2_aPutDuringALoad_isNotOverwritten() throws Exception {
        var gate = new Gate<String>("loaded");
        var view = view(gate);
        var before = Callers.onThread(() -> view.get("key", () -> gate.load("key")));
        gate.awaitEntered();

        view.put("key", "put");

        gate.open();
        assertThat(before.get()).isEqualTo("loaded");
        assertThat(view.get("key")).isEqualTo("put");
    }

    // Refreshing

    @Test
    void refresh_returnsAtOnce_andTheOldValueIsServedMeanwhile() throws Exception {
        var gate = new Gate<String>("new");
        var cache = cache(gate);
        var view = Skein.asLoadingCache(cache);
        view.put("key", "old");

        view.refresh("key");
        gate.awaitEntered();
        assertThat(view.get("key")).isEqualTo("old");
        view.refresh("key");
        gate.open();
        Callers.awaitTrue(() -> view.get("key").equals("new"));

        Callers.awaitTrue(() -> cache.flights().isEmpty());
        assertThat(gate.runs()).as("the second refresh joins the first").isEqualTo(1);
        assertThat(view.stats().loadSuccessCount()).isEqualTo(1);
    }

    @Test
    void refresh_loadsWhatIsNotThere() {
        var view = view(this::numbered);

        view.refresh("key");

        Callers.awaitTrue(() -> "key1".equals(view.getIfPresent("key")));
    }

    @Test
    void refresh_thatFails_isLoggedAndNotThrown_andTheOldValueStays() throws Exception {
        var failure = new IOException("down");
        var view = view(key -> {
            throw failure;
        });
        view.put("bad\nkey", "old");

        try (var log = new Log(Skein.class)) {
            view.refresh("bad\nkey");

            Callers.awaitTrue(() -> !log.records().isEmpty());
            assertThat(log.records()).singleElement().satisfies(entry -> {
                assertThat(entry.getLevel()).isEqualTo(Level.WARNING);
                assertThat(entry.getMessage())
                        .isEqualTo("refreshing key 'bad\\u000akey' of group 'view' failed; what is stored stays");
                assertThat(entry.getThrown()).isSameAs(failure);
            });
        }
        assertThat(view.get("bad\nkey")).isEqualTo("old");
        assertThat(view.stats().loadExceptionCount()).isEqualTo(1);
    }

    /** The loader is called on this thread. */
    @Test
    void refresh_ofAnAsynchronousLoaderThatThrows_throwsNothing() {
        var view = Skein.asLoadingCache(builder()
                .asyncLoader(key -> {
                    throw new IOException("down");
                })
                .build());

        try (var log = new Log(Skein.class)) {
            view.refresh("key");

            assertThat(log.records())
                    .singleElement()
                    .satisfies(entry -> assertThat(entry.getThrown()).isInstanceOf(IOException.class));
        }
    }

    @Test
    void refresh_thatSucceeds_isNotLogged() {
        try (var log = new Log(Skein.class)) {
            var view = Skein.asLoadingCache(builder()
                    .asyncLoader(key -> CompletableFuture.completedFuture("value"))
                    .build());

            view.refresh("key");

            assertThat(view.getIfPresent("key")).isEqualTo("value");
            assertThat(log.records()).isEmpty();
        }
    }

    @Test
    void refresh_withoutALoader_fails() {
        var view = Skein.asLoadingCache(builder().build());

        assertThatThrownBy(() -> view.refresh("key"))
                .isExactlyInstanceOf(IllegalStateException.class)
                .hasMessageContaining("cache 'view' has no loader");
    }

    // Statistics

    @Test
    void stats_areThoseOfTheCache() throws Exception {
        var failing = new AtomicReference<Exception>();
        var cache = CoalescingCache.<String, String>builder("view")
                .ticker(clock::read)
                .executor(Runnable::run)
                .ttl(Duration.ofSeconds(10))
                .negativeTtl(LONG)
                .staleIfError(LONG)
                .maximumSize(100)
                .loader(key -> {
                    clock.advance(Duration.ofMillis(250));
                    if (failing.get() != null) {
                        throw failing.get();
                    }
                    return key.equals("nothing") ? null : key;
                })
                .build();
        var view = Skein.asLoadingCache(cache);
        assertThat(view.stats()).isEqualTo(new CacheStats(0, 0, 0, 0, 0, 0));
        var before = view.stats();

        view.get("key"); // a miss, and a load
        view.get("key"); // a hit
        view.getUnchecked("key"); // a hit
        view.getIfPresent("other"); // a miss
        assertThatThrownBy(() -> view.get("nothing")).isInstanceOf(InvalidCacheLoadException.class); // a miss, a load
        assertThatThrownBy(() -> view.get("nothing")).isInstanceOf(InvalidCacheLoadException.class); // a hit
        view.getAll(List.of("key", "third")); // a hit; a miss, and a load
        failing.set(new IOException("down"));
        assertThatThrownBy(() -> view.get("cold")).isInstanceOf(ExecutionException.class); // a miss, a failure
        clock.advance(Duration.ofSeconds(10));
        view.get("key"); // a stale hit, and a failure

        var stats = view.stats().minus(before);
        assertThat(stats)
                .isEqualTo(new CacheStats(5, 5, 3, 2, Duration.ofMillis(5 * 250).toNanos(), 0));
        assertThat(stats.hitRate()).isEqualTo(cache.stats().hitRatio()).isEqualTo(0.5);
        assertThat(stats.loadCount()).isEqualTo(cache.stats().loads());
    }

    @Test
    void stats_countEvictions() {
        var cache = builder().maximumSize(1).build();
        var view = Skein.asLoadingCache(cache);

        for (int i = 0; i < 10; i++) {
            view.put("key" + i, "value");
        }

        Callers.awaitTrue(() -> view.stats().evictionCount() == 9);
        assertThat(view.size()).isEqualTo(1);
    }
}
