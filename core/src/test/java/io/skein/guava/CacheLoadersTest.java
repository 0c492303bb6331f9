package io.skein.guava;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.cache.CacheLoader;
import com.google.common.cache.CacheLoader.InvalidCacheLoadException;
import com.google.common.cache.CacheLoader.UnsupportedLoadingOperationException;
import com.google.common.testing.FakeTicker;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.UncheckedExecutionException;
import io.skein.BulkLoader;
import io.skein.CallerInterruptedException;
import io.skein.Callers;
import io.skein.Group;
import io.skein.cache.CoalescingCache;
import io.skein.cache.LoadContext;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Guava's {@code CacheLoader} as Skein's loaders. */
class CacheLoadersTest {
    private final FakeTicker clock = new FakeTicker();

    /** Writes down what it is asked, and answers as it is told. */
    private static final class Source extends CacheLoader<Object, String> {
        final List<String> asked = new CopyOnWriteArrayList<>();
        volatile String value = "value";
        volatile Throwable failure;
        volatile ListenableFuture<String> reloaded;
        volatile Map<Object, String> all;

        @Override
        public String load(Object key) throws Exception {
            asked.add("load " + key);
            return answer(value);
        }

        @Override
        public ListenableFuture<String> reload(Object key, String old) throws Exception {
            asked.add("reload " + key + ", was " + old);
            return answer(reloaded);
        }

        @Override
        public Map<Object, String> loadAll(Iterable<?> keys) throws Exception {
            asked.add("loadAll " + keys);
            return answer(all);
        }

        private <T> T answer(T with) throws Exception {
            if (failure instanceof Error error) {
                throw error;
            }
            if (failure != null) {
                throw (Exception) failure;
            }
            return with;
        }
    }

    private final Source source = new Source();

    static Stream<Throwable> failures() {
        return Stream.of(new IOException("down"), new IllegalStateException("broken"), new AssertionError("wrong"));
    }

    // One key

    @Test
    void loader_loads() {
        var group = Group.<String, String>create("loader");

        assertThat(group.load("key", Skein.loader(source))).isEqualTo("value");
        assertThat(source.asked).containsExactly("load key");
    }

    @ParameterizedTest
    @MethodSource("failures")
    void loader_failsAsTheLoaderDoes(Throwable failure) {
        source.failure = failure;

        assertThatThrownBy(() -> Skein.<String, String>loader(source).load("key"))
                .isSameAs(failure);
    }

    @Test
    void loader_thatReturnsNull_isAFailureThatNamesTheLoaderAndTheKey() {
        source.value = null;

        assertThatThrownBy(() -> Skein.<String, String>loader(source).load("bad\nkey"))
                .isInstanceOf(InvalidCacheLoadException.class)
                .hasMessage(Source.class.getName() + " returned null from load, for key 'bad\\u000akey'");
    }

    @Test
    void loader_thatReturnsNull_leavesNothingInTheCache_evenWhereAbsencesAreRemembered() {
        var cache = CoalescingCache.<String, String>builder("loader")
                .negativeTtl(Duration.ofHours(1))
                .loader(Skein.loader(source))
                .build();
        source.value = null;

        assertThatThrownBy(() -> cache.get("key")).isInstanceOf(InvalidCacheLoadException.class);

        assertThat(cache.entry("key")).isEmpty();
    }

    // With what is there

    private record Context(String old) implements LoadContext<Object, String> {
        @Override
        public Object key() {
            return "key";
        }

        @Override
        public Optional<String> etag() {
            return Optional.empty();
        }

        @Override
        public Optional<Instant> deadline() {
            return Optional.empty();
        }

        @Override
        public boolean isCancelled() {
            return false;
        }

        @Override
        public Optional<String> previous() {
            return Optional.ofNullable(old);
        }
    }

    private String reloadDirectly() throws Exception {
        return Skein.contextLoader(source).load("key", new Context("old")).value();
    }

    @Test
    void contextLoader_loadsWhatIsNotThere_andReloadsWhatIs() throws Exception {
        source.reloaded = Futures.immediateFuture("new");
        var cache = CoalescingCache.<Object, String>builder("context")
                .ticker(clock::read)
                .ttl(Duration.ofSeconds(10))
                .contextLoader(Skein.contextLoader(source))
                .build();

        assertThat(cache.get("key")).isEqualTo("value");
        assertThat(cache.refresh("key").get(30, TimeUnit.SECONDS)).isEqualTo("new");
        assertThat(cache.get("key")).isEqualTo("new");
        clock.advance(Duration.ofSeconds(10));
        assertThat(cache.get("key")).as("what has expired is not there").isEqualTo("value");
        cache.invalidate("key");
        assertThat(cache.get("key")).isEqualTo("value");

        assertThat(source.asked).containsExactly("load key", "reload key, was value", "load key", "load key");
    }

    @Test
    void contextLoader_waitsForTheFuture() {
        var answer = new Answer<String>();
        source.reloaded = answer;
        var call = Callers.onThread(this::reloadDirectly);
        Callers.awaitParked(call.thread());

        answer.set("new");

        assertThat(call.get()).isEqualTo("new");
    }

    @Test
    void contextLoader_theDefaultReload_loads() throws Exception {
        var loader = CacheLoader.<Object, String>from(key -> "loaded " + key);

        var loaded = Skein.contextLoader(loader).load("key", new Context("old"));

        assertThat(loaded.value()).isEqualTo("loaded key");
    }

    @ParameterizedTest
    @MethodSource("failures")
    void contextLoader_failsAsLoad_asReload_andAsTheFutureDo(Throwable failure) {
        source.failure = failure;
        assertThatThrownBy(() -> Skein.contextLoader(source).load("key", new Context(null)))
                .isSameAs(failure);
        assertThatThrownBy(this::reloadDirectly).isSameAs(failure);

        source.failure = null;
        source.reloaded = Futures.immediateFailedFuture(failure);

        assertThatThrownBy(this::reloadDirectly).isSameAs(failure);
    }

    @Test
    void contextLoader_theCancellationOfTheFuture_isAFailure() {
        source.reloaded = Futures.immediateCancelledFuture();

        assertThatThrownBy(this::reloadDirectly).isInstanceOf(CancellationException.class);
    }

    @Test
    void contextLoader_nullIsAFailureThatSaysWhatWasNull() {
        source.value = null;
        assertThatThrownBy(() -> Skein.contextLoader(source).load("key", new Context(null)))
                .isInstanceOf(InvalidCacheLoadException.class)
                .hasMessage(Source.class.getName() + " returned null from load, for key 'key'");

        source.reloaded = null;
        assertThatThrownBy(this::reloadDirectly)
                .isInstanceOf(InvalidCacheLoadException.class)
                .hasMessage(Source.class.getName() + " returned null instead of a future from reload, for key 'key'");

        source.reloaded = Futures.immediateFuture(null);
        assertThatThrownBy(this::reloadDirectly)
                .isInstanceOf(InvalidCacheLoadException.class)
                .hasMessage(Source.class.getName() + " returned a future of null from reload, for key 'key'");
    }

    @Test
    void contextLoader_anInterrupt_cancelsTheFuture_andIsRethrown() {
        var answer = new Answer<String>();
        source.reloaded = answer;
        var call = Callers.onThread(this::reloadDirectly);
        Callers.awaitParked(call.thread());

        call.giveUp();

        assertThat(call.failure()).isInstanceOf(InterruptedException.class);
        assertThat(answer.isCancelledWithInterrupt()).isTrue();
    }

    @Test
    void contextLoader_G8_theLastCallerThatLeaves_cancelsTheFuture() {
        var answer = new Answer<String>();
        source.reloaded = answer;
        var cache = CoalescingCache.<Object, String>builder("context")
                .ticker(clock::read)
                .ttl(Duration.ofSeconds(10))
                .staleIfError(Duration.ofHours(1))
                .contextLoader(Skein.contextLoader(source))
                .build();
        cache.put("key", "old");
        clock.advance(Duration.ofSeconds(10));
        var first = cache.getAsync("key");
        var second = cache.getAsync("key");
        Callers.awaitTrue(() -> source.asked.contains("reload key, was old"));

        first.cancel(true);
        assertThat(answer.isDone()).as("there is another caller").isFalse();
        second.cancel(true);

        Callers.awaitTrue(answer::isCancelledWithInterrupt);
    }

    /** Else a thread that nobody interrupted would seem to have been, and leave its flight to others. */
    @Test
    void contextLoader_theInterruptOfAnotherThread_isNotTakenForOneOfTheLoadingThread() {
        var interrupt = new InterruptedException("the pool was shut down");
        source.reloaded = Futures.immediateFailedFuture(interrupt);
        var cache = CoalescingCache.<Object, String>builder("context")
                .ticker(clock::read)
                .contextLoader(Skein.contextLoader(source))
                .build();
        cache.put("key", "old");

        assertThatThrownBy(() -> cache.getFresh("key"))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isSameAs(interrupt);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    /** The opposite: an interrupt of this thread is one. */
    @Test
    void contextLoader_theInterruptOfTheLoadingThread_isItsCallers() {
        var answer = new Answer<String>();
        source.reloaded = answer;
        var cache = CoalescingCache.<Object, String>builder("context")
                .contextLoader(Skein.contextLoader(source))
                .build();
        cache.put("key", "old");
        var call = Callers.onThread(() -> cache.getFresh("key"));
        Callers.awaitTrue(() -> source.asked.contains("reload key, was old"));

        call.giveUp();

        assertThat(call.failure())
                .isInstanceOf(CallerInterruptedException.class)
                .hasCauseInstanceOf(InterruptedException.class);
        assertThat(answer.isCancelledWithInterrupt()).isTrue();
    }

    // Many keys

    private static Map<Object, String> map(Object key, String value) {
        var map = new LinkedHashMap<Object, String>();
        map.put("good", "value");
        map.put(key, value);
        return map;
    }

    private Map<String, ? extends String> loadAllDirectly() throws Exception {
        BulkLoader<String, String> loader = Skein.bulkLoader(source);
        return loader.loadAll(new LinkedHashSet<>(List.of("b", "a")));
    }

    @Test
    void bulkLoader_loadsAll_withOneCall() {
        var cache = CoalescingCache.<String, String>builder("bulk")
                .bulkLoader(Skein.bulkLoader(source))
                .build();
        source.all = Map.of("a", "1", "b", "2", "extra", "3");

        assertThat(cache.getAll(List.of("b", "a", "missing")))
                .containsExactly(Map.entry("b", "2"), Map.entry("a", "1"));

        assertThat(cache.getIfPresent("extra")).isEqualTo("3");
        assertThat(source.asked).containsExactly("loadAll [b, a, missing]");
    }

    @ParameterizedTest
    @MethodSource("failures")
    void bulkLoader_failsAsTheLoaderDoes(Throwable failure) {
        source.failure = failure;

        assertThatThrownBy(this::loadAllDirectly).isSameAs(failure);
    }

    @Test
    void bulkLoader_notImplemented_failsAsItIs() {
        var loader = CacheLoader.<String, String>from(key -> "value");

        assertThatThrownBy(() -> Skein.bulkLoader(loader).loadAll(Set.of("key")))
                .isInstanceOf(UnsupportedLoadingOperationException.class);
    }

    @Test
    void bulkLoader_nullIsAFailureThatSaysWhatWasNull() {
        source.all = null;
        assertThatThrownBy(this::loadAllDirectly)
                .isInstanceOf(InvalidCacheLoadException.class)
                .hasMessage(Source.class.getName() + " returned null from loadAll");

        source.all = map(null, "value");
        assertThatThrownBy(this::loadAllDirectly)
                .isInstanceOf(InvalidCacheLoadException.class)
                .hasMessage(Source.class.getName() + " returned a null key from loadAll");

        source.all = map("bad\nkey", null);
        assertThatThrownBy(this::loadAllDirectly)
                .isInstanceOf(InvalidCacheLoadException.class)
                .hasMessage(Source.class.getName() + " returned null from loadAll, for key 'bad\\u000akey'");
    }

    // All of them

    @Test
    void noLoader_failsAtOnce() {
        var calls = List.<ThrowingCallable>of(
                () -> Skein.loader(null), () -> Skein.contextLoader(null), () -> Skein.bulkLoader(null));

        assertThat(calls)
                .allSatisfy(call -> assertThatThrownBy(call)
                        .isInstanceOf(NullPointerException.class)
                        .hasMessage("loader"));
    }

    @Test
    void behindALoadingCache_aCacheLoaderFails_asItDidInGuava() {
        var view = Skein.asLoadingCache(CoalescingCache.<String, String>builder("there and back")
                .loader(Skein.loader(source))
                .build());

        source.value = null;
        assertThatThrownBy(() -> view.get("key"))
                .isInstanceOf(InvalidCacheLoadException.class)
                .hasMessageStartingWith(Source.class.getName() + " returned null");
        source.failure = new IOException("down");
        assertThatThrownBy(() -> view.get("key"))
                .isExactlyInstanceOf(ExecutionException.class)
                .cause()
                .isSameAs(source.failure);
        source.failure = new IllegalStateException("broken");
        assertThatThrownBy(() -> view.get("key"))
                .isExactlyInstanceOf(UncheckedExecutionException.class)
                .cause()
                .isSameAs(source.failure);
    }
}
