package io.skein.soak;

import io.skein.Group;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Calls groups of all settings in all ways at once, for as long as is wished, and holds what comes out against the
 * promises: {@code mvn -q -Psoak -Dsoak.args="--minutes 10 --seed 42"}. Exits with 1 after the first violation.
 */
public final class GroupSoak {
    private static final Duration ROUND = Duration.ofSeconds(3);
    private static final Duration LINE = Duration.ofSeconds(10);
    private static final Logger STUCK_FLIGHTS =
            Logger.getLogger(Group.class.getName()); // held, or it forgets its level

    private final Verdict verdict = new Verdict();
    private final Tally tally = new Tally();
    private final long seed;
    private final PrintStream out;
    private final long start = System.nanoTime();

    GroupSoak(long seed, PrintStream out) {
        this.seed = seed;
        this.out = out;
    }

    public static void main(String[] args) {
        var given = List.of(args);
        var time = Duration.ofSeconds(option(given, "--seconds", 60 * option(given, "--minutes", 1)));
        long seed = option(given, "--seed", System.nanoTime() & 0xFFFFFF);
        var violation = new GroupSoak(seed, System.out).run(time);
        System.exit(violation == null ? 0 : 1);
    }

    private static long option(List<String> given, String name, long otherwise) {
        int at = given.indexOf(name);
        return at < 0 ? otherwise : Long.parseLong(given.get(at + 1));
    }

    /** Returns the first violation; null if there was none. */
    String run(Duration time) {
        out.println("soak: " + time + ", seed " + seed + ", Java "
                + Runtime.version().feature());
        STUCK_FLIGHTS.setLevel(Level.OFF);
        var random = new SplittableRandom(seed);
        long lines = 0;
        while (verdict.isClean() && elapsed() < time.toNanos()) {
            var left = Duration.ofNanos(time.toNanos() - elapsed());
            new Round(verdict, tally, random.split()).run(left.compareTo(ROUND) < 0 ? left : ROUND);
            tally.count("rounds");
            if (elapsed() / LINE.toNanos() > lines) {
                lines = elapsed() / LINE.toNanos();
                out.println(line());
            }
        }
        STUCK_FLIGHTS.setLevel(null);
        out.println(line());
        out.println(verdict.isClean() ? "no violation" : "VIOLATION, seed " + seed + "\n" + verdict.violation());
        return verdict.violation();
    }

    private long elapsed() {
        return System.nanoTime() - start;
    }

    private String line() {
        long seconds = Math.max(1, elapsed() / 1_000_000_000);
        return seconds + " s, " + tally.of("operations") / seconds + " operations/s: " + tally;
    }
}
