package io.skein.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.AclCategory;
import io.lettuce.core.AclSetuserArgs;
import io.lettuce.core.RedisClient;
import io.lettuce.core.SetArgs;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.resource.DefaultClientResources;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.skein.Codec;
import io.skein.cache.CoalescingCache;
import io.skein.cache.CoalescingCacheBuilder;
import io.skein.cache.Loaded;
import io.skein.tier.TierEvents;
import io.skein.tier.TierException;
import io.skein.tier.TierRegion;
import io.skein.tier.TierValue;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Several tiers of one real server, as several JVMs have them. */
@Timeout(120)
class RedisTierTest {
    private static RedisServer server;
    private static RedisClient client;
    private static RedisCommands<String, String> redis;

    private final Deque<AutoCloseable> open = new ArrayDeque<>();

    record Product(long id, String name, List<String> tags) {}

    @BeforeAll
    static void start() {
        server = new RedisServer();
        client = RedisClient.create(server.uri());
        redis = client.connect().sync();
    }

    @AfterAll
    static void stop() {
        client.shutdown(0, 1, TimeUnit.SECONDS);
        server.close();
    }

    @BeforeEach
    void flush() {
        redis.flushall();
    }

    @AfterEach
    void close() throws Exception {
        for (var one : open) {
            one.close();
        }
    }

    private RedisTier tier(UnaryOperator<RedisTierBuilder> settings) {
        var tier = settings.apply(RedisTier.builder(server.uri()).commandTimeout(Duration.ofSeconds(5)))
                .failFast(true)
                .build();
        open.push(tier);
        return tier;
    }

    private RedisTier tier() {
        return tier(settings -> settings);
    }

    private CoalescingCache<String, String> cache(
            RedisTier tier, UnaryOperator<CoalescingCacheBuilder<String, String>> settings) {
        var cache = settings.apply(CoalescingCache.<String, String>builder("c")
                        .ttl(Duration.ofHours(1))
                        .sharedTier(tier.of("text", Codec.utf8())))
                .build();
        open.push(cache);
        return cache;
    }

    private CoalescingCache<String, String> cache() {
        return cache(tier(), settings -> settings);
    }

    private static String never(String key) {
        throw new AssertionError("loaded");
    }

    private static <T> T get(CompletableFuture<T> future) {
        return future.orTimeout(30, TimeUnit.SECONDS).join();
    }

    private static <T> CompletableFuture<T> elsewhere(java.util.function.Supplier<T> call) {
        return CompletableFuture.supplyAsync(call, task -> new Thread(task).start());
    }

    private static final class Gate {
        final CountDownLatch entered = new CountDownLatch(1);
        final CountDownLatch open = new CountDownLatch(1);
        final String value;

        Gate(String value) {
            this.value = value;
        }

        String load(String key) {
            entered.countDown();
            pass(open);
            return value;
        }

        void awaitEntered() {
            pass(entered);
        }

        private static void pass(CountDownLatch latch) {
            try {
                assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    @Test
    void whatOneHasLoaded_theOthersFind_andKeep() {
        var first = cache();
        var second = cache();
        assertThat(first.get("k", k -> "v")).isEqualTo("v");
        assertThat(second.get("k", RedisTierTest::never)).isEqualTo("v");
        redis.configResetstat();
        assertThat(second.get("k", RedisTierTest::never)).isEqualTo("v");
        assertThat(redis.info("commandstats")).doesNotContain("cmdstat_get:");
        assertThat(second.tierStats().orElseThrow().hits()).isEqualTo(1);
    }

    @Test
    void valuesAreJson_andKeysAreReadable() {
        var tier = tier();
        var products = CoalescingCache.<Long, Product>builder("products")
                .ttl(Duration.ofMinutes(1))
                .sharedTier(tier.of(Product.class))
                .build();
        open.push(products);
        var chair = new Product(42, "chair", List.of("wood"));
        products.get(42L, id -> chair);
        assertThat(redis.keys("*")).contains("skein:products:v1:{%L42}");
        assertThat(redis.get("skein:products:v1:{%L42}"))
                .contains("{\"id\":42,\"name\":\"chair\",\"tags\":[\"wood\"]}");
        assertThat(redis.pttl("skein:products:v1:{%L42}")).isBetween(50_000L, 60_000L);
        var others = CoalescingCache.<Long, Product>builder("products")
                .ttl(Duration.ofMinutes(1))
                .sharedTier(tier().of(Product.class))
                .build();
        open.push(others);
        assertThat(others.getIfPresent(42L)).isEqualTo(chair);
    }

    @RepeatedTest(20)
    void I5_manyTiers_oneLoad() {
        var runs = new AtomicInteger();
        var gate = new CountDownLatch(1);
        var calls = new ArrayList<CompletableFuture<String>>();
        for (int i = 0; i < 4; i++) {
            var cache = cache();
            for (int j = 0; j < 2; j++) {
                calls.add(elsewhere(() -> cache.get("k", k -> {
                    runs.incrementAndGet();
                    Gate.pass(gate);
                    return "v";
                })));
            }
        }
        gate.countDown();
        calls.forEach(call -> assertThat(get(call)).isEqualTo("v"));
        assertThat(runs).hasValue(1);
    }

    @Test
    void I1_afterAnInvalidation_nothingFromBeforeIsServedHere() {
        var cache = cache();
        var gate = new Gate("old");
        var before = elsewhere(() -> cache.get("k", gate::load));
        gate.awaitEntered();
        cache.invalidate("k");
        assertThat(cache.get("k", k -> "new")).isEqualTo("new");
        gate.open.countDown();
        assertThat(get(before)).isEqualTo("old");
        assertThat(cache.get("k", RedisTierTest::never)).isEqualTo("new");
    }

    @RepeatedTest(20)
    void I2_I4_anInvalidationElsewhere_fencesTheLoadHere() {
        var first = cache();
        var second = cache();
        var gate = new Gate("old");
        var before = elsewhere(() -> first.get("k", gate::load));
        gate.awaitEntered();
        second.invalidate("k");
        await().until(() -> first.flights().isEmpty());
        assertThat(first.get("k", k -> "new")).isEqualTo("new");
        gate.open.countDown();
        assertThat(get(before)).isEqualTo("old");
        assertThat(second.get("k", RedisTierTest::never)).isEqualTo("new");
        assertThat(first.tierStats().orElseThrow().fenced()).isEqualTo(1);
    }

    @Test
    void I9_tags_andAll_areInvalidatedEverywhere() {
        var first = cache();
        var second = cache();
        first.getWith("k", (k, context) -> Loaded.of("old").tags("t"));
        assertThat(second.get("k", RedisTierTest::never)).isEqualTo("old");
        first.invalidateTag("t");
        await().until(() -> second.getIfPresent("k") == null);
        assertThat(first.get("k", k -> "new")).isEqualTo("new");
        assertThat(second.get("k", RedisTierTest::never)).isEqualTo("new");
        second.invalidateAll();
        await().until(() -> first.getIfPresent("k") == null);
        assertThat(first.get("k", k -> "newest")).isEqualTo("newest");
        assertThat(second.get("k", RedisTierTest::never)).isEqualTo("newest");
    }

    @Test
    void I9_lostTags_costLoadsOnly() {
        var first = cache();
        first.getWith("k", (k, context) -> Loaded.of("old").tags("t"));
        first.invalidateTag("t");
        redis.keys("{skein:c}:*").forEach(redis::del);
        assertThat(cache().get("k", k -> "new")).isEqualTo("new");
        assertThat(cache().get("k", RedisTierTest::never)).isEqualTo("new");
    }

    @Test
    void I8_aHolderThatDies_isFollowedByAWaiter() {
        var dying = tier(b -> b.lease(Duration.ofMillis(300)));
        var first = cache(dying, b -> b);
        var second = cache();
        var gate = new Gate("lost");
        var lost = elsewhere(() -> first.get("k", gate::load));
        gate.awaitEntered();
        dying.close();
        assertThat(second.get("k", k -> "v")).isEqualTo("v");
        assertThat(second.tierStats().orElseThrow().waits()).isPositive();
        gate.open.countDown();
        assertThat(get(lost)).isEqualTo("lost");
    }

    @Test
    void aLoad_longerThanItsLease_isPublished() {
        var first = cache(tier(b -> b.lease(Duration.ofMillis(200))), b -> b);
        var second = cache();
        var gate = new Gate("v");
        var call = elsewhere(() -> first.get("k", gate::load));
        gate.awaitEntered();
        var token = redis.get("skein:c:v1:{k}:l");
        var other = elsewhere(() -> second.get("k", RedisTierTest::never));
        await().pollDelay(Duration.ofMillis(700)).until(() -> token.equals(redis.get("skein:c:v1:{k}:l")));
        gate.open.countDown();
        assertThat(get(call)).isEqualTo("v");
        assertThat(get(other)).isEqualTo("v");
    }

    @Test
    void hugeValues_andPoison_areLoadedByEach_orAgain_andDeletedByNobody() {
        var first = cache(tier(b -> b.maxValueBytes(1_000).compressAbove(Integer.MAX_VALUE)), b -> b);
        var second = cache();
        var huge = "x".repeat(10_000_000);
        assertThat(first.get("huge", k -> huge)).isSameAs(huge);
        assertThat(redis.strlen("skein:c:v1:{huge}")).isLessThan(1_000);
        assertThat(second.get("huge", k -> "own")).isEqualTo("own");
        assertThat(second.get("huge", RedisTierTest::never)).isEqualTo("own");

        for (var poison : List.of("", "garbage", "SK\u0001\u0000", "SK\u0009 of a later version")) {
            redis.set("skein:c:v1:{p}", poison, SetArgs.Builder.px(60_000));
            assertThat(second.getIfPresent("p")).isNull();
            assertThat(redis.get("skein:c:v1:{p}")).isEqualTo(poison);
            assertThat(second.get("p", k -> "v")).isEqualTo("v");
            assertThat(first.get("p", RedisTierTest::never)).isEqualTo("v");
        }
        redis.rpush("skein:c:v1:{list}", "a");
        assertThat(second.get("list", k -> "v")).isEqualTo("v");
        assertThat(first.get("list", RedisTierTest::never)).isEqualTo("v");
    }

    @Test
    void hostileKeys_areKeysLikeOthers() {
        var first = cache();
        var second = cache();
        var keys = List.of(
                "}{",
                "{}",
                "}:l",
                "k:l",
                "%",
                "%25",
                "#",
                "",
                " ",
                "\u0000\r\n",
                "\ud800",
                "?",
                "😀",
                "x".repeat(1_000),
                "x".repeat(1_001),
                "é".repeat(300));
        for (int i = 0; i < keys.size(); i++) {
            int number = i;
            assertThat(first.get(keys.get(i), k -> "of " + number)).isEqualTo("of " + i);
        }
        for (int i = 0; i < keys.size(); i++) { // none is taken for another
            assertThat(second.get(keys.get(i), RedisTierTest::never)).isEqualTo("of " + i);
            second.invalidate(keys.get(i));
        }
        assertThat(redis.keys("skein:c:v1:*")).isEmpty();
    }

    enum Colour {
        RED
    }

    record Place(String shop, long shelf, List<Integer> path) {}

    record Line(String shop, long shelf, List<Integer> path) {}

    @Test
    void keysOfManyTypes_areEachOnesOwn() {
        var keys = new ArrayList<Object>();
        keys.addAll(List.of("1", 1, 1L, (short) 1, (byte) 1, 1.0, 1.0f, '1', true, "true", Colour.RED, "RED"));
        keys.addAll(List.of(new BigDecimal("1"), new BigDecimal("1.0"), new BigInteger("1"), UUID.randomUUID()));
        keys.addAll(List.of(LocalDate.EPOCH, "1970-01-01", Instant.EPOCH, Duration.ofHours(1), YearMonth.of(2026, 11)));
        keys.addAll(List.of(List.of(), "", "%.", "%-", "%(", "%()", "(1:a,)", "%(1:a,)"));
        keys.addAll(
                List.of(List.of("a"), List.of("a", "b"), List.of(List.of("a"), "b"), List.of("a,1:b"), List.of("1:a")));
        keys.add(Arrays.asList(null, 1));
        keys.addAll(List.of(List.of("-", 1), List.of("%-", 1)));
        keys.addAll(
                List.of(new Place("s", 1, List.of(1)), new Line("s", 1, List.of(1)), new Place("s", 1, List.of(2))));
        keys.addAll(List.of(new Place("x".repeat(300), 1, List.of()), new Place("x".repeat(301), 1, List.of())));
        var first = ofAnything("any");
        var second = ofAnything("any");
        for (int i = 0; i < keys.size(); i++) {
            int number = i;
            assertThat(first.get(keys.get(i), k -> "of " + number)).isEqualTo("of " + i);
        }
        for (int i = 0; i < keys.size(); i++) { // none is taken for another
            assertThat(second.get(keys.get(i), k -> never(k.toString()))).isEqualTo("of " + i);
        }
    }

    private CoalescingCache<Object, String> ofAnything(String name) {
        var cache = CoalescingCache.<Object, String>builder(name)
                .ttl(Duration.ofHours(1))
                .sharedTier(tier().<Object, String>of("text", Codec.utf8()))
                .build();
        open.push(cache);
        return cache;
    }

    @RepeatedTest(10)
    void whatIsLeased_isStored_unlessItsKeyWasChangedAnywhere() {
        var first = cache();
        var second = cache();
        assertThat(first.lease("k").put("v")).isTrue();
        assertThat(second.get("k", RedisTierTest::never)).isEqualTo("v");
        List<Runnable> changes = List.of(
                () -> second.invalidate("k"),
                () -> first.invalidate("k"),
                () -> second.put("k", "newer"),
                () -> second.forget("k"),
                () -> second.getFresh("k", k -> "newer"));
        for (var change : changes) {
            var lease = first.lease("k");
            change.run();
            assertThat(lease.put("old")).isFalse();
            assertThat(second.get("k", k -> "loaded")).isNotEqualTo("old");
        }
        var ofAll = first.lease("k");
        second.invalidateAll();
        ofAll.put("old"); // if it is stored, it is as if it were not
        assertThat(second.get("k", k -> "loaded")).isNotEqualTo("old");
        first.invalidate("t");
        var lease = first.lease("t");
        second.invalidateTag("blue");
        lease.put(Loaded.of("old").tags("blue"));
        assertThat(second.get("t", k -> "new")).isEqualTo("new");
        assertThat(first.get("t", RedisTierTest::never)).isEqualTo("new");
    }

    @Test
    void largeValues_areCompressed() {
        var first = cache(tier(b -> b.compressAbove(1_000)), b -> b);
        var text = "compressible ".repeat(10_000);
        first.put("k", text);
        assertThat(redis.strlen("skein:c:v1:{k}")).isLessThan(5_000);
        assertThat(cache().get("k", RedisTierTest::never)).isEqualTo(text);
    }

    @Test
    void I9_valuesThatAreNotShared_areInvalidatedByTheirTagsToo() {
        UnaryOperator<RedisTierBuilder> small = b -> b.maxValueBytes(1_000).compressAbove(Integer.MAX_VALUE);
        var first = cache(tier(small), b -> b);
        var second = cache(tier(small), b -> b);
        for (int round = 0; round < 3; round++) {
            var value = "x".repeat(10_000) + round;
            for (var cache : List.of(first, second)) {
                assertThat(cache.getWith("k", (k, context) -> Loaded.of(value).tags("t")))
                        .isEqualTo(value);
                assertThat(cache.getWith("k", (k, context) -> Loaded.of(value).tags("t")))
                        .isEqualTo(value);
            }
            assertThat(second.get("k", RedisTierTest::never)).isEqualTo(value);
            first.invalidateTag("t");
            await().until(() -> first.entry("k").isEmpty() && second.entry("k").isEmpty());
        }
    }

    @Test
    void moreTags_thanCanBeToldOf_areNotShared_norKept() {
        var cache = cache();
        var tags = java.util.stream.IntStream.range(0, 1_001)
                .mapToObj(i -> "t" + i)
                .toArray(String[]::new);
        var runs = new AtomicInteger();
        for (int i = 1; i <= 3; i++) {
            cache.getWith(
                    "k", (k, context) -> Loaded.of("v" + runs.incrementAndGet()).tags(tags));
            assertThat(runs).hasValue(i);
        }
        assertThat(redis.exists("skein:c:v1:{k}")).isZero();
    }

    /** Of all that a machine can be told: it has been stopped for longer than a lease. */
    @Test
    void aPut_thatIsOvertaken_leavesNothingOld() {
        var tier = tier();
        TierRegion<String, String> region =
                tier.<String, String>of("text", Codec.utf8()).open("c", new Unheard());
        var one = new TierValue<>("one", Duration.ofHours(1), Duration.ZERO, Set.of(), Optional.empty(), Duration.ZERO);
        region.put("k", one).toCompletableFuture().join();
        assertThat(redis.exists("skein:c:v1:{k}")).isEqualTo(1);
        var put = new AtomicBoolean();
        var thief = new Thread(() -> {
            while (!put.get()) {
                redis.del("skein:c:v1:{k}:l");
            }
        });
        thief.start();
        try {
            for (int i = 0; i < 200; i++) {
                var next = new TierValue<>(
                        "v" + i, Duration.ofHours(1), Duration.ZERO, Set.of(), Optional.empty(), Duration.ZERO);
                region.put("k", next).toCompletableFuture().join();
                assertThat(redis.get("skein:c:v1:{k}"))
                        .satisfiesAnyOf(
                                stored -> assertThat(stored).isNull(),
                                stored -> assertThat(stored).endsWith(next.value()));
            }
        } finally {
            put.set(true);
        }
    }

    private static final class Unheard implements TierEvents<String> {
        @Override
        public void changed(String key) {}

        @Override
        public void released(String key) {}

        @Override
        public void tagInvalidated(String tag) {}

        @Override
        public void allChanged() {}
    }

    /** As Jackson can write but not read it. */
    static final class WriteOnly {
        public final String name;

        WriteOnly(String name) {
            this.name = name;
        }
    }

    @Test
    void aType_thatCannotBeReadAgain_isKeptByEachJvm() {
        var runs = new AtomicInteger();
        for (int i = 0; i < 2; i++) {
            var cache = CoalescingCache.<String, WriteOnly>builder("w")
                    .ttl(Duration.ofHours(1))
                    .sharedTier(tier().of(WriteOnly.class))
                    .build();
            open.push(cache);
            for (int j = 0; j < 5; j++) {
                assertThat(cache.get("k", k -> {
                                    runs.incrementAndGet();
                                    return new WriteOnly("v");
                                })
                                .name)
                        .isEqualTo("v");
            }
        }
        assertThat(runs.get()).isLessThanOrEqualTo(3); // the first does not know yet that it is to keep it
        assertThatThrownBy(() -> tier().of(List.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("TypeReference");
        assertThatThrownBy(() -> tier().of(Object.class)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void timesAreShared_whateverTheApplicationBringsAlong() {
        record Event(String name, Instant at, Optional<LocalDate> day) {}
        var event = new Event("e", Instant.parse("2026-11-28T00:00:00.123456789Z"), Optional.of(LocalDate.EPOCH));
        for (int i = 0; i < 2; i++) {
            int round = i;
            var cache = CoalescingCache.<String, Event>builder("e")
                    .ttl(Duration.ofHours(1))
                    .sharedTier(tier().of(Event.class))
                    .build();
            open.push(cache);
            assertThat(cache.get("k", k -> {
                        assertThat(round).isZero();
                        return event;
                    }))
                    .isEqualTo(event);
        }
    }

    @Test
    void whatIsSharedWithOthers_isLeftAlone_howeverOftenATierIsClosed() {
        var resources = DefaultClientResources.create();
        var others = RedisClient.create(resources, server.uri());
        try {
            var connection = others.connect();
            var tier = RedisTier.builder(server.uri())
                    .clientResources(resources)
                    .failFast(true)
                    .build();
            tier.close();
            tier.close();
            tier.close();
            await().pollDelay(Duration.ofMillis(500)).until(() -> true); // in which loops would have ended
            assertThat(connection.sync().ping()).isEqualTo("PONG");
        } finally {
            others.shutdown(0, 1, TimeUnit.SECONDS);
            resources.shutdown(0, 1, TimeUnit.SECONDS);
        }
    }

    @Test
    void meters_tellOfTheConnection() {
        var tier = tier();
        var registry = new SimpleMeterRegistry();
        new RedisTierMetrics(tier, List.of(Tag.of("application", "shop"))).bindTo(registry);
        assertThat(registry.get("skein.tier.connects")
                        .tags("namespace", "skein", "application", "shop")
                        .functionCounter()
                        .count())
                .isEqualTo(1);
        assertThat(registry.get("skein.tier.breaker")
                        .tag("state", "closed")
                        .gauge()
                        .value())
                .isEqualTo(1);
        assertThat(registry.get("skein.tier.breaker")
                        .tag("state", "open")
                        .gauge()
                        .value())
                .isZero();
        assertThat(registry.get("skein.tier.incoherent").timeGauge().value(TimeUnit.SECONDS))
                .isBetween(0.0, 60.0);
        var cache = cache(tier, b -> b);
        cache.put("k", "v");
        cache.getIfPresent("k");
        cache().invalidate("k");
        await().until(() -> registry.get("skein.tier.pushes").functionCounter().count() > 0);
        redis.set("skein:c:v1:{p}", "garbage", SetArgs.Builder.px(60_000));
        assertThat(cache.getIfPresent("p")).isNull();
        cache.close();
        assertThat(registry.get("skein.tier.unreadable").functionCounter().count())
                .isEqualTo(1);
    }

    private static void user(String name, String... rights) {
        var rules = AclSetuserArgs.Builder.on()
                .addPassword("secret")
                .keyPattern("skein:*")
                .keyPattern("{skein:*");
        for (var category :
                List.of(AclCategory.READ, AclCategory.WRITE, AclCategory.SCRIPTING, AclCategory.CONNECTION)) {
            rules.addCategory(category);
        }
        if (rights.length > 0) {
            rules.addCommand(CommandType.valueOf(rights[0]));
        }
        redis.aclSetuser(name, rules);
    }

    @Test
    void aUser_whoMayDoLittle_isEnough_andOneWhoMayDoLess_isFoundOut() {
        user("enough", "TIME");
        user("less");
        try {
            var uri = "redis://%s:secret@127.0.0.1:" + server.port();
            var tier = RedisTier.builder(String.format(uri, "enough"))
                    .commandTimeout(Duration.ofSeconds(5))
                    .failFast(true)
                    .build();
            open.push(tier);
            var cache = cache(tier, b -> b);
            cache.getWith("k", (k, context) -> Loaded.of("v").tags("t"));
            assertThat(cache.get("k", RedisTierTest::never)).isEqualTo("v");
            cache.invalidateTag("t");
            cache.put("k", "w");
            assertThat(cache.lease("k").put("x")).isIn(true, false);
            cache.invalidate("k");
            assertThat(cache.getFresh("k", k -> "y")).isEqualTo("y");
            assertThat(cache().get("k", RedisTierTest::never)).isEqualTo("y");
            cache.invalidateAll();

            assertThatThrownBy(() -> RedisTier.builder(String.format(uri, "less"))
                            .failFast(true)
                            .build())
                    .isInstanceOf(TierException.class)
                    .hasMessageNotContaining("secret");
        } finally {
            redis.aclDeluser("enough", "less");
        }
    }

    /** Its thread is the one that would read the answer. */
    @Test
    void aListener_thatWaitsForTheTier_isLetGo() {
        var other = cache();
        var asked = new CountDownLatch(1);
        var tier = tier(b -> b.commandTimeout(Duration.ofMillis(200)));
        var second = cache(tier, b -> b);
        var first = cache(
                tier,
                b -> b.listener(new io.skein.event.FlightListener() {
                    @Override
                    public void onForget(io.skein.event.FlightEvent event) {
                        asked.countDown();
                        second.invalidate("k");
                    }
                }));
        var gate = new Gate("v");
        var call = elsewhere(() -> first.get("k", gate::load));
        gate.awaitEntered();
        other.invalidate("k");
        Gate.pass(asked);
        gate.open.countDown();
        assertThat(get(call)).isEqualTo("v");
        await().atMost(Duration.ofSeconds(30)).until(tier::isConnected);
        assertThat(first.get("other", k -> "w")).isEqualTo("w");
    }

    @Test
    void aBulkCall_loadsWhatNobodyHas_andWaitsForWhatOthersLoad() {
        var first = cache();
        var second = cache();
        first.put("there", "1");
        var gate = new Gate("2");
        var other = elsewhere(() -> first.get("coming", gate::load));
        gate.awaitEntered();
        var call = elsewhere(() -> second.getAll(List.of("there", "coming", "cold"), keys -> {
            assertThat(keys).containsExactly("cold");
            gate.open.countDown();
            return Map.of("cold", "3");
        }));
        assertThat(new TreeMap<>(get(call))).isEqualTo(Map.of("there", "1", "coming", "2", "cold", "3"));
        assertThat(get(other)).isEqualTo("2");
    }

    /** The promise of all, with everything going on at once. */
    @RepeatedTest(10)
    void I4_I6_whatIsStored_isNeverOlderThanTheLastInvalidation() {
        var source = new AtomicLong();
        var caches = new ArrayList<CoalescingCache<String, String>>();
        for (int i = 0; i < 3; i++) {
            caches.add(cache());
        }
        var workers = new ArrayList<CompletableFuture<Void>>();
        for (var cache : caches) {
            for (int t = 0; t < 2; t++) {
                workers.add(elsewhere(() -> {
                    for (int i = 0; i < 300; i++) {
                        int what = ThreadLocalRandom.current().nextInt(10);
                        if (what == 0) {
                            long now = source.incrementAndGet();
                            cache.invalidate("k");
                            var seen = Long.parseLong(cache.get("k", k -> source.toString()));
                            assertThat(seen).isGreaterThanOrEqualTo(now);
                        } else if (what == 1) {
                            long now = source.incrementAndGet();
                            assertThat(Long.parseLong(cache.getFresh("k", k -> source.toString())))
                                    .isGreaterThanOrEqualTo(now);
                        } else {
                            cache.get("k", k -> source.toString());
                        }
                    }
                    return null;
                }));
            }
        }
        workers.forEach(RedisTierTest::get);
        caches.get(0).invalidate("k");
        long last = source.get();
        for (var cache : caches) {
            await().until(() -> Long.parseLong(cache.get("k", k -> source.toString())) == last);
        }
    }

    @Test
    void I7_I10_aServerThatGoes_andComesBack_isNotMissed() {
        try (var mortal = new RedisServer();
                var tier = RedisTier.builder(mortal.uri()).failFast(true).build();
                var cache = CoalescingCache.<String, String>builder("c")
                        .ttl(Duration.ofHours(1))
                        .sharedTier(tier.of("text", Codec.utf8()))
                        .build()) {
            assertThat(cache.get("k", k -> "old")).isEqualTo("old");
            assertThat(cache.get("k", RedisTierTest::never)).isEqualTo("old");
            mortal.stop();
            await().until(() -> !tier.isConnected());
            assertThat(cache.get("k", k -> "alone")).isEqualTo("alone");
            assertThat(cache.get("k", RedisTierTest::never)).isEqualTo("alone");
            assertThatThrownBy(() -> cache.invalidate("k")).isInstanceOf(TierException.class);
            mortal.start();
            await().atMost(Duration.ofSeconds(30)).until(tier::isConnected);
            assertThat(cache.get("k", k -> "new")).isEqualTo("new");
            assertThat(cache.get("k", RedisTierTest::never)).isEqualTo("new");

            mortal.pause();
            assertThat(cache.get("other", k -> "v")).isEqualTo("v");
            await().until(() -> !tier.isConnected());
            assertThat(cache.get("k", k -> "alone again")).isEqualTo("alone again");
            mortal.resume();
            await().atMost(Duration.ofSeconds(30)).until(tier::isConnected);
            assertThat(cache.get("k", RedisTierTest::never)).isEqualTo("new");
        }
    }

    /** By a wire so long that nothing else counts. */
    @Test
    void aHit_isOneRoundTrip_aLoadThree_anInvalidationOne() {
        var delay = Duration.ofMillis(200);
        try (var wire = new Proxy(server.port(), delay);
                var tier = RedisTier.builder(wire.uri())
                        .commandTimeout(Duration.ofSeconds(5))
                        .heartbeat(Duration.ofSeconds(30), Duration.ofSeconds(10))
                        .failFast(true)
                        .build();
                var far = CoalescingCache.<String, String>builder("c")
                        .ttl(Duration.ofHours(1))
                        .sharedTier(tier.of("text", Codec.utf8()))
                        .build()) {
            far.get("first", k -> "v"); // numbers of invalidations are known from now on
            var near = cache();
            var hits = new ArrayList<Long>();
            var loads = new ArrayList<Long>();
            var puts = new ArrayList<Long>();
            var invalidations = new ArrayList<Long>();
            for (int i = 0; i < 5; i++) {
                var hit = "hit" + i;
                near.put(hit, "v");
                hits.add(millis(
                        () -> assertThat(far.get(hit, RedisTierTest::never)).isEqualTo("v")));
                var cold = "cold" + i;
                loads.add(millis(() -> assertThat(far.get(cold, k -> "v")).isEqualTo("v")));
                puts.add(millis(() -> far.put(cold, "w")));
                invalidations.add(millis(() -> far.invalidate(cold)));
            }
            assertThat(Collections.min(hits)).isBetween(200L, 399L);
            assertThat(Collections.min(loads)).isBetween(600L, 799L);
            assertThat(Collections.min(puts)).isBetween(400L, 599L);
            assertThat(Collections.min(invalidations)).isBetween(200L, 399L);
        }
    }

    private static long millis(Runnable task) {
        long start = System.nanoTime();
        task.run();
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    }

    /** The first who ask wait for the timeout of their commands, then nobody does. */
    @Test
    void I7_aServer_thatIsPaused_costsNoMoreThanACommandTimeout() {
        var timeout = Duration.ofSeconds(1);
        try (var mortal = new RedisServer();
                var tier = RedisTier.builder(mortal.uri())
                        .commandTimeout(timeout)
                        .failFast(true)
                        .build();
                var cache = CoalescingCache.<String, String>builder("c")
                        .ttl(Duration.ofHours(1))
                        .sharedTier(tier.of("text", Codec.utf8()))
                        .build()) {
            cache.get("first", k -> "v");
            mortal.pause();
            try {
                var calls = new ArrayList<CompletableFuture<Long>>();
                for (int i = 0; i < 50; i++) {
                    var key = "k" + i % 25;
                    calls.add(elsewhere(() -> millis(
                            () -> assertThat(cache.get(key, k -> "alone")).isEqualTo("alone"))));
                }
                assertThat(calls).allSatisfy(call -> assertThat(get(call)).isLessThan(timeout.toMillis() + 5_000));
                await().until(() -> !tier.isConnected());
                for (int i = 0; i < 25; i++) {
                    var key = "k" + i;
                    assertThat(cache.get(key, k -> "alone")).isEqualTo("alone");
                }
                assertThat(millis(() -> cache.get("last", k -> "alone"))).isLessThan(timeout.toMillis());
            } finally {
                mortal.resume();
            }
        }
    }

    /** A value was near, has expired, and is loaded again: then too, an invalidation elsewhere is heard of at once. */
    @RepeatedTest(10)
    void I2_anInvalidationElsewhere_isHeardOf_thoughTheValueWasNearBefore() {
        UnaryOperator<RedisTierBuilder> longLease = b -> b.lease(Duration.ofSeconds(60));
        var first = cache(tier(longLease), b -> b.ttl(Duration.ofMillis(50)));
        var second = cache(tier(longLease), b -> b);
        assertThat(first.get("k", k -> "expires")).isEqualTo("expires");
        first.getIfPresent("k");
        await().until(() -> redis.exists("skein:c:v1:{k}") == 0);
        var gate = new Gate("old");
        var before = elsewhere(() -> first.get("k", gate::load));
        gate.awaitEntered();
        second.invalidate("k");
        await().atMost(Duration.ofSeconds(10))
                .until(() -> first.flights().isEmpty()); // a third of a lease would be longer
        gate.open.countDown();
        assertThat(get(before)).isEqualTo("old");
    }

    @Test
    void I2_anInvalidationOfAll_isHeardOf_byAColdJvmToo() {
        var first = cache();
        var second = cache();
        var gate = new Gate("old");
        var before = elsewhere(() -> first.get("k", gate::load));
        gate.awaitEntered();
        await().untilAsserted(() -> {
            second.invalidateAll();
            assertThat(first.flights()).isEmpty();
        });
        gate.open.countDown();
        assertThat(get(before)).isEqualTo("old");
        assertThat(second.get("k", k -> "new")).isEqualTo("new");
    }

    /** It was invalidated while it was loaded, which nobody could know before it was known to have the tag. */
    @Test
    void I9_aTag_thatWasLost_isNotWrittenBackTooLow() {
        var first = cache();
        var second = cache();
        second.getWith("other", (k, context) -> Loaded.of("old").tags("t"));
        var gate = new Gate("old");
        var before = elsewhere(
                () -> first.getWith("k", (k, context) -> Loaded.of(gate.load(k)).tags("t")));
        gate.awaitEntered();
        second.invalidateTag("t");
        redis.del("{skein:c}:tag:t");
        gate.open.countDown();
        assertThat(get(before)).isEqualTo("old");
        var third = cache();
        assertThat(third.get("k", k -> "new")).isEqualTo("new");
        assertThat(third.get("other", k -> "new")).isEqualTo("new");
    }

    @Test
    void poisonedNumbers_areReplaced() {
        var first = cache();
        first.getWith("k", (k, context) -> Loaded.of("v").tags("t"));
        redis.set("{skein:c}:epoch", "poison");
        redis.del("{skein:c}:all", "{skein:c}:tag:t");
        redis.rpush("{skein:c}:all", "poison");
        redis.set("{skein:c}:tag:t", "1e300");
        var second = cache();
        assertThat(second.getWith("k", (k, context) -> Loaded.of("new").tags("t")))
                .isEqualTo("new");
        second.invalidateTag("t");
        second.invalidateAll();
        assertThat(cache().get("k", k -> "newest")).isEqualTo("newest");
    }

    @Test
    void aServer_thatTakesNoWrites_isLeft_andCachesKeepWhatTheyLoad() {
        var tier = tier();
        var cache = cache(tier, b -> b);
        redis.configSet("maxmemory", "1");
        try {
            await().until(() -> {
                cache.get("k" + System.nanoTime(), k -> "v");
                return !tier.isConnected();
            });
            await().untilAsserted(() -> {
                assertThat(cache.get("k", k -> "v")).isEqualTo("v");
                assertThat(cache.get("k", RedisTierTest::never)).isEqualTo("v");
            });
        } finally {
            redis.configSet("maxmemory", "0");
        }
        await().atMost(Duration.ofSeconds(30)).until(tier::isConnected);
    }

    @Test
    void scripts_areSentAgain_whenRedisHasForgottenThem() {
        var first = cache();
        first.get("a", k -> "v");
        redis.scriptFlush();
        first.get("b", k -> "v");
        assertThat(cache().get("b", RedisTierTest::never)).isEqualTo("v");
    }

    @Test
    void moreInvalidations_thanCommandsMayBeUnderWay_areMade() {
        var cache = cache(tier(b -> b.maxInFlight(10)), b -> b);
        var keys = java.util.stream.IntStream.range(0, 2_000)
                .mapToObj(i -> "k" + i)
                .toList();
        cache.put("k1999", "v");
        cache.invalidateAll(keys);
        assertThat(redis.exists("skein:c:v1:{k1999}")).isZero();
    }

    @Test
    void aTier_thatIsClosed_servesNothingThatNobodyTellsOf() {
        var tier = tier();
        var cache = cache(tier, b -> b);
        cache.put("k", "v");
        assertThat(cache.getIfPresent("k")).isEqualTo("v");
        tier.close();
        assertThat(cache.getIfPresent("k")).isNull();
        assertThat(cache.get("k", k -> "alone")).isEqualTo("alone");
    }

    @Test
    void aKey_withoutAText_isAnError() {
        var cache = CoalescingCache.<Object, String>builder("o")
                .ttl(Duration.ofHours(1))
                .sharedTier(tier().<Object, String>of(String.class))
                .build();
        open.push(cache);
        assertThatThrownBy(() -> cache.get(new Object(), k -> "v"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("has no text of its own");
        assertThatThrownBy(() -> get(cache.getAsync(new Object(), k -> CompletableFuture.completedFuture("v"))))
                .hasCauseInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> cache.getAll(List.of("named", new Object()), keys -> {
                    assertThat(keys).containsExactly("named");
                    return Map.of("named", "v");
                }))
                .hasStackTraceContaining("has no text of its own");
        assertThat(cache.getIfPresent("named")).isEqualTo("v"); // it is not to blame
    }

    @Test
    void withoutAServer_itStarts_andFailFastFails() {
        var uri = "redis://127.0.0.1:1";
        try (var tier = RedisTier.builder(uri).build();
                var cache = CoalescingCache.<String, String>builder("c")
                        .ttl(Duration.ofHours(1))
                        .sharedTier(tier.of(String.class))
                        .build()) {
            assertThat(cache.get("k", k -> "v")).isEqualTo("v");
            assertThat(cache.get("k", RedisTierTest::never)).isEqualTo("v");
        }
        assertThatThrownBy(() -> RedisTier.builder(uri).failFast(true).build()).isInstanceOf(TierException.class);
    }
}
