package io.skein.examples.cluster;

import io.skein.examples.cluster.ClusterOutcome.Asked;
import io.skein.examples.cluster.ClusterOutcome.Invalidations;
import io.skein.examples.cluster.ClusterOutcome.Outage;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Four JVMs share a cache by a real Redis: {@code mvn -q -Pcluster-demo}. They ask for the same cold keys at once; keys are
 * invalidated while all read them; one JVM is killed while it loads; and Redis is gone for ten seconds.
 */
public final class ClusterDemo {
    static final int JVMS = 4;
    static final int KEYS = 100;
    static final int HELD = 10;
    static final int INVALIDATIONS = 50;

    private static final Duration LONGEST = Duration.ofMinutes(2);
    private static final Duration BEFORE_OUTAGE = Duration.ofSeconds(1);
    private static final Duration AFTER_OUTAGE = Duration.ofSeconds(1);

    private final ClusterTable table;
    private final Duration outage;

    ClusterDemo(PrintStream out, Duration outage) {
        this.table = new ClusterTable(out);
        this.outage = outage;
    }

    /** Takes no arguments. */
    public static void main(String[] args) throws InterruptedException {
        try {
            var unused = new ClusterDemo(System.out, Duration.ofSeconds(10)).run();
        } catch (IOException e) {
            System.err.println(e.getMessage());
            System.exit(1);
        }
    }

    /** @throws IOException if there is no Redis for this machine, or a process has died or has not ended its work in time */
    ClusterOutcome run() throws IOException, InterruptedException {
        try (var processes = new Processes(LONGEST)) {
            var redis = new RedisProcess(processes);
            var nodes = new ArrayList<NodeProcess>();
            for (int i = 1; i <= JVMS; i++) {
                nodes.add(new NodeProcess(processes, i, redis.uri()));
            }
            for (var node : nodes) {
                node.hear();
            }
            table.title("A Redis has been started, and " + JVMS + " JVMs that share a cache by it.\n");
            var cold = coldKeys(nodes);
            var invalidations = invalidations(nodes);
            var orphaned = death(nodes);
            var without = outage(nodes, redis);
            var after = ask(nodes, "after");
            table.outage(without, after);
            return new ClusterOutcome(cold, invalidations, orphaned, without, after);
        }
    }

    private Asked coldKeys(List<NodeProcess> nodes) throws IOException {
        table.title("All ask for the same " + KEYS + " cold keys at once; a load takes " + Node.LOAD_MILLIS + " ms");
        var cold = ask(nodes, "cold");
        table.asked(cold, "");
        return cold;
    }

    private static Asked ask(List<NodeProcess> nodes, String name) throws IOException {
        long start = System.nanoTime();
        each(nodes, "ask " + name + ' ' + KEYS);
        return Asked.of(KEYS, start, each(nodes, "answers"));
    }

    /** Has all do something at once, and waits for the answers of all. */
    private static List<long[]> each(List<NodeProcess> nodes, String command) throws IOException {
        nodes.forEach(node -> node.tell(command));
        var answers = new ArrayList<long[]>();
        for (var node : nodes) {
            answers.add(node.numbers());
        }
        return answers;
    }

    private Invalidations invalidations(List<NodeProcess> nodes) throws IOException {
        table.title(INVALIDATIONS + " times one of them invalidates a key that all read over and over");
        long reads = 0;
        long here = 0;
        long elsewhere = 0;
        var last = new ArrayList<Long>();
        for (int i = 0; i < INVALIDATIONS; i++) {
            var key = "cold" + i;
            each(nodes, "watch " + key);
            int writer = i % nodes.size();
            var times = nodes.get(writer).numbers("invalidate " + key);
            var judged = each(nodes, "judge " + times[0] + ' ' + times[1]);
            reads += judged.stream().mapToLong(of -> of[0]).sum();
            here += judged.remove(writer)[1];
            elsewhere += judged.stream().mapToLong(of -> of[1]).sum();
            judged.forEach(of -> last.add(of[2]));
        }
        last.sort(null);
        var made = new Invalidations(
                INVALIDATIONS,
                reads,
                here,
                elsewhere,
                Duration.ofNanos(last.get(last.size() / 2)),
                Duration.ofNanos(last.get(last.size() - 1)));
        table.invalidations(made);
        return made;
    }

    private Asked death(List<NodeProcess> nodes) throws IOException {
        table.title("One is killed while it loads " + HELD + " keys that the others wait for");
        var dying = nodes.remove(nodes.size() - 1);
        dying.numbers("hold held " + HELD);
        each(nodes, "ask held " + HELD);
        each(nodes, "waiting " + HELD);
        long killed = System.nanoTime();
        dying.kill();
        var orphaned = Asked.of(HELD, killed, each(nodes, "answers"));
        table.asked(orphaned, "after its death, with leases of " + Node.LEASE.toSeconds() + " s");
        return orphaned;
    }

    private Outage outage(List<NodeProcess> nodes, RedisProcess redis) throws IOException, InterruptedException {
        table.title("Redis is gone for " + outage.toSeconds() + " s, while " + nodes.size()
                + " JVMs read and invalidate on");
        each(nodes, "begin");
        TimeUnit.NANOSECONDS.sleep(BEFORE_OUTAGE.toNanos());
        redis.stop();
        var first = each(nodes, "counts");
        TimeUnit.NANOSECONDS.sleep(outage.toNanos());
        var last = each(nodes, "counts");
        redis.startAgain();
        long back = System.nanoTime();
        var shared = each(nodes, "shared");
        TimeUnit.NANOSECONDS.sleep(AFTER_OUTAGE.toNanos());
        var all = each(nodes, "end");
        return new Outage(
                outage,
                differences(first, last, 0).sum(),
                differences(first, last, 0).min().orElseThrow(),
                differences(first, last, 1).sum(),
                differences(first, last, 1).min().orElseThrow(),
                Duration.ofNanos(all.stream().mapToLong(of -> of[4]).max().orElseThrow()),
                all.stream().mapToLong(of -> of[2]).sum(),
                all.stream().mapToLong(of -> of[3]).sum(),
                Duration.ofNanos(
                        shared.stream().mapToLong(of -> of[0] - back).max().orElseThrow()));
    }

    /** Of one number, for each JVM. */
    private static LongStream differences(List<long[]> first, List<long[]> last, int number) {
        return IntStream.range(0, first.size()).mapToLong(i -> last.get(i)[number] - first.get(i)[number]);
    }
}
