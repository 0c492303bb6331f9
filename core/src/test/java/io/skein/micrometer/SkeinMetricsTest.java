package io.skein.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.skein.Callers;
import io.skein.Group;
import io.skein.cache.CoalescingCache;
import io.skein.event.FlightListener;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** Every meter, counted exactly. */
class SkeinMetricsTest {
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    /** All meters that are not zero: name, tags, and the measurement that counts. */
    private Map<String, Double> counts() {
        var counts = new TreeMap<String, Double>();
        for (var meter : registry.getMeters()) {
            double count = meter instanceof Timer timer
                    ? timer.count()
                    : meter.measure().iterator().next().getValue();
            var tags = meter.getId().getTags().stream()
                    .map(tag -> tag.getKey() + "=" + tag.getValue())
                    .collect(Collectors.joining(","));
            if (count != 0) {
                counts.put(meter.getId().getName() + "{" + tags + "}", count);
            }
        }
        return counts;
    }

    @RepeatedTest(20)
    void everyMeter_toExactNumbers() {
        var scenario = new Scenario(registry);
        scenario.run();

        var expected = new TreeMap<String, Double>();
        expected.put("skein.callers{group=users,role=leader}", 12.0);
        expected.put("skein.callers{group=users,role=follower}", 5.0);
        expected.put("skein.flights{group=users,outcome=success}", 3.0);
        expected.put("skein.flights{group=users,outcome=failure}", 2.0);
        expected.put("skein.flights{group=users,outcome=cancelled}", 1.0);
        expected.put("skein.flights{group=users,outcome=rejected}", 1.0);
        expected.put("skein.flights{group=users,outcome=forgotten}", 1.0);
        expected.put("skein.flights{group=users,outcome=timeout}", 2.0);
        expected.put("skein.rejected{group=users}", 3.0);
        expected.put("skein.stuck{group=users}", 2.0);
        expected.put("skein.flights.active{group=users}", 2.0);
        expected.put("skein.callers.waiting{group=users}", 3.0);

        expected.put("skein.callers{group=owners,role=leader}", 1.0);
        expected.put("skein.callers{group=owners,role=follower}", 1.0);
        expected.put("skein.flights{group=owners,outcome=handed_over}", 1.0);
        expected.put("skein.flights{group=owners,outcome=success}", 1.0);

        expected.put("skein.callers{group=products,role=leader}", 8.0);
        expected.put("skein.callers{group=products,role=follower}", 2.0);
        expected.put("skein.flights{group=products,outcome=success}", 4.0); // one found the failure of the load before
        expected.put("skein.flights{group=products,outcome=failure}", 4.0);
        expected.put("skein.stale{cache=products,reason=revalidating}", 1.0);
        expected.put("skein.stale{cache=products,reason=set_back}", 3.0);
        expected.put("skein.stale{cache=products,reason=load_failed}", 1.0);
        expected.put("skein.stale{cache=products,reason=soft_timeout}", 1.0);
        expected.put("skein.refresh{cache=products,outcome=success}", 2.0);
        expected.put("skein.refresh{cache=products,outcome=failure}", 3.0);
        expected.put("skein.invalidations{cache=products,scope=key}", 2.0);
        expected.put("skein.invalidations{cache=products,scope=tag}", 1.0);
        expected.put("skein.invalidations{cache=products,scope=all}", 3.0);
        expected.put("cache.gets{cache=products,result=hit}", 9.0); // 3 fresh, 6 stale
        expected.put("cache.gets{cache=products,result=miss}", 3.0);
        expected.put("cache.puts{cache=products}", 5.0);
        expected.put("cache.size{cache=products}", 1.0);
        expected.put("cache.load{cache=products,result=success}", 3.0);
        expected.put("cache.load{cache=products,result=failure}", 4.0);
        expected.put("cache.load.duration{cache=products}", 0.010);

        expected.put("cache.gets{cache=sites,result=miss}", 9.0);
        expected.put("cache.load{cache=sites,result=success}", 8.0);
        expected.put("cache.puts{cache=sites}", 1.0);
        expected.put("skein.callers{group=sites,role=leader}", 9.0);
        expected.put("skein.flights{group=sites,outcome=forgotten}", 1.0);
        expected.put("skein.flights{group=sites,outcome=success}", 8.0);
        expected.put("skein.tier{cache=sites,outcome=hit}", 1.0);
        expected.put("skein.tier{cache=sites,outcome=leased}", 3.0);
        expected.put("skein.tier{cache=sites,outcome=published}", 2.0);
        expected.put("skein.tier{cache=sites,outcome=fenced}", 1.0);
        expected.put("skein.tier{cache=sites,outcome=alone}", 5.0);
        expected.put("skein.tier{cache=sites,outcome=changed}", 4.0);
        expected.put("skein.tier{cache=sites,outcome=failed}", 5.0);
        expected.put("skein.tier.coherent{cache=sites}", 1.0);
        expected.put("skein.writes.pending{cache=posts}", 3.0);
        expected.put("skein.writes.oldest{cache=posts}", 3.0);
        expected.put("skein.writes{cache=posts,outcome=merged}", 1.0);
        expected.put("skein.writes{cache=posts,outcome=flushed}", 3.0);
        expected.put("skein.writes{cache=posts,outcome=retried}", 2.0);
        expected.put("skein.writes{cache=posts,outcome=dead_lettered}", 1.0);
        expected.put("skein.writes{cache=posts,outcome=rejected}", 4.0);
        expected.put("skein.invalidations{cache=posts,scope=key}", 1.0);
        expected.put("cache.puts{cache=posts}", 8.0);
        expected.put("cache.size{cache=posts}", 6.0);

        assertThat(counts()).isEqualTo(expected);
    }

    @Test
    void evictions() {
        var cache = SkeinMetrics.of(registry)
                .monitor(CoalescingCache.<Integer, String>builder("small")
                        .maximumSize(10)
                        .build());

        for (int i = 0; i < 110; i++) {
            cache.put(i, "value");
        }

        Callers.awaitTrue(() -> {
            cache.put(0, "value"); // has Caffeine do its work
            return cache.estimatedSize() == 10;
        });
        double puts = registry.get("cache.puts").functionCounter().count();
        double evictions = registry.get("cache.evictions").functionCounter().count();
        assertThat(evictions).isBetween(100.0, puts - 10);
    }

    @Test
    void theTimeOfALoad() {
        new Scenario(registry).flights();

        var success = registry.get("skein.flights")
                .tags("group", "users", "outcome", "success")
                .timer();
        assertThat(success.totalTime(TimeUnit.SECONDS)).isEqualTo(6);
        assertThat(success.max(TimeUnit.SECONDS)).isEqualTo(2);
        var timeout = registry.get("skein.flights")
                .tags("group", "users", "outcome", "timeout")
                .timer();
        Callers.awaitTrue(() -> timeout.count() == 2); // told by the thread of the timer, after the callers
        assertThat(timeout.totalTime(TimeUnit.SECONDS)).isEqualTo(124);
    }

    @Test
    void theDocumentation_namesEveryMeter_itsTypeAndItsTags() {
        new Scenario(registry).run();

        var seen = registry.getMeters().stream()
                .map(Meter::getId)
                .filter(id -> id.getName().startsWith("skein."))
                .collect(Collectors.groupingBy(Meter.Id::getName));

        var documented =
                Arrays.stream(SkeinMeters.values()).map(SkeinMeters::getName).collect(Collectors.toSet());
        assertThat(seen.keySet()).isEqualTo(documented);
        for (var meter : SkeinMeters.values()) {
            var keys = Arrays.stream(meter.getKeyNames())
                    .map(key -> key.asString())
                    .toList();
            assertThat(seen.get(meter.getName())).allSatisfy(id -> {
                assertThat(id.getType()).isEqualTo(meter.getType());
                assertThat(id.getDescription()).isEqualTo(meter.description());
                assertThat(id.getTags().stream().map(tag -> tag.getKey()).toList())
                        .containsExactlyInAnyOrderElementsOf(keys);
            });
        }
    }

    @Test
    void whatIsMonitored_isShownFromZeroOn() {
        var metrics = SkeinMetrics.of(registry, Tags.of("region", "north"));
        var group = metrics.build(Group.<String, String>builder("users"));
        var cache = metrics.build(CoalescingCache.<String, String>builder("products"));

        assertThat(counts()).isEmpty();
        assertThat(registry.getMeters()).hasSize(2 * (2 + 7 + 2 + 2) + 4 + 2 + 3 + 8);
        assertThat(registry.getMeters())
                .allSatisfy(meter -> assertThat(meter.getId().getTag("region")).isEqualTo("north"));
        assertThat(group.name() + cache.name()).isEqualTo("usersproducts");
    }

    @Test
    void aListenerThatIsAddedTwice_countsOnce() {
        var metrics = SkeinMetrics.of(registry);
        var group = metrics.build(
                Group.<String, String>builder("users").listener(metrics).listener(metrics));
        var cache = metrics.build(CoalescingCache.<String, String>builder("products")
                .listener((FlightListener) metrics)
                .listener(metrics));

        group.load("key", key -> "value");
        cache.get("key", key -> "value");
        cache.invalidate("key");

        assertThat(counts())
                .containsEntry("skein.callers{group=users,role=leader}", 1.0)
                .containsEntry("skein.callers{group=products,role=leader}", 1.0)
                .containsEntry("skein.invalidations{cache=products,scope=key}", 1.0);
    }

    @Test
    void keysAndTagsOfUsers_areNoTagsOfMeters() {
        var metrics = SkeinMetrics.of(registry);
        var cache = metrics.monitor(CoalescingCache.<String, String>builder("products")
                .listener(metrics)
                .build());

        cache.get("secret-key", key -> "secret-value");
        cache.invalidate("secret-key");
        cache.invalidateTag("secret-tag");

        var values = new HashSet<String>();
        registry.getMeters().forEach(meter -> meter.getId().getTags().forEach(tag -> values.add(tag.getValue())));
        assertThat(values).noneMatch(value -> value.toLowerCase(Locale.ROOT).contains("secret"));
    }

    @Test
    void aClosedCache_isStillShown() {
        var metrics = SkeinMetrics.of(registry);
        var cache = metrics.monitor(CoalescingCache.<String, String>builder("products")
                .listener(metrics)
                .build());
        var call = cache.getAsync("a", key -> new CompletableFuture<>());
        cache.close();

        assertThat(call).isCompletedExceptionally();
        assertThat(counts())
                .containsEntry("skein.flights{group=products,outcome=cancelled}", 1.0)
                .doesNotContainKey("skein.flights.active{group=products}");
    }
}
