package io.skein.examples.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.skein.examples.cluster.ClusterOutcome.Asked;
import io.skein.examples.cluster.ClusterOutcome.Invalidations;
import io.skein.examples.cluster.ClusterOutcome.Outage;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The demo, run once with a shorter outage. Times are those of a machine that is busy with much else. */
@Timeout(value = 3, unit = TimeUnit.MINUTES) // the demo itself ends all its processes before
class ClusterDemoTest {
    private static final Duration OUTAGE = Duration.ofSeconds(4);

    /** After it, a link that is dead without a word is left: the heartbeat and its timeout. */
    private static final Duration OUTDATED_AT_MOST = Duration.ofMillis(1_500);

    private static final Duration MARGIN = Duration.ofSeconds(20);

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    @Test
    void fourJvms_keepWhatIsPromised() throws Exception {
        var missing = RedisProcess.missing();
        assumeTrue(missing.isEmpty(), () -> missing.orElseThrow());

        var outcome = run();

        assertLoadedOnce(outcome.cold(), ClusterDemo.KEYS);
        assertInvalidated(outcome.invalidations());
        assertLoadedOnce(outcome.orphaned(), ClusterDemo.HELD);
        assertThat(outcome.orphaned().time()).isLessThan(Node.LEASE.plus(MARGIN));
        assertGoesOnWithoutRedis(outcome.outage());
        assertLoadedOnce(outcome.after(), ClusterDemo.KEYS);
        assertThat(told()).contains("4 JVMs").containsPattern("loads per key +1.00");
    }

    private ClusterOutcome run() throws Exception {
        try {
            return new ClusterDemo(new PrintStream(bytes, true, StandardCharsets.UTF_8), OUTAGE).run();
        } finally {
            System.out.println(told());
        }
    }

    private static void assertLoadedOnce(Asked asked, int keys) {
        assertThat(asked.keys()).isEqualTo(keys);
        assertThat(asked.loadsPerKey()).isEqualTo(1.0);
        assertThat(asked.differing()).isZero();
        assertThat(asked.errors()).isZero();
    }

    private static void assertInvalidated(Invalidations made) {
        assertThat(made.count()).isEqualTo(ClusterDemo.INVALIDATIONS);
        assertThat(made.reads()).isGreaterThan((long) made.count() * ClusterDemo.JVMS * 2); // some before, some after
        assertThat(made.outdatedHere()).isZero();
        assertThat(made.longest()).isLessThan(OUTDATED_AT_MOST);
    }

    private static void assertGoesOnWithoutRedis(Outage outage) {
        assertThat(outage.fewestReads()).isGreaterThan(ClusterDemo.KEYS);
        assertThat(outage.fewestLoads()).isPositive(); // nobody else loads for it
        assertThat(outage.longest()).isLessThan(OUTAGE); // nobody has waited for its end
        assertThat(outage.errors()).isZero();
        assertThat(outage.refused()).isPositive();
        assertThat(outage.untilShared()).isLessThan(MARGIN);
    }

    private String told() {
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
