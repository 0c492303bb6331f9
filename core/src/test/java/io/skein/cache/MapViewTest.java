package io.skein.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.testing.ConcurrentMapTestSuiteBuilder;
import com.google.common.collect.testing.TestStringMapGenerator;
import com.google.common.collect.testing.features.CollectionFeature;
import com.google.common.collect.testing.features.CollectionSize;
import com.google.common.collect.testing.features.MapFeature;
import io.skein.Gate;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import junit.framework.TestCase;
import junit.framework.TestSuite;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** C12: the cache as a map. */
class MapViewTest {
    private static final Duration LONG = Duration.ofHours(1);

    // As a map, by Guava's tests

    @TestFactory
    Stream<DynamicNode> C12_unbounded_isAConcurrentMap() {
        return guavasTests(() -> CoalescingCache.<String, String>builder("plain")
                .loader(MapViewTest::unwanted)
                .build());
    }

    @TestFactory
    Stream<DynamicNode> C12_boundedWithATtlAndStaleValues_isAConcurrentMap() {
        return guavasTests(() -> CoalescingCache.<String, String>builder("bounded")
                .maximumSize(1_000)
                .ttl(LONG)
                .staleIfError(LONG)
                .negativeTtl(LONG)
                .loader(MapViewTest::unwanted)
                .build());
    }

    @TestFactory
    Stream<DynamicNode> C12_weighedAndTyped_isAConcurrentMap() {
        return guavasTests(() -> CoalescingCache.<String, String>builder("weighed")
                .maximumWeight(100_000)
                .weigher((key, value) -> value.length())
                .types(String.class, String.class)
                .loader(MapViewTest::unwanted)
                .build());
    }

    @TestFactory
    @SuppressWarnings("StringOperationCanBeSimplified") // a copy is what is wanted
    Stream<DynamicNode> C12_C13_withACopier_isAConcurrentMap() {
        return guavasTests(() -> CoalescingCache.<String, String>builder("copies")
                .copier(value -> new String(value))
                .loader(MapViewTest::unwanted)
                .build());
    }

    @TestFactory
    Stream<DynamicNode> C12_afterABulkCallAndClears_isAConcurrentMap() {
        return guavasTests(() -> {
            var cache = CoalescingCache.<String, String>builder("used")
                    .ttl(LONG)
                    .bulkLoader(keys -> Map.of("asked for", "by nobody", "extra", "value"))
                    .build();
            cache.put("one", Loaded.of("dead").tags("tag"));
            cache.invalidateTag("tag");
            cache.getAll(List.of("asked for"));
            cache.invalidateAll();
            cache.put("one", Loaded.of("dead again").tags("tag")); // stays in the store until it is read or swept
            cache.invalidateTag("tag");
            return cache;
        });
    }

    private static String unwanted(String key) {
        throw new AssertionError("the map loads " + key);
    }

    private static Stream<DynamicNode> guavasTests(Supplier<CoalescingCache<String, String>> caches) {
        var generator = new TestStringMapGenerator() {
            @Override
            protected Map<String, String> create(Map.Entry<String, String>[] entries) {
                var map = caches.get().asMap();
                for (var entry : entries) {
                    map.put(entry.getKey(), entry.getValue());
                }
                return map;
            }
        };
        // What a ConcurrentHashMap claims, but to be serializable. Queries for null may fail, as they do there.
        var suite = ConcurrentMapTestSuiteBuilder.using(generator)
                .named("asMap")
                .withFeatures(
                        MapFeature.GENERAL_PURPOSE, CollectionFeature.SUPPORTS_ITERATOR_REMOVE, CollectionSize.ANY)
                .createTestSuite();
        return nodes(suite);
    }

    private static Stream<DynamicNode> nodes(TestSuite suite) {
        return Collections.list(suite.tests()).stream().map(test -> {
            if (test instanceof TestSuite inner) {
                return DynamicContainer.dynamicContainer(inner.getName(), nodes(inner));
            }
            var one = (TestCase) test;
            return DynamicTest.dynamicTest(one.toString(), one::runBare);
        });
    }

    // As a way to write

    /** @param before what is stored when the load is in flight and the write is made; null for nothing */
    private record Write(String before, Consumer<ConcurrentMap<String, String>> write, String after) {

        static Named<Write> named(
                String name, String before, Consumer<ConcurrentMap<String, String>> write, String after) {
            return Named.of(name + (before == null ? ", nothing there" : ""), new Write(before, write, after));
        }
    }

    static Stream<Named<Write>> writes() {
        return Stream.of(
                Write.named("put", "old", map -> map.put("key", "new"), "new"),
                Write.named("put", null, map -> map.put("key", "new"), "new"),
                Write.named("putAll", "old", map -> map.putAll(Map.of("key", "new")), "new"),
                Write.named("putIfAbsent", null, map -> map.putIfAbsent("key", "new"), "new"),
                Write.named("remove", "old", map -> map.remove("key"), null),
                Write.named("remove", null, map -> map.remove("key"), null),
                Write.named("remove if", "old", map -> map.remove("key", "old"), null),
                Write.named("replace", "old", map -> map.replace("key", "new"), "new"),
                Write.named("replace if", "old", map -> map.replace("key", "old", "new"), "new"),
                Write.named("replace if, by the same", "old", map -> map.replace("key", "old", "old"), "old"),
                Write.named("replaceAll", "old", map -> map.replaceAll((key, value) -> "new"), "new"),
                Write.named("compute", "old", map -> map.compute("key", (key, value) -> value + "er"), "older"),
                Write.named("compute", null, map -> map.compute("key", (key, value) -> "new"), "new"),
                Write.named("compute nothing", "old", map -> map.compute("key", (key, value) -> null), null),
                Write.named("computeIfAbsent", null, map -> map.computeIfAbsent("key", key -> "new"), "new"),
                Write.named("computeIfPresent", "old", map -> map.computeIfPresent("key", (key, v) -> "new"), "new"),
                Write.named("merge", "old", map -> map.merge("key", "est", String::concat), "oldest"),
                Write.named("merge", null, map -> map.merge("key", "new", String::concat), "new"),
                Write.named("merge to nothing", "old", map -> map.merge("key", "new", (a, b) -> null), null),
                Write.named(
                        "entry.setValue",
                        "old",
                        map -> map.entrySet().iterator().next().setValue("new"),
                        "new"),
                Write.named("entries.iterator.remove", "old", map -> removeFirst(map.entrySet()), null),
                Write.named("keys.iterator.remove", "old", map -> removeFirst(map.keySet()), null),
                Write.named("values.iterator.remove", "old", map -> removeFirst(map.values()), null),
                Write.named("entries.remove", "old", map -> map.entrySet().remove(Map.entry("key", "old")), null),
                Write.named("keys.remove", "old", map -> map.keySet().remove("key"), null),
                Write.named("values.remove", "old", map -> map.values().remove("old"), null),
                Write.named("values.removeIf", "old", map -> map.values().removeIf("old"::equals), null),
                Write.named("keys.retainAll", "old", map -> map.keySet().retainAll(List.of()), null),
                Write.named("clear", "old", map -> map.clear(), null),
                Write.named("clear", null, map -> map.clear(), null),
                Write.named("entries.clear", null, map -> map.entrySet().clear(), null),
                Write.named("keys.clear", null, map -> map.keySet().clear(), null),
                Write.named("values.clear", null, map -> map.values().clear(), null));
    }

    private static void removeFirst(Iterable<?> all) {
        var iterator = all.iterator();
        iterator.next();
        iterator.remove();
    }

    @ParameterizedTest
    @MethodSource("writes")
    void C12_aWrite_keepsTheLoadInFlightFromBeingStored(Write write) {
        var gate = new Gate<String>("loaded");
        var cache =
                CoalescingCache.<String, String>builder("fence").loader(gate).build();
        var load = takeOff(cache, gate, write.before);

        write.write.accept(cache.asMap());

        assertThat(cache.flights()).as("nobody can join it").isEmpty();
        assertThat(cache.asMap().get("key")).isEqualTo(write.after);
        gate.open();
        assertThat(outcome(load)).as("its caller gets its value").isEqualTo("loaded");
        assertThat(cache.asMap()).isEqualTo(write.after == null ? Map.of() : Map.of("key", write.after));
        assertThat(gate.runs()).isEqualTo(1);
    }

    static Stream<Named<Consumer<ConcurrentMap<String, String>>>> vainWrites() {
        return Stream.of(
                Named.of("putIfAbsent", map -> map.putIfAbsent("key", "new")),
                Named.of("remove if", map -> map.remove("key", "other")),
                Named.of("replace if", map -> map.replace("key", "other", "new")),
                Named.of("replace", map -> map.replace("other", "new")),
                Named.of("computeIfAbsent", map -> map.computeIfAbsent("key", key -> "new")),
                Named.of("computeIfPresent", map -> map.computeIfPresent("other", (key, value) -> "new")),
                Named.of("values.remove", map -> map.values().remove("other")));
    }

    @ParameterizedTest
    @MethodSource("vainWrites")
    void C12_aWriteThatChangesNothing_leavesTheLoadAlone(Consumer<ConcurrentMap<String, String>> write) {
        var gate = new Gate<String>("loaded");
        var cache =
                CoalescingCache.<String, String>builder("fence").loader(gate).build();
        var load = takeOff(cache, gate, "old");

        write.accept(cache.asMap());

        assertThat(cache.asMap()).isEqualTo(Map.of("key", "old"));
        gate.open();
        assertThat(outcome(load)).isEqualTo("loaded");
        assertThat(cache.asMap()).isEqualTo(Map.of("key", "loaded"));
    }

    @Test
    void C12_aWriteToOneKey_leavesTheLoadsOfOthersAlone() {
        var gate = new Gate<String>("loaded");
        var cache =
                CoalescingCache.<String, String>builder("fence").loader(gate).build();
        var load = takeOff(cache, gate, null);

        cache.asMap().put("other", "new");
        cache.asMap().remove("other");

        gate.open();
        outcome(load);
        assertThat(cache.asMap()).isEqualTo(Map.of("key", "loaded"));
    }

    private static CompletableFuture<String> takeOff(
            CoalescingCache<String, String> cache, Gate<String> gate, String before) {
        if (before != null) {
            cache.put("key", before);
        }
        var load = before == null ? cache.getAsync("key") : cache.refresh("key");
        gate.awaitEntered();
        return load;
    }

    private static String outcome(CompletableFuture<String> load) {
        return load.orTimeout(30, TimeUnit.SECONDS).join();
    }

    // What is in it

    @Test
    void C12_staleValues_areNotInTheMap_andComeBackOnlyByALoad() {
        var clock = new Clockwork();
        var source = new Versions();
        var cache = CoalescingCache.<String, Integer>builder("stale")
                .ticker(clock)
                .ttl(Duration.ofSeconds(10))
                .staleIfError(LONG)
                .loader(source)
                .build();
        cache.get("key");

        clock.passSeconds(10);

        assertThat(cache.entry("key").orElseThrow().state()).isEqualTo(EntryState.STALE);
        assertHasNothing(cache.asMap(), 1);
        assertThat(cache.asMap().remove("key", 1)).isFalse();
        assertThat(cache.asMap().replace("key", 2)).isNull();
        assertThat(cache.entry("key")).as("left alone").isPresent();
        cache.get("key");
        assertThat(cache.asMap()).containsExactly(Map.entry("key", 2));
    }

    @Test
    void C12_aStaleValue_isReplacedAndRemoved_asIfItWereNotThere() {
        var clock = new Clockwork();
        var source = new Versions();
        var cache = CoalescingCache.<String, Integer>builder("stale")
                .ticker(clock)
                .ttl(Duration.ofSeconds(10))
                .staleIfError(LONG)
                .loader(source)
                .build();
        for (var key : List.of("a", "b", "c", "d")) {
            cache.get(key);
        }
        clock.passSeconds(10);

        assertThat(cache.asMap().put("a", 100)).isNull();
        assertThat(cache.asMap().putIfAbsent("b", 100)).isNull();
        assertThat(cache.asMap().merge("c", 100, Integer::sum)).isEqualTo(100);
        assertThat(cache.asMap().remove("d")).isNull();

        assertThat(cache.asMap()).isEqualTo(Map.of("a", 100, "b", 100, "c", 100));
        assertThat(cache.entry("d")).isEmpty();
    }

    @Test
    void C12_rememberedAbsencesAndFailures_areNotInTheMap() {
        var source = new Versions();
        var cache = CoalescingCache.<String, Integer>builder("negative")
                .negativeTtl(LONG)
                .errorTtl(e -> true, LONG)
                .loader(source)
                .build();
        source.empty(true);
        cache.get("absent");
        source.fail(new IOException("down"));
        assertThatThrownBy(() -> cache.get("failed")).isInstanceOf(IOException.class);

        assertThat(cache.entry("absent").orElseThrow().state()).isEqualTo(EntryState.NEGATIVE);
        assertThat(cache.entry("failed").orElseThrow().state()).isEqualTo(EntryState.FAILED);
        var map = cache.asMap();
        assertThat(map).isEmpty();
        assertThat(map.keySet()).isEmpty();
        assertThat(map.size()).isZero();
        assertThat(map.get("absent")).isNull();
        assertThat(map.get("failed")).isNull();
        assertThat(map.containsKey("absent")).isFalse();
        assertThat(map.putIfAbsent("absent", 100)).isNull();
        assertThat(map.put("failed", 100)).isNull();
        assertThat(map).isEqualTo(Map.of("absent", 100, "failed", 100));
    }

    @Test
    void C12_invalidatedValues_areNotInTheMap() {
        var cache = CoalescingCache.<String, Integer>builder("dead").build();
        cache.put("key", Loaded.of(1).tags("tag"));
        cache.put("other", 2);

        cache.invalidateTag("tag");

        assertThat(cache.asMap()).isEqualTo(Map.of("other", 2));
        cache.put("key", Loaded.of(1).tags("tag"));
        cache.invalidateTag("tag");
        assertThat(cache.asMap().putIfAbsent("key", 3)).isNull();
        assertThat(cache.asMap()).isEqualTo(Map.of("other", 2, "key", 3));
        cache.invalidateAll();
        assertHasNothing(cache.asMap(), 3);
    }

    private static void assertHasNothing(ConcurrentMap<String, Integer> map, Integer value) {
        assertThat(map.get("key")).isNull();
        assertThat(map.containsKey("key")).isFalse();
        assertThat(map.containsValue(value)).isFalse();
        assertThat(map.size()).isZero();
        assertThat(map.isEmpty()).isTrue();
        assertThat(map.entrySet().iterator().hasNext()).isFalse();
        assertThat(map.keySet().iterator().hasNext()).isFalse();
        assertThat(map.values().iterator().hasNext()).isFalse();
        assertThat(map.entrySet().contains(Map.entry("key", value))).isFalse();
        assertThat(map.keySet().contains("key")).isFalse();
        assertThat(map).hasToString("{}");
    }

    @Test
    void C12_theMapLoadsNothing() {
        var source = new Versions();
        var cache = CoalescingCache.<String, Integer>builder("idle")
                .ttl(LONG)
                .refreshAhead(0.1)
                .executor(Runnable::run)
                .loader(source)
                .build();
        var map = cache.asMap();

        assertThat(map.get("key")).isNull();
        assertThat(map.getOrDefault("key", 7)).isEqualTo(7);
        assertHasNothing(map, 1);
        assertThat(map.remove("key")).isNull();
        assertThat(map.replace("key", 1)).isNull();
        assertThat(map.computeIfPresent("key", (key, value) -> 1)).isNull();
        assertThat(map.computeIfAbsent("key", key -> 1)).isEqualTo(1);
        assertThat(map.get("key")).isEqualTo(1);
        map.forEach((key, value) -> assertThat(value).isEqualTo(1));

        assertThat(source.loads()).isZero();
        assertThat(cache.flights()).isEmpty();
    }

    @Test
    void C12_aReadOfTheMap_startsNoRefresh() {
        var clock = new Clockwork();
        var source = new Versions();
        var cache = CoalescingCache.<String, Integer>builder("ahead")
                .ticker(clock)
                .ttl(Duration.ofSeconds(10))
                .refreshAhead(0.5)
                .staleWhileRevalidate(LONG)
                .executor(Runnable::run)
                .loader(source)
                .build();
        cache.asMap().put("key", 100);

        clock.passSeconds(6);
        assertThat(cache.asMap().get("key")).isEqualTo(100);
        clock.passSeconds(6);
        assertThat(cache.asMap().get("key")).isNull();

        assertThat(source.loads()).isZero();
        cache.get("key");
        assertThat(source.loads()).as("a read of the cache does").isEqualTo(1);
    }

    @Test
    void C12_whatIsPut_livesAsLongAsTheCacheSays() {
        var clock = new Clockwork();
        var cache = CoalescingCache.<String, Integer>builder("ttl")
                .ticker(clock)
                .ttl(Duration.ofSeconds(10))
                .build();
        cache.asMap().put("key", 1);
        clock.passSeconds(6);

        cache.asMap().replace("key", 1, 2);

        clock.passSeconds(6);
        assertThat(cache.asMap()).containsExactly(Map.entry("key", 2));
        clock.passSeconds(4);
        assertThat(cache.asMap()).isEmpty();
    }

    // C13

    @Test
    void C13_theMapTakesAndGivesCopies() {
        var cache = CoalescingCache.<String, List<Integer>>builder("copies")
                .copier(ArrayList::new)
                .build();
        var map = cache.asMap();
        var mine = new ArrayList<>(List.of(1));

        map.put("key", mine);
        mine.add(2);
        map.get("key").add(3);
        map.values().iterator().next().add(4);
        map.entrySet().iterator().next().getValue().add(5);
        map.putIfAbsent("key", List.of()).add(6);

        assertThat(map.get("key")).containsExactly(1);
        assertThat(map.replace("key", List.of(1), mine)).isTrue();
        mine.add(7);
        assertThat(map.get("key")).hasSize(2);
    }

    @Test
    @Timeout(20)
    void C13_aFunctionMayChangeTheCopyItIsGiven() {
        var cache = CoalescingCache.<String, List<Integer>>builder("copies")
                .copier(ArrayList::new)
                .build();
        var map = cache.asMap();
        map.put("key", List.of(1));
        map.put("other", List.of(1));

        map.compute("key", (key, value) -> with(value, 2));
        map.computeIfPresent("key", (key, value) -> with(value, 3));
        map.merge("key", List.of(4), (value, more) -> with(value, more.get(0)));
        map.replaceAll((key, value) -> with(value, 5));
        map.compute("other", (key, value) -> {
            value.clear();
            return null;
        });

        assertThat(map).isEqualTo(Map.of("key", List.of(1, 2, 3, 4, 5)));
    }

    private static List<Integer> with(List<Integer> value, int more) {
        value.add(more);
        return value;
    }
}
