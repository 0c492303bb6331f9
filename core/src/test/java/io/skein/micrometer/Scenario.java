package io.skein.micrometer;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.MeterRegistry;
import io.skein.AsyncLoader;
import io.skein.CallerInterruptedException;
import io.skein.Callers;
import io.skein.Gate;
import io.skein.Group;
import io.skein.LoadRejectedException;
import io.skein.LoadTimeoutException;
import io.skein.WriteRejectedException;
import io.skein.cache.CoalescingCache;
import io.skein.tier.InMemoryTier;
import io.skein.write.CacheWriter;
import io.skein.write.WriteBehind;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/** All that can be counted, so many times that no two counts can be taken for each other without being noticed. */
final class Scenario {
    private final AtomicLong nanos = new AtomicLong();
    private final MeterRegistry registry;
    private final AtomicLong entryNanos = new AtomicLong();
    private final SkeinMetrics metrics;
    private final CompletableFuture<String> never = new CompletableFuture<>();

    /** Kept: what has been collected is not shown any more. */
    Group<String, String> users;

    CoalescingCache<String, String> products;
    CoalescingCache<String, String> posts;
    CoalescingCache<String, String> sites;

    Scenario(MeterRegistry registry) {
        this.registry = registry;
        this.metrics = SkeinMetrics.of(registry);
    }

    void run() {
        flights();
        handOver();
        entries();
        writes();
        sharing();
    }

    /** In cache "sites": 3 loads under leases, of which 2 were published and 1 fenced, 1 value found, 4 changes told, then 5 loads alone. */
    void sharing() {
        var tier = new InMemoryTier();
        var node = tier.node();
        var other = CoalescingCache.<String, String>builder("sites")
                .sharedTier(tier.node().tier())
                .build();
        sites = metrics.build(CoalescingCache.<String, String>builder("sites")
                .ticker(entryNanos::get)
                .sharedTier(node.<String, String>tier()));
        sites.get("a", key -> "1");
        sites.get("b", key -> "1");
        other.put("c", "1");
        sites.get("c", key -> "not asked");
        sites.get("d", key -> {
            other.invalidate("d");
            Callers.awaitTrue(() -> sites.flights().isEmpty());
            return "1";
        });
        Callers.awaitTrue(() -> sites.tierStats().orElseThrow().changes() == 3);
        other.put("c", "2");
        Callers.awaitTrue(() -> sites.tierStats().orElseThrow().changes() == 4);
        node.fail();
        for (int i = 0; i < 5; i++) {
            sites.get("e" + i, key -> "1");
        }
    }

    /** In cache "posts": 1 write merged, 3 flushed, 2 retried, 1 dead letter, 4 rejected, 3 pending, the oldest for 3 s. */
    void writes() {
        var slow = new Gate<String>();
        posts = metrics.build(CoalescingCache.<String, String>builder("posts")
                .ticker(entryNanos::get)
                .writeBehind(
                        new CacheWriter<>() {
                            @Override
                            public void write(String key, String value) throws Exception {
                                if (key.equals("poison")) {
                                    throw new IOException("no");
                                }
                                if (key.equals("e")) {
                                    slow.load(key);
                                }
                            }

                            @Override
                            public void delete(String key) {}
                        },
                        WriteBehind.<String, String>of(3, Duration.ofHours(1))
                                .maxBuffered(3)
                                .retry(1, Duration.ofSeconds(1), Duration.ofSeconds(1))
                                .maxWait(Duration.ZERO)
                                .deadLetters(letter -> {})));
        posts.write("a", "1");
        posts.write("a", "2");
        posts.write("b", "1");
        posts.flush();
        posts.write("poison", "1");
        posts.write("d", "1");
        posts.flushAsync();
        Callers.awaitTrue(() -> posts.writeBehindStats().orElseThrow().retried() == 2);
        passEntries(Duration.ofSeconds(1));
        posts.flush();
        posts.write("e", "1");
        posts.flushAsync();
        slow.awaitEntered();
        passEntries(Duration.ofSeconds(3));
        posts.write("f", "1");
        posts.write("g", "1");
        for (int i = 0; i < 4; i++) {
            assertThatThrownBy(() -> posts.write("h", "1")).isInstanceOf(WriteRejectedException.class);
        }
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    private void passEntries(Duration time) {
        entryNanos.addAndGet(time.toNanos());
    }

    /** In group "users": 12 leaders, 5 followers. */
    void flights() {
        var full = new AtomicBoolean();
        Executor threads = task -> {
            if (full.get()) {
                throw new RejectedExecutionException("full");
            }
            Callers.platform(task).start();
        };
        users = metrics.monitor(Group.<String, String>builder("users")
                .ticker(nanos::get)
                .loadTimeout(Duration.ofMinutes(1))
                .stuckAfter(Duration.ofSeconds(30))
                .executor(threads)
                .maxFlights(2)
                .listener(metrics)
                .build());

        // success: 3 loads of 2 s, the first with 2 followers
        for (int i = 0; i < 3; i++) {
            var source = new CompletableFuture<String>();
            users.loadAsync("a", key -> source);
            if (i == 0) {
                users.loadAsync("a", key -> source);
                users.loadAsync("a", key -> source);
            }
            pass(Duration.ofSeconds(2));
            source.complete("value");
        }
        // failure: 2
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> users.load("b", key -> {
                        throw new IOException("down");
                    }))
                    .isInstanceOf(IOException.class);
        }
        // cancelled: 1, with a follower
        var leader = users.loadAsync("c", key -> new CompletableFuture<>());
        var follower = users.loadAsync("c", key -> new CompletableFuture<>());
        leader.cancel(true);
        follower.cancel(true);
        // rejected by the executor: 1
        full.set(true);
        assertThatThrownBy(() -> users.load("d", key -> "value")).isInstanceOf(RejectedExecutionException.class);
        full.set(false);
        // forgotten: 1, with a follower
        var forgotten = new CompletableFuture<String>();
        users.loadAsync("e", key -> forgotten);
        users.loadAsync("e", key -> forgotten);
        users.forget("e");
        forgotten.complete("value");
        // turned away: 3; stuck and timed out: 2
        var one = users.loadAsync("f", key -> new CompletableFuture<>());
        var two = users.loadAsync("g", key -> new CompletableFuture<>());
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> users.load("h", key -> "value")).isInstanceOf(LoadRejectedException.class);
        }
        pass(Duration.ofSeconds(31));
        Callers.awaitTrue(() -> stuck() == 2);
        pass(Duration.ofSeconds(31));
        assertThatThrownBy(one::join).hasCauseInstanceOf(LoadTimeoutException.class);
        assertThatThrownBy(two::join).hasCauseInstanceOf(LoadTimeoutException.class);
        Callers.awaitTrue(() -> users.flights().isEmpty());
        // in progress: 1 that can be joined, with a follower, and 1 that was forgotten
        users.loadAsync("i", key -> never);
        users.forget("i");
        users.loadAsync("i", key -> never);
        users.loadAsync("i", key -> never);
    }

    /** In group "owners", without a thread of its own: a leader is interrupted, a follower takes over. */
    void handOver() {
        var owners = Group.<String, String>builder("owners").listener(metrics).build();
        var first = new Gate<String>();
        var second = new Gate<String>();
        var leader = Callers.onThread(() -> owners.load("a", first));
        first.awaitEntered();
        var follower = Callers.onThread(() -> owners.load("a", second));
        Callers.awaitTrue(() -> owners.flights().get(0).callers() == 2);
        leader.giveUp();
        assertThatThrownBy(() -> leader.get()).isInstanceOf(CallerInterruptedException.class);
        second.awaitEntered();
        second.open();
        follower.get();
    }

    /** In cache "products". */
    void entries() {
        var source = new AtomicReference<AsyncLoader<String, String>>(CompletableFuture::completedFuture);
        products = metrics.monitor(CoalescingCache.<String, String>builder("products")
                .ticker(entryNanos::get)
                .executor(Runnable::run)
                .ttl(Duration.ofSeconds(10))
                .staleWhileRevalidate(Duration.ofSeconds(5))
                .staleIfError(Duration.ofMinutes(10))
                .retryAfterError(Duration.ofSeconds(2))
                .softTimeout(Duration.ofMillis(5))
                .maximumSize(1_000)
                .asyncLoader(key -> source.get().load(key))
                .listener(metrics)
                .build());
        AsyncLoader<String, String> down = key -> CompletableFuture.failedFuture(new IOException("down"));

        products.get("a"); // a miss
        products.get("a"); // hits: 3
        products.get("a");
        products.getIfPresent("a");
        products.getIfPresent("nothing"); // a miss
        products.put("b", "put");
        // revalidating: 1, refreshed: 1
        passEntries(Duration.ofSeconds(11));
        products.get("a");
        // failed: 1, then set back: 2
        source.set(down);
        passEntries(Duration.ofSeconds(20));
        products.getFreshAsync("other").exceptionally(e -> null).join(); // a miss, a failed load
        products.refresh("a").exceptionally(e -> null).join(); // a failed refresh
        products.get("a"); // set back
        products.get("a");
        passEntries(Duration.ofSeconds(3));
        products.get("a"); // its refresh fails at once, so it is set back
        // load failed: 1, after a refresh has
        passEntries(Duration.ofSeconds(3));
        var failing = new CompletableFuture<String>();
        source.set(key -> failing);
        var unlucky = Callers.onThread(() -> products.get("a"));
        Callers.awaitTrue(() -> products.flights().stream().anyMatch(flight -> flight.callers() == 2));
        failing.completeExceptionally(new IOException("down"));
        unlucky.get();
        // soft timeout: 1, and the refresh succeeds later
        passEntries(Duration.ofSeconds(3));
        var late = new CompletableFuture<String>();
        source.set(key -> late);
        var patient = Callers.onThread(() -> products.get("a"));
        Callers.awaitTrue(() -> products.flights().stream().anyMatch(flight -> flight.callers() == 2));
        passEntries(Duration.ofMillis(10));
        patient.get();
        late.complete("late");
        // invalidations
        products.invalidate("a");
        products.invalidate("b");
        products.invalidateTag("tag");
        products.invalidateAll();
        products.invalidateAll();
        products.invalidateAll();
        products.put("c", "value");
    }

    private double stuck() {
        return registry.get("skein.stuck").tag("group", "users").counter().count();
    }
}
