package io.skein.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Caches in JVMs of their own, behind one real server. Times of one machine's clock can be compared. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class SeveralJvmsTest {
    private static final Duration LEASE = Duration.ofSeconds(3);

    private static RedisServer server;

    private final List<Jvm> jvms = new ArrayList<>();

    @BeforeAll
    static void start() {
        server = new RedisServer();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @AfterEach
    void close() {
        jvms.forEach(Jvm::close);
    }

    private List<Jvm> jvms(int count, Duration lease) {
        for (int i = 0; i < count; i++) {
            jvms.add(new Jvm(server.uri(), lease));
        }
        jvms.forEach(jvm -> jvm.hear("ready"));
        return List.copyOf(jvms);
    }

    @Test
    void I5_eightJvms_twoHundredColdKeys_areLoadedOnceEach() {
        int keys = 200;
        var all = jvms(8, LEASE);
        for (int round = 0; round < 5; round++) { // a JVM that has just started has other things to do
            var name = "warm" + round;
            all.forEach(jvm -> jvm.tell("keys " + keys + " 1 " + name));
            for (var jvm : all) {
                for (int i = 0; i < keys; i++) {
                    jvm.hear("served");
                }
            }
        }
        all.forEach(jvm -> jvm.tell("keys " + keys + " 50 cold"));
        var loadedAt = new HashMap<String, Long>();
        var values = new HashMap<String, Set<String>>();
        var servedLast = new HashMap<String, Long>();
        int loads = 0;
        for (var jvm : all) {
            for (int served = 0; served < keys; ) {
                var line = jvm.hear("");
                if (line.get(1).startsWith("warm")) {
                    continue;
                }
                assertThat(line.get(0)).isIn("loaded", "served");
                long nanos = Long.parseLong(line.get(2));
                if (line.get(0).equals("loaded")) {
                    loads++;
                    loadedAt.put(line.get(1), nanos);
                } else {
                    served++;
                    servedLast.merge(line.get(1), nanos, Math::max);
                    values.computeIfAbsent(line.get(1), k -> new TreeSet<>()).add(line.get(3));
                }
            }
        }
        var late = servedLast.entrySet().stream()
                .map(entry -> entry.getValue() - loadedAt.get(entry.getKey()))
                .sorted()
                .toList();
        System.out.printf(
                "8 JVMs, %d keys: %d loads; from the end of a load until the last JVM is served: p50 %.1f ms, p99 %.1f ms%n",
                keys, loads, late.get(late.size() / 2) / 1e6, late.get(late.size() * 99 / 100) / 1e6);
        all.forEach(jvm -> jvm.tell("stats"));
        all.forEach(jvm -> System.out.println(jvm.hear("stats").get(1)));
        assertThat(loads).isEqualTo(keys);
        assertThat(values.values()).allMatch(ofOne -> ofOne.size() == 1);
    }

    @Test
    void I8_aJvm_thatIsKilledWhileItLoads_isFollowedByAnother() {
        var lease = Duration.ofMillis(600);
        var all = jvms(3, lease);
        var dying = all.get(0);
        dying.tell("get mortal 60000");
        try (var watch = new Spy(server.uri())) {
            watch.awaitSet("skein:jvms:v1:{mortal}:l");
        }
        all.get(1).tell("get mortal 1");
        all.get(2).tell("get mortal 1");
        dying.kill();
        long killed = System.nanoTime();
        var served = List.of(all.get(1).hear("served"), all.get(2).hear("served"));
        assertThat(served.get(0).get(3)).isEqualTo(served.get(1).get(3));
        long took = Long.parseLong(served.get(0).get(2)) - killed;
        System.out.printf("takeover after a kill: %d ms, with a lease of %d ms%n", took / 1_000_000, lease.toMillis());
        assertThat(Duration.ofNanos(took)).isLessThan(lease.plusSeconds(5));
    }

    private long get(Jvm jvm, String key) {
        jvm.tell("get " + key + " 0");
        return Long.parseLong(jvm.hear("served").get(3));
    }

    private static long invalidate(Jvm jvm, String how, String what) {
        jvm.tell(how + ' ' + what);
        return Long.parseLong(jvm.hear("invalidated").get(2));
    }

    /** Asks until it is served what was loaded since. How long it may be outdated, nobody says; that it does not stay so. */
    private long awaitNewer(Jvm jvm, String key, long since) {
        long end = System.nanoTime() + 5_000_000_000L;
        long value;
        do {
            value = get(jvm, key);
        } while (value < since && System.nanoTime() < end);
        assertThat(value).isGreaterThanOrEqualTo(since);
        return value;
    }

    @Test
    void I1_whoInvalidates_isServedNothingFromBefore() {
        var all = jvms(2, LEASE);
        for (int round = 0; round < 50; round++) {
            assertThat(get(all.get(0), "own")).isEqualTo(awaitNewer(all.get(1), "own", 0));
            var one = all.get(round % 2);
            long invalidated = invalidate(one, "invalidate", "own");
            assertThat(get(one, "own")).isGreaterThanOrEqualTo(invalidated);
            awaitNewer(all.get((round + 1) % 2), "own", invalidated);
        }
    }

    @Test
    void I2_anInvalidation_isSeenByTheOthers() {
        var all = jvms(3, LEASE);
        for (int round = 0; round < 30; round++) {
            for (var jvm : all) {
                get(jvm, "shared");
            }
            var one = all.get(round % 3);
            long invalidated =
                    round % 10 == 9 ? invalidate(one, "invalidateAll", "all") : invalidate(one, "invalidate", "shared");
            for (var jvm : all) {
                awaitNewer(jvm, "shared", invalidated);
            }
        }
    }

    /** Without waiting for what Redis tells. */
    @Test
    void I3_whatIsAskedForFresh_isLoadedSinceAnInvalidationAnywhere() {
        var all = jvms(2, LEASE);
        for (int round = 0; round < 100; round++) {
            get(all.get(1), "fresh");
            long invalidated = invalidate(all.get(0), "invalidate", "fresh");
            all.get(1).tell("fresh fresh 0");
            long seen = Long.parseLong(all.get(1).hear("served").get(3));
            assertThat(seen).isGreaterThanOrEqualTo(invalidated);
            assertThat(awaitNewer(all.get(0), "fresh", invalidated)).isEqualTo(seen);
        }
    }

    @Test
    void I4_aLoad_thatBeganBeforeAnInvalidationElsewhere_isNeverInRedis() {
        var all = jvms(3, LEASE);
        try (var watch = new Spy(server.uri())) {
            for (int round = 0; round < 20; round++) {
                var key = "fenced-" + round;
                all.get(0).tell("get " + key + " 150");
                watch.awaitSet("skein:jvms:v1:{" + key + "}:l");
                long invalidated = invalidate(all.get(1), "invalidate", key);
                long newer = get(all.get(2), key);
                assertThat(newer).isGreaterThanOrEqualTo(invalidated);
                assertThat(Long.parseLong(all.get(0).hear("served").get(3))).isLessThan(invalidated);
                for (var jvm : all) {
                    assertThat(awaitNewer(jvm, key, invalidated)).isEqualTo(newer);
                }
            }
        }
    }

    @Test
    void I6_whenAllIsQuiet_whatIsNear_isWhatIsInRedis() {
        var all = jvms(3, LEASE);
        for (int round = 0; round < 7; round++) {
            var name = "quiet" + round;
            all.forEach(jvm -> jvm.tell("churn 1500 " + name + " 20"));
            all.forEach(jvm -> jvm.hear("churned"));
            var newcomer = new Jvm(server.uri(), LEASE);
            jvms.add(newcomer); // it has nothing near
            newcomer.hear("ready");
            for (int i = 0; i < 20; i++) {
                var key = name + '-' + i;
                await().untilAsserted(() -> {
                    var inRedis = present(newcomer, key);
                    assertThat(all)
                            .allSatisfy(jvm -> assertThat(present(jvm, key)).isEqualTo(inRedis));
                });
            }
            newcomer.close();
        }
    }

    private static String present(Jvm jvm, String key) {
        jvm.tell("present " + key);
        return jvm.hear("present").get(3);
    }

    @Test
    void I9_anInvalidationOfATag_isSeenByAll() {
        var all = jvms(3, LEASE);
        for (int round = 0; round < 20; round++) {
            var name = "tagged-" + round + '-';
            for (int i = 0; i < 3; i++) {
                var own = all.get(i);
                own.tell("tagged " + name + i + " 0 blue");
                own.hear("served");
            }
            for (var jvm : all) {
                for (int i = 0; i < 3; i++) {
                    get(jvm, name + i);
                }
            }
            var one = all.get(round % 3);
            long invalidated = invalidate(one, "invalidateTag", "blue");
            for (int i = 0; i < 3; i++) {
                assertThat(get(one, name + i)).isGreaterThanOrEqualTo(invalidated);
                for (var jvm : all) {
                    awaitNewer(jvm, name + i, invalidated);
                }
            }
        }
    }

    @Test
    void I10_whatWasNear_whenALinkWasLost_isServedNoMore() {
        try (var wire = new Proxy(server.port())) {
            var other = jvms(1, LEASE).get(0);
            var behind = new Jvm(wire.uri(), LEASE);
            jvms.add(behind);
            behind.hear("ready");
            for (int round = 0; round < 5; round++) {
                get(other, "behind");
                get(behind, "behind");
                wire.refuse(true);
                wire.cut();
                awaitCoherent(behind, false);
                long invalidated = invalidate(other, "invalidate", "behind");
                long alone = get(behind, "behind");
                assertThat(alone).isGreaterThanOrEqualTo(invalidated);
                long again = invalidate(other, "invalidate", "behind");
                wire.refuse(false);
                awaitCoherent(behind, true);
                assertThat(get(behind, "behind")).isGreaterThanOrEqualTo(again);
            }
        }
    }

    private static void awaitCoherent(Jvm jvm, boolean isCoherent) {
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            jvm.tell("coherent");
            return jvm.hear("coherent").get(1).equals("" + isCoherent);
        });
    }

    /** A new release writes something else, under the same names. */
    @Test
    void I11_jvmsOfSeveralVersions_loadWhatTheyDoNotUnderstand_andHearOfEachOthersInvalidations() {
        var old = jvms(1, LEASE).get(0);
        var newer = new Jvm(server.uri(), LEASE, "text of the next release");
        jvms.add(newer);
        newer.hear("ready");
        var both = List.of(old, newer);
        try (var watch = new Spy(server.uri())) {
            for (int round = 0; round < 20; round++) {
                var writer = both.get(round % 2);
                var reader = both.get((round + 1) % 2);
                var key = "versions-" + round;
                long written = get(writer, key);
                var bytes = watch.value("skein:jvms:v1:{" + key + '}');
                assertThat(present(reader, key)).isEqualTo("null");
                assertThat(watch.value("skein:jvms:v1:{" + key + '}')).isEqualTo(bytes);
                assertThat(get(reader, key)).isGreaterThan(written);
                long invalidated = invalidate(reader, "invalidate", key);
                awaitNewer(writer, key, invalidated);

                var later = "SK\u0009 of a later version of Skein";
                watch.set("skein:jvms:v1:{" + key + '}', later);
                assertThat(present(writer, key)).isEqualTo("null");
                assertThat(present(reader, key)).isEqualTo("null");
                assertThat(watch.value("skein:jvms:v1:{" + key + '}')).isEqualTo(later);
                assertThat(get(writer, key)).isPositive();
            }
        }
    }
}
