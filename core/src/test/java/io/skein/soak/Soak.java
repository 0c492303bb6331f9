package io.skein.soak;

import io.skein.Group;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Random traffic for as long as is wished, held against the promises: {@code mvn -q -Psoak -Dsoak.args="--minutes 10
 * --seed 42 --what cache"}. Group and cache share the time if both are wanted. Exits with 1 after the first violation.
 */
public abstract class Soak {
    private static final Duration ROUND = Duration.ofSeconds(3);
    private static final Duration LINE = Duration.ofSeconds(10);

    /** Stuck flights and failed refreshes are what is wanted here. Held, or it forgets its level. */
    private static final Logger COMPLAINTS =
            Logger.getLogger(Group.class.getPackage().getName());

    final Verdict verdict = new Verdict();
    final Tally tally = new Tally();
    private final String what;
    private final long seed;
    private final PrintStream out;
    private final long start = System.nanoTime();

    Soak(String what, long seed, PrintStream out) {
        this.what = what;
        this.seed = seed;
        this.out = out;
    }

    public static void main(String[] args) {
        var given = List.of(args);
        var time = Duration.ofSeconds(number(given, "--seconds", 60 * number(given, "--minutes", 1)));
        long seed = number(given, "--seed", System.nanoTime() & 0xFFFFFF);
        boolean clean = switch (option(given, "--what", "both")) {
            case "group" -> new GroupSoak(seed, System.out).run(time) == null;
            case "cache" -> new CacheSoak(seed, System.out).run(time) == null;
            case "both" ->
                new GroupSoak(seed, System.out).run(time.dividedBy(2)) == null
                        && new CacheSoak(seed, System.out).run(time.dividedBy(2)) == null;
            default -> throw new IllegalArgumentException("--what must be cache, group or both, was " + given);
        };
        System.exit(clean ? 0 : 1);
    }

    private static String option(List<String> given, String name, String otherwise) {
        int at = given.indexOf(name);
        return at < 0 ? otherwise : given.get(at + 1);
    }

    private static long number(List<String> given, String name, long otherwise) {
        return Long.parseLong(option(given, name, String.valueOf(otherwise)));
    }

    /** Some traffic, and the checks when it has come to rest. */
    abstract void round(SplittableRandom random, Duration time);

    /** Returns the first violation; null if there was none. */
    String run(Duration time) {
        out.println("soak of the " + what + ": " + time + ", seed " + seed + ", Java "
                + Runtime.version().feature());
        COMPLAINTS.setLevel(Level.OFF);
        var random = new SplittableRandom(seed);
        long lines = 0;
        while (verdict.isClean() && elapsed() < time.toNanos()) {
            var left = Duration.ofNanos(time.toNanos() - elapsed());
            round(random.split(), left.compareTo(ROUND) < 0 ? left : ROUND);
            tally.count("rounds");
            if (elapsed() / LINE.toNanos() > lines) {
                lines = elapsed() / LINE.toNanos();
                out.println(line());
            }
        }
        COMPLAINTS.setLevel(null);
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
