package io.skein.tier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.skein.CallerInterruptedException;
import io.skein.Callers;
import io.skein.Gate;
import io.skein.cache.CoalescingCache;
import io.skein.cache.CoalescingCacheBuilder;
import io.skein.cache.Loaded;
import io.skein.event.FlightEvent;
import io.skein.event.FlightListener;
import io.skein.event.FlightOutcome;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Caches of several nodes behind one tier. */
@Timeout(120)
class SharedTierTest {
    private final InMemoryTier tier = new InMemoryTier();
    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (var one : open) {
            one.close();
        }
        tier.close();
    }

    private CoalescingCache<String, String> cache(
            InMemoryTier.Node node, UnaryOperator<CoalescingCacheBuilder<String, String>> settings) {
        var cache = settings.apply(CoalescingCache.<String, String>builder("c")
                        .ttl(Duration.ofHours(1))
                        .sharedTier(node.tier()))
                .build();
        open.add(cache);
        return cache;
    }

    private CoalescingCache<String, String> cache(InMemoryTier.Node node) {
        return cache(node, settings -> settings);
    }

    private static String never(String key) {
        throw new AssertionError("loaded");
    }

    @Test
    void whatOneHasLoaded_theOthersFind_andKeep() {
        var first = cache(tier.node());
        var node = tier.node();
        var second = cache(node);
        assertThat(first.get("k", k -> "v")).isEqualTo("v");
        assertThat(tier.value("c", "k")).isEqualTo("v");
        assertThat(second.get("k", SharedTierTest::never)).isEqualTo("v");
        int asked = node.asked();
        assertThat(second.get("k", SharedTierTest::never)).isEqualTo("v");
        assertThat(second.getIfPresent("k")).isEqualTo("v");
        assertThat(node.asked()).isEqualTo(asked);
        assertThat(second.stats().loads()).isZero();
        assertThat(second.tierStats().orElseThrow().hits()).isEqualTo(1);
        assertThat(first.tierStats().orElseThrow().published()).isEqualTo(1);
    }

    @RepeatedTest(50)
    void I5_manyNodes_oneLoad() {
        var runs = new AtomicInteger();
        var calls = new ArrayList<CompletableFuture<String>>();
        var gate = new CountDownLatch(1);
        for (int i = 0; i < 8; i++) {
            var cache = cache(tier.node());
            for (int j = 0; j < 3; j++) {
                boolean isAsync = j == 0;
                calls.add(CompletableFuture.supplyAsync(
                                () -> isAsync
                                        ? cache.getAsync(
                                                "k",
                                                k -> CompletableFuture.supplyAsync(() -> {
                                                    runs.incrementAndGet();
                                                    return opened(gate);
                                                }))
                                        : CompletableFuture.completedFuture(cache.get("k", k -> {
                                            runs.incrementAndGet();
                                            return opened(gate);
                                        })),
                                task -> new Thread(task).start())
                        .thenCompose(own -> own));
            }
        }
        gate.countDown();
        calls.forEach(call -> assertThat(get(call)).isEqualTo("v"));
        assertThat(runs).hasValue(1);
    }

    private static String opened(CountDownLatch gate) {
        try {
            gate.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        return "v";
    }

    private static <T> T get(CompletableFuture<T> future) {
        return future.orTimeout(Callers.PATIENCE.toSeconds(), java.util.concurrent.TimeUnit.SECONDS)
                .join();
    }

    @Test
    void I1_afterAnInvalidation_nothingFromBeforeIsServedHere() {
        var cache = cache(tier.node());
        var gate = new Gate<String>("old");
        var before = CompletableFuture.supplyAsync(() -> cache.get("k", gate), task -> new Thread(task).start());
        gate.awaitEntered();
        cache.invalidate("k");
        assertThat(cache.get("k", k -> "new")).isEqualTo("new");
        gate.open();
        assertThat(get(before)).isEqualTo("old");
        assertThat(cache.get("k", SharedTierTest::never)).isEqualTo("new");
    }

    @Test
    void I2_I4_anInvalidationElsewhere_fencesTheLoadHere() {
        var first = cache(tier.node());
        var second = cache(tier.node());
        var gate = new Gate<String>("old");
        var before = CompletableFuture.supplyAsync(() -> first.get("k", gate), task -> new Thread(task).start());
        gate.awaitEntered();
        second.invalidate("k");
        await().until(() -> first.flights().isEmpty());
        assertThat(first.get("k", k -> "new")).isEqualTo("new");
        gate.open();
        assertThat(get(before)).isEqualTo("old");
        assertThat(tier.value("c", "k")).isEqualTo("new");
        assertThat(second.get("k", SharedTierTest::never)).isEqualTo("new");
        assertThat(first.tierStats().orElseThrow().fenced()).isEqualTo(1);
    }

    @Test
    void I9_tags_andAll_areInvalidatedEverywhere() {
        var first = cache(tier.node());
        var second = cache(tier.node());
        first.getWith("k", (k, context) -> Loaded.of("old").tags("t"));
        assertThat(second.get("k", SharedTierTest::never)).isEqualTo("old");
        first.invalidateTag("t");
        await().until(() -> second.entry("k").isEmpty());
        assertThat(first.get("k", k -> "new")).isEqualTo("new");
        assertThat(second.get("k", SharedTierTest::never)).isEqualTo("new");
        second.invalidateAll();
        await().until(() -> first.entry("k").isEmpty());
        assertThat(first.get("k", k -> "newest")).isEqualTo("newest");
        assertThat(second.get("k", SharedTierTest::never)).isEqualTo("newest");
    }

    @Test
    void I9_aTag_invalidatedDuringTheLoad_fencesIt() {
        var first = cache(tier.node());
        var second = cache(tier.node());
        var gate = new Gate<String>("old");
        var before = CompletableFuture.supplyAsync(
                () -> first.getWith("k", (k, context) -> Loaded.of(gate.load(k)).tags("t")),
                task -> new Thread(task).start());
        gate.awaitEntered();
        second.invalidateTag("t");
        gate.open();
        assertThat(get(before)).isEqualTo("old");
        assertThat(second.get("k", k -> "new")).isEqualTo("new");
    }

    @Test
    void I8_aHolderThatDies_isFollowedByAWaiter() {
        var mortal = new InMemoryTier(Duration.ofMillis(300));
        var dying = mortal.node();
        var first = cache(dying);
        var second = cache(mortal.node());
        var gate = new Gate<String>("lost");
        var lost = CompletableFuture.supplyAsync(() -> first.get("k", gate), task -> new Thread(task).start());
        gate.awaitEntered();
        dying.disconnect(); // it renews no more
        assertThat(second.get("k", k -> "v")).isEqualTo("v");
        assertThat(second.tierStats().orElseThrow().waits()).isPositive();
        gate.open();
        assertThat(get(lost)).isEqualTo("lost");
        assertThat(mortal.value("c", "k")).isEqualTo("v");
        mortal.close();
    }

    @Test
    void aLoad_longerThanItsLease_isPublished() {
        var brief = new InMemoryTier(Duration.ofMillis(200));
        var first = cache(brief.node());
        var second = cache(brief.node());
        var gate = new Gate<String>("v");
        var call = CompletableFuture.supplyAsync(() -> first.get("k", gate), task -> new Thread(task).start());
        gate.awaitEntered();
        var token = brief.holder("c", "k");
        var other = CompletableFuture.supplyAsync(
                () -> second.get("k", SharedTierTest::never), task -> new Thread(task).start());
        await().pollDelay(Duration.ofMillis(700)).until(() -> token.equals(brief.holder("c", "k")));
        gate.open();
        assertThat(get(call)).isEqualTo("v");
        assertThat(get(other)).isEqualTo("v");
        brief.close();
    }

    @Test
    void I7_withoutTheTier_itLoadsOnItsOwn_andKeepsForAWhile() {
        var node = tier.node();
        var cache = cache(node);
        node.disconnect();
        assertThat(cache.get("k", k -> "v")).isEqualTo("v");
        assertThat(cache.get("k", SharedTierTest::never)).isEqualTo("v");
        assertThat(cache.entry("k").orElseThrow().timeLeft()).isLessThanOrEqualTo(Duration.ofSeconds(5));
        assertThatThrownBy(() -> cache.invalidate("k"))
                .isInstanceOf(TierException.class)
                .hasMessageContaining("the shared tier did not invalidate");
        assertThat(cache.get("k", k -> "new")).isEqualTo("new");
        node.reconnect();
        assertThat(cache.get("k", k -> "newest")).isEqualTo("newest");
        assertThat(tier.value("c", "k")).isEqualTo("newest");
    }

    @Test
    void I10_whatWasReadBeforeADisconnect_isNotServedAfterIt() {
        var node = tier.node();
        var cache = cache(node);
        var other = cache(tier.node());
        cache.put("k", "old");
        assertThat(cache.getIfPresent("k")).isEqualTo("old");
        node.disconnect();
        other.put("k", "new");
        assertThat(cache.get("k", k -> "loaded")).isEqualTo("loaded");
        node.reconnect();
        assertThat(cache.get("k", SharedTierTest::never)).isEqualTo("new");
    }

    @Test
    void aTier_thatFailsWithoutANotice_costsLoads_butNothingIsKept() {
        var node = tier.node();
        var cache = cache(node);
        node.fail();
        assertThat(cache.get("k", k -> "1")).isEqualTo("1");
        assertThat(cache.get("k", k -> "2")).isEqualTo("2");
        assertThat(cache.tierStats().orElseThrow().alone()).isEqualTo(2);
    }

    @Test
    void failures_areNotRepeatedByOneNodeAfterTheOther() {
        var runs = new AtomicInteger();
        var gate = new CountDownLatch(1);
        var calls = new ArrayList<CompletableFuture<String>>();
        for (int i = 0; i < 8; i++) {
            var cache = cache(tier.node());
            calls.add(CompletableFuture.supplyAsync(
                    () -> cache.get("k", k -> {
                        runs.incrementAndGet();
                        opened(gate);
                        throw new IOException("down");
                    }),
                    task -> new Thread(task).start()));
        }
        gate.countDown();
        for (var call : calls) {
            assertThatThrownBy(() -> get(call)).hasCauseInstanceOf(IOException.class);
        }
        assertThat(runs.get()).isBetween(1, 8);
        assertThat(tier.holder("c", "k")).isNull();
    }

    /** Two keys whose changes are noted in the same place. */
    private static List<String> twins() {
        var bySlot = new java.util.HashMap<Integer, String>();
        for (int i = 0; ; i++) {
            var key = "twin" + i;
            int hash = key.hashCode();
            var other = bySlot.put((hash ^ (hash >>> 16)) & 4_095, key);
            if (other != null) {
                return List.of(other, key);
            }
        }
    }

    @RepeatedTest(5)
    void whoJoinsAReading_asksOnceMore_ifAnotherKeyWasChanged() {
        var twins = twins();
        var node = tier.node();
        var cache = cache(node);
        cache(tier.node()).put(twins.get(0), "v");
        node.slow(Duration.ofMillis(300));
        var one = elsewhere(() -> cache.get(twins.get(0), SharedTierTest::never));
        await().until(() -> node.asked() == 1);
        node.slow(Duration.ofSeconds(10));
        var change = elsewhere(() -> {
            cache.invalidate(twins.get(1));
            return "";
        });
        await().until(() -> node.asked() == 2); // it has been noted by now
        node.slow(Duration.ZERO);
        assertThat(get(elsewhere(() -> cache.get(twins.get(0), SharedTierTest::never))))
                .isEqualTo("v");
        assertThat(get(one)).isEqualTo("v");
        assertThat(change).isNotDone(); // and so has noted nothing else
        assertThat(node.asked()).isLessThan(10);
    }

    private static <T> CompletableFuture<T> elsewhere(java.util.function.Supplier<T> call) {
        return CompletableFuture.supplyAsync(call, task -> new Thread(task).start());
    }

    @RepeatedTest(5)
    void I2_whoJoinsAfterAnInvalidation_isNotServedWhatIsOlder_whateverIsChangedLater() {
        var twins = twins();
        var key = twins.get(0);
        var node = tier.node();
        var cache = cache(node);
        var other = cache(tier.node());
        var gate = new Gate<String>("old");
        var before = elsewhere(() -> cache.get(key, gate));
        gate.awaitEntered();
        node.slow(Duration.ofSeconds(2)); // to tell that it is published
        gate.open();
        await().until(() -> "old".equals(tier.value("c", key)));
        node.slow(Duration.ZERO);
        other.invalidate(key);
        var after = elsewhere(() -> cache.get(key, k -> "new"));
        await().until(() -> before.isDone() || cache.flights().get(0).callers() == 2);
        assertThat(before).isNotDone();
        cache.invalidate(twins.get(1));
        assertThat(get(before)).isEqualTo("old");
        assertThat(get(after)).isEqualTo("new");
    }

    /** It is alive, so its lease is renewed; but nobody knows whether it will ever end. */
    @RepeatedTest(5)
    void aLoader_thatIsStuckElsewhere_isNotWaitedForForEver() {
        var stuck = cache(tier.node());
        var node = tier.node();
        var cache = cache(
                node,
                b -> b.sharedTier((name, events) ->
                                new Impatient<>(node.<String, String>tier().open(name, events)))
                        .callerTimeout(Duration.ofMillis(150)));
        var gate = new Gate<String>("never");
        var call = elsewhere(() -> stuck.get("k", gate));
        gate.awaitEntered();
        await().ignoreExceptions().until(() -> cache.get("k", k -> "v").equals("v"));
        assertThat(cache.get("k", k -> "w")).isEqualTo("w"); // at once, and again
        gate.open();
        assertThat(get(call)).isEqualTo("never");
        await().until(() -> cache.get("k", k -> "x").equals("never"));
    }

    /** Waits for others for less than a second, though its callers wait for less than that. */
    private static final class Impatient<K, V> extends Delegating<K, V> {
        Impatient(TierRegion<K, V> region) {
            super(region);
        }

        @Override
        public Duration longestWait() {
            return Duration.ofMillis(500);
        }
    }

    @Test
    void anEngine_thatBreaksTheRules_costsTheLoadOnly() {
        for (var length : new Duration[] {null, java.time.temporal.ChronoUnit.FOREVER.getDuration()}) {
            var node = tier.node();
            var cache = cache(
                    node,
                    b -> b.sharedTier((name, events) ->
                            new Delegating<String, String>(
                                    node.<String, String>tier().open(name, events)) {
                                @Override
                                public CompletionStage<TierAnswer<String>> readOrLease(String key) {
                                    return CompletableFuture.completedFuture(new TierAnswer.Leased<>(new TierLease() {
                                        @Override
                                        public String token() {
                                            return "t";
                                        }

                                        @Override
                                        public Duration length() {
                                            return length;
                                        }
                                    }));
                                }

                                @Override
                                public CompletionStage<Boolean> publish(TierLease lease, TierValue<String> value) {
                                    throw new IllegalArgumentException("of an encoder");
                                }

                                @Override
                                public CompletionStage<Void> abort(TierLease lease) {
                                    throw new IllegalStateException("broken");
                                }

                                @Override
                                public boolean isCoherent() {
                                    throw new IllegalStateException("broken");
                                }
                            }));
            assertThat(cache.get("k", k -> "v")).isEqualTo("v");
        }
    }

    @Test
    void aLoadersOwnExecutionException_isThrownAsItIs() {
        var cache = cache(tier.node());
        var failure = new java.util.concurrent.ExecutionException("of a future", new IOException("down"));
        assertThatThrownBy(() -> cache.get("k", k -> {
                    throw failure;
                }))
                .isSameAs(failure);
    }

    @Test
    void aWriter_thatFailsWithATierException_ofAnotherCache_leavesNothingOld() {
        var cache = cache(
                tier.node(),
                b -> b.writeThrough(new io.skein.write.CacheWriter<String, String>() {
                    @Override
                    public void write(String key, String value) {
                        throw new TierException("of another cache", null);
                    }

                    @Override
                    public void delete(String key) {
                        throw new TierException("of another cache", null);
                    }
                }));
        cache.put("k", "old");
        assertThatThrownBy(() -> cache.write("k", "new")).hasMessage("of another cache");
        assertThat(tier.value("c", "k")).isNull();
        assertThat(cache.getIfPresent("k")).isNull();
    }

    @RepeatedTest(20)
    void whatIsLeased_isStored_unlessItsKeyWasChangedAnywhere() {
        var node = tier.node();
        var first = cache(node);
        var second = cache(tier.node());
        assertThat(first.lease("k").put("v")).isTrue();
        assertThat(tier.value("c", "k")).isEqualTo("v");
        assertThat(second.get("k", SharedTierTest::never)).isEqualTo("v");

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
            assertThat(tier.value("c", "k")).isNotEqualTo("old");
        }
        var ofAll = first.lease("k");
        second.invalidateAll();
        ofAll.put("old"); // if it is stored, it is as if it were not
        assertThat(tier.value("c", "k")).isNull();
        var ofTag = first.lease("k");
        second.invalidateTag("t");
        ofTag.put(Loaded.of("old").tags("t"));
        assertThat(tier.value("c", "k")).isNull();

        var gate = new Gate<String>("loaded"); // nobody waits for a lease of this kind, nor it for anybody
        second.invalidate("k");
        var unused = first.lease("k");
        var load = elsewhere(() -> second.get("k", gate));
        gate.awaitEntered();
        assertThat(first.lease("k").put("own")).isTrue();
        gate.open();
        assertThat(get(load)).isEqualTo("loaded");
        assertThat(first.get("k", SharedTierTest::never)).isIn("own", "loaded"); // neither is older than the other

        second.put("gone", "v");
        assertThat(first.lease("gone").put(Loaded.of("w").noStore()))
                .isFalse(); // as without a tier, what is older goes
        assertThat(tier.value("c", "gone")).isNull();
        var twice = first.lease("twice");
        assertThat(twice.put("1")).isTrue();
        assertThat(twice.put("2")).isTrue();
        assertThat(tier.value("c", "twice")).isEqualTo("2");

        var before = first.lease("other");
        node.disconnect();
        assertThat(before.put("v")).isFalse(); // it may have been changed since
        assertThat(first.lease("other").put("v")).isTrue();
        assertThat(first.getIfPresent("other")).isEqualTo("v");
        assertThat(tier.value("c", "other")).isNull();
    }

    /** The tier has not been told, so what it says of the fence is not enough. */
    @Test
    void whatIsLeased_isNotStored_afterAChangeThatTheTierDoesNotKnowOf() {
        var node = tier.node();
        var cache = cache(node);
        List<Runnable> changes =
                List.of(() -> cache.invalidate("k"), () -> cache.forget("k"), () -> cache.put("k", "newer"));
        for (var change : changes) {
            var lease = cache.lease("k");
            node.fail();
            assertThatThrownBy(change::run).isInstanceOf(TierException.class);
            node.recover();
            assertThat(lease.put("old")).isFalse();
            assertThat(tier.value("c", "k")).isNull();
            assertThat(cache.lease("k").put("new")).isTrue();
            cache.invalidate("k");
        }
    }

    @Test
    void absence_staleness_andEtags_areShared() {
        UnaryOperator<CoalescingCacheBuilder<String, String>> settings =
                b -> b.negativeTtl(Duration.ofHours(1)).staleIfError(Duration.ofHours(1));
        var first = cache(tier.node(), settings);
        var second = cache(tier.node(), settings);
        assertThat(first.get("none", k -> null)).isNull();
        assertThat(second.get("none", SharedTierTest::never)).isNull();
        first.put("k", Loaded.of("old").ttl(Duration.ofMillis(1)).etag("e"));
        await().pollDelay(Duration.ofMillis(10)).until(() -> true);
        assertThat(second.get("k", k -> {
                    throw new IOException("down");
                }))
                .isEqualTo("old");
        var third = cache(tier.node(), settings);
        third.getWith("k", (k, context) -> {
            assertThat(context.previous()).contains("old");
            assertThat(context.etag()).contains("e");
            return Loaded.notModified();
        });
        assertThat(second.get("k", SharedTierTest::never)).isEqualTo("old");
    }

    @Test
    void aRefresh_isDoneByOneNode_andSeenByAll() {
        var first = cache(tier.node());
        var second = cache(tier.node());
        first.put("k", "old");
        assertThat(first.getIfPresent("k")).isEqualTo("old");
        assertThat(second.getIfPresent("k")).isEqualTo("old");
        var gate = new Gate<String>("new");
        var one = first.refresh("k", gate);
        gate.awaitEntered();
        var other = second.refresh("k", SharedTierTest::never);
        await().until(() -> second.tierStats().orElseThrow().waits() == 1);
        gate.open();
        assertThat(get(one)).isEqualTo("new");
        assertThat(get(other)).isEqualTo("new");
        assertThat(second.get("k", SharedTierTest::never)).isEqualTo("new");
        assertThat(first.stats().refreshes()).isEqualTo(1);
    }

    @Test
    void getFresh_loads_whateverIsThere() {
        var first = cache(tier.node());
        var second = cache(tier.node());
        first.put("k", "old");
        assertThat(second.getIfPresent("k")).isEqualTo("old");
        assertThat(second.getFresh("k", k -> "new")).isEqualTo("new");
        assertThat(first.get("k", SharedTierTest::never)).isEqualTo("new");
    }

    @Test
    void aBulkCall_loadsWhatNobodyHas_andWaitsForWhatOthersLoad() {
        var first = cache(tier.node());
        var second = cache(tier.node());
        first.put("there", "1");
        var gate = new Gate<String>("2");
        var other = CompletableFuture.supplyAsync(() -> first.get("coming", gate), task -> new Thread(task).start());
        gate.awaitEntered();
        var asked = ConcurrentHashMap.<String>newKeySet();
        var call = CompletableFuture.supplyAsync(
                () -> second.getAll(List.of("there", "coming", "cold", "none"), keys -> {
                    asked.addAll(keys);
                    gate.open();
                    return Map.of("cold", "3");
                }),
                task -> new Thread(task).start());
        assertThat(new TreeMap<>(get(call))).isEqualTo(Map.of("there", "1", "coming", "2", "cold", "3"));
        assertThat(asked).isEqualTo(Set.of("cold", "none"));
        assertThat(get(other)).isEqualTo("2");
        assertThat(first.get("cold", SharedTierTest::never)).isEqualTo("3");
        assertThat(tier.holder("c", "none")).isNull();
    }

    @Test
    void whatCannotBeShared_isKeptByEach() {
        var first = cache(tier.node());
        var second = cache(tier.node());
        assertThat(first.get("k", k -> "unshared")).isEqualTo("unshared");
        assertThat(second.get("k", k -> "unshared")).isEqualTo("unshared");
        assertThat(second.get("k", SharedTierTest::never)).isEqualTo("unshared");
        first.invalidate("k");
        await().until(() -> second.entry("k").isEmpty());
    }

    @Test
    void aLoad_thatIsForgotten_holdsUpNobody() {
        var first = cache(tier.node());
        var gate = new Gate<String>("old");
        var before = CompletableFuture.supplyAsync(() -> first.get("k", gate), task -> new Thread(task).start());
        gate.awaitEntered();
        assertThat(first.forget("k")).isTrue();
        assertThat(first.get("k", k -> "new")).isEqualTo("new");
        gate.open();
        assertThat(get(before)).isEqualTo("old");
        assertThat(first.get("k", SharedTierTest::never)).isEqualTo("new");
    }

    /** What is published is told to who publishes it too. */
    @RepeatedTest(50)
    void aLoad_thatIsPublished_hasSucceeded_andWasNotForgotten() {
        var outcomes = new ConcurrentLinkedQueue<Object>();
        var cache = cache(
                tier.node(),
                b -> b.listener(new FlightListener() {
                    @Override
                    public void onLanding(FlightEvent event, FlightOutcome outcome, @Nullable Throwable failure) {
                        outcomes.add(outcome);
                    }

                    @Override
                    public void onForget(FlightEvent event) {
                        outcomes.add("forgotten");
                    }
                }));
        assertThat(cache.get("k", k -> "v")).isEqualTo("v");
        assertThat(outcomes).containsExactly(FlightOutcome.SUCCESS);
    }

    @Test
    void aLoad_thatIsNotToBeStored_removesNothingNewer() {
        var first = cache(tier.node());
        var second = cache(tier.node());
        var gate = new Gate<String>("old");
        var before = CompletableFuture.supplyAsync(
                () -> first.getWith("k", (k, context) -> Loaded.of(gate.load(k)).noStore()),
                task -> new Thread(task).start());
        gate.awaitEntered();
        second.put("k", "new");
        gate.open();
        assertThat(get(before)).isEqualTo("old");
        assertThat(tier.value("c", "k")).isEqualTo("new");
    }

    @Test
    void whatIsNotToBeStored_removesWhatIsOlder() {
        var first = cache(tier.node());
        first.put("k", "old");
        assertThat(first.getFresh("k", k -> null)).isNull();
        assertThat(tier.value("c", "k")).isNull();
        assertThat(tier.holder("c", "k")).isNull();
    }

    @RepeatedTest(50)
    @Timeout(20) // less than a lease
    void anInterruptedBulkCall_keepsNoLease() throws Exception {
        var node = tier.node();
        var cache = cache(node);
        var other = cache(tier.node());
        node.slow(Duration.ofMillis(ThreadLocalRandom.current().nextInt(4)));
        var keys = List.of("a", "b", "c", "d", "e");
        var thread = new Thread(() -> assertThatThrownBy(() -> cache.getAll(keys, all -> {
                    Thread.sleep(60_000);
                    return Map.of();
                }))
                .isInstanceOf(CallerInterruptedException.class));
        thread.start();
        await().until(() -> node.asked() >= 3);
        thread.interrupt();
        thread.join();
        keys.forEach(key -> assertThat(other.get(key, k -> "v")).isEqualTo("v"));
        assertThat(other.tierStats().orElseThrow().alone()).isZero();
    }

    @RepeatedTest(50)
    @Timeout(20) // less than a lease
    void anInterruptedLoad_keepsNoLease() throws Exception {
        var node = tier.node();
        var cache = cache(node);
        var other = cache(tier.node());
        node.slow(Duration.ofMillis(ThreadLocalRandom.current().nextInt(3)));
        var own = cache.getAsync("async", k -> new CompletableFuture<>());
        var thread = new Thread(() -> assertThatThrownBy(() -> cache.get("k", k -> {
                    Thread.sleep(60_000);
                    return "";
                }))
                .isInstanceOf(CallerInterruptedException.class));
        thread.start();
        await().pollInterval(Duration.ofMillis(1)).until(() -> node.asked() >= 2);
        thread.interrupt();
        thread.join();
        own.cancel(true);
        assertThat(other.get("k", k -> "v")).isEqualTo("v");
        assertThat(other.get("async", k -> "v")).isEqualTo("v");
        assertThat(other.tierStats().orElseThrow().alone()).isZero();
    }

    @Test
    void aCache_thatIsClosed_keepsNoLease() {
        var first = cache(tier.node());
        var second = cache(tier.node());
        var gate = new Gate<String>();
        var call = CompletableFuture.supplyAsync(() -> first.get("k", gate), task -> new Thread(task).start());
        gate.awaitEntered();
        first.close();
        assertThatThrownBy(() -> get(call)).hasCauseInstanceOf(RuntimeException.class);
        assertThat(second.get("k", k -> "v")).isEqualTo("v");
        assertThat(second.tierStats().orElseThrow().alone()).isZero();
    }

    @Test
    void aStaleValue_ofTheTier_isServedAndLoadedAnew_byStaleWhileRevalidate() {
        UnaryOperator<CoalescingCacheBuilder<String, String>> settings =
                b -> b.staleWhileRevalidate(Duration.ofHours(1));
        var first = cache(tier.node(), settings);
        var second = cache(tier.node(), settings);
        first.put("k", Loaded.of("old").ttl(Duration.ofNanos(1)));
        assertThat(second.get("k", k -> "new")).isEqualTo("old");
        await().until(() -> "new".equals(tier.value("c", "k")));
        await().until(() -> "new".equals(second.get("k", SharedTierTest::never)));
        assertThat(second.stats().staleHits()).isPositive();
        assertThat(second.stats().refreshes()).isEqualTo(1);
    }

    @Test
    void aStaleValue_ofTheTier_standsIn_butTheSourceIsNotAskedAgainAtOnce() {
        UnaryOperator<CoalescingCacheBuilder<String, String>> settings =
                b -> b.staleIfError(Duration.ofHours(1)).retryAfterError(Duration.ofHours(1));
        cache(tier.node(), settings).put("k", Loaded.of("old").ttl(Duration.ofNanos(1)));
        var cache = cache(tier.node(), settings);
        var runs = new AtomicInteger();
        for (int i = 0; i < 3; i++) {
            assertThat(cache.get("k", k -> {
                        runs.incrementAndGet();
                        throw new IOException("down");
                    }))
                    .isEqualTo("old");
        }
        assertThat(runs).hasValue(1);
    }

    @Test
    void aRefresh_ofWhatIsNotNear_isNoRead() {
        var first = cache(tier.node());
        var second = cache(tier.node());
        first.put("k", "old");
        var gate = new Gate<String>("lost");
        var failing = first.refresh("k", k -> {
            gate.load(k);
            throw new IOException("down");
        });
        gate.awaitEntered();
        var other = second.refresh("k", k -> "new");
        await().until(() -> second.tierStats().orElseThrow().waits() == 1);
        gate.open();
        assertThatThrownBy(() -> get(failing)).hasCauseInstanceOf(IOException.class);
        assertThat(get(other)).isEqualTo("new");
    }

    @Test
    void manyInvalidations_areMade_thoughTheTierFails() {
        var node = tier.node();
        var cache = cache(node);
        for (var key : List.of("a", "b")) {
            cache.get(key, k -> "v");
            assertThat(cache.getIfPresent(key)).isEqualTo("v");
        }
        node.fail();
        assertThatThrownBy(() -> cache.invalidateAll(List.of("a", "b"))).isInstanceOf(TierException.class);
        assertThat(cache.keys()).isEmpty();
    }

    @Test
    void theMap_isReadOnly_andContradictionsAreRefused() {
        var cache = cache(tier.node());
        cache.put("k", "v");
        assertThat(cache.getIfPresent("k")).isEqualTo("v");
        assertThat(cache.asMap()).containsEntry("k", "v");
        assertThatThrownBy(() -> cache.asMap().put("k", "w")).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> cache.asMap().remove("k")).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> cache.asMap().clear()).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> CoalescingCache.<String, String>builder("c")
                        .nearTtl(Duration.ofSeconds(1))
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("nearTtl needs sharedTier");
    }

    /** The promise of all: whoever asks after an invalidation has returned does not see what was loaded before it. */
    @RepeatedTest(20)
    void I4_I6_whatIsStored_isNeverOlderThanTheLastInvalidation() {
        var source = new AtomicLong();
        var caches = new ArrayList<CoalescingCache<String, String>>();
        for (int i = 0; i < 4; i++) {
            caches.add(cache(tier.node()));
        }
        var workers = new ArrayList<CompletableFuture<Void>>();
        for (var cache : caches) {
            for (int t = 0; t < 2; t++) {
                workers.add(CompletableFuture.runAsync(
                        () -> {
                            for (int i = 0; i < 200; i++) {
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
                        },
                        task -> new Thread(task).start()));
            }
        }
        workers.forEach(SharedTierTest::get);
        caches.get(0).invalidate("k");
        long last = source.get();
        for (var cache : caches) {
            await().until(() -> Long.parseLong(cache.get("k", k -> source.toString())) == last);
        }
    }
}
