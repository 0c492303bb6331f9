package io.skein.benchmarks.report;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** A run like a real one, with made-up figures. */
final class Samples {
    static final List<String> CONTENDERS = List.of(
            "skein",
            "@Coalesced",
            "caffeine",
            "caffeine async",
            "guava",
            "cache2k",
            "jetcache",
            "spring",
            "spring sync",
            "hand-made",
            "map");
    static final String HOSTILE = "a<b> & \"c\" | </script>";

    private static final Map<String, Double> SPEED = Map.ofEntries(
            Map.entry("skein", 42.0),
            Map.entry("@Coalesced", 210.0),
            Map.entry("caffeine", 320.0),
            Map.entry("caffeine async", 335.0),
            Map.entry("guava", 282.0),
            Map.entry("cache2k", 53.0),
            Map.entry("jetcache", 917.0),
            Map.entry("spring", 1_040.0),
            Map.entry("spring sync", 1_120.0),
            Map.entry("hand-made", 61.0),
            Map.entry("map", 27.0));

    private Samples() {}

    static Run run() {
        return new Run(
                "java-17",
                "full",
                new Machine(
                        "17.0.15+6",
                        "OpenJDK 64-Bit Server VM",
                        "G1 Young Generation and G1 Old Generation",
                        "Linux amd64",
                        "Intel(R) Xeon(R) CPU @ 2.20GHz",
                        2),
                Instant.parse("2026-01-02T03:04:05Z"),
                Duration.ofMinutes(83),
                List.of(hits(), fanOut(), loop()),
                List.of(
                        new Verdict("P1 hit, 1 thread", "at most x0.50 of caffeine", "x0.13", true),
                        new Verdict("P4 landing, 1,000 threads", "at most x1.10 of bare", "x1.31", false)),
                List.of(
                        new Flaw("guava", "serves a value older than the invalidation"),
                        new Flaw("jetcache", "serves a value older than the invalidation"),
                        new Flaw("caffeine", "loads one after the other when a load fails")),
                CONTENDERS.stream().map(Samples::setup).toList());
    }

    static Run named(String name) {
        var run = run();
        return new Run(
                name,
                run.form(),
                run.machine(),
                run.started(),
                run.took(),
                run.chapters(),
                run.verdicts(),
                run.flaws(),
                run.setups());
    }

    /** A run with one chapter that has this row and these plots. */
    static Run runOf(List<Row> rows, List<Flaw> flaws, Plot... plots) {
        var contenders = rows.stream()
                .flatMap(row -> row.figures().keySet().stream())
                .distinct()
                .toList();
        return new Run(
                "small",
                "short",
                run().machine(),
                Instant.EPOCH,
                Duration.ofSeconds(9),
                List.of(new Chapter("one", "One", "Text.", contenders, rows, List.of(plots))),
                List.of(),
                flaws,
                List.of());
    }

    static Row row(String scenario, Unit unit, Map<String, Double> medians) {
        var figures = new LinkedHashMap<String, Figure>();
        medians.forEach((label, median) -> figures.put(label, Figure.of(median)));
        return new Row(scenario, unit, null, figures);
    }

    private static Chapter hits() {
        var rows = new ArrayList<Row>();
        for (int threads : new int[] {1, 2, 8}) {
            var scenario = "P1 hit, " + threads + (threads == 1 ? " thread" : " threads");
            rows.add(Row.of(
                    scenario,
                    Unit.NANOSECONDS,
                    "caffeine",
                    samples(CONTENDERS, threads, label -> SPEED.get(label) * Math.pow(threads, 0.9))));
        }
        rows.add(Row.of(
                "P1 hit, allocated",
                Unit.BYTES,
                "caffeine",
                samples(CONTENDERS, 0, label -> label.startsWith("spring") ? 600 : label.equals("skein") ? 0 : 24)));
        return new Chapter(
                "hits",
                "Reading what is there",
                "A fresh entry is read, keys drawn by Zipf's law with 0.99 out of 10,000.\n\nBytes are those of one call.",
                CONTENDERS,
                rows,
                List.of(
                        Plot.bars(
                                "hits",
                                "One hit, by the number of threads",
                                List.of("P1 hit, 1 thread", "P1 hit, 2 threads", "P1 hit, 8 threads")),
                        Plot.bars("hits-bytes", "Bytes allocated by one hit", List.of("P1 hit, allocated"))));
    }

    private static Chapter fanOut() {
        var scenarios = new ArrayList<String>();
        var places = new ArrayList<Double>();
        var rows = new ArrayList<Row>();
        for (int callers : new int[] {10, 100, 1_000, 10_000, 100_000}) {
            var scenario = "P5 landing, " + callers + " virtual threads";
            scenarios.add(scenario);
            places.add((double) callers);
            var there = callers > 10_000
                    ? CONTENDERS.subList(0, 5)
                    : CONTENDERS.stream().filter(label -> !label.equals("map")).toList();
            rows.add(Row.of(
                    scenario,
                    Unit.MILLISECONDS,
                    "hand-made",
                    samples(there, callers, label -> 4e4 + callers * (300 + 4 * SPEED.get(label)))));
        }
        return new Chapter(
                "fan-out",
                "Landing",
                "From the landing of a flight to the return of its last caller.",
                CONTENDERS,
                rows,
                List.of(Plot.curves(
                        "landing", "From landing to the last caller's return", "callers", scenarios, places)));
    }

    private static Chapter loop() {
        var tracks = new ArrayList<Plot.Track>();
        for (var label : List.of("skein", "caffeine", "guava", "spring sync")) {
            var random = new SplittableRandom(label.hashCode());
            var seconds = IntStream.range(0, 60).mapToObj(i -> i / 10.0).toList();
            var values = seconds.stream()
                    .map(second -> second > 2 && second < 3 && !label.equals("skein")
                            ? (label.equals("guava") ? 0 : 900.0)
                            : 1e6 / SPEED.get(label) * (0.9 + 0.2 * random.nextDouble()))
                    .toList();
            tracks.add(new Plot.Track(label, seconds, values));
        }
        return new Chapter(
                "loop",
                "A source that halts",
                "The source answers nothing between the second and the third second.",
                CONTENDERS.subList(0, 4),
                List.of(
                        Row.of(
                                "throughput",
                                Unit.PER_SECOND,
                                "caffeine",
                                samples(CONTENDERS.subList(0, 4), 7, label -> 1e8 / SPEED.get(label))),
                        Row.of("hits", Unit.POINTS, null, samples(CONTENDERS.subList(0, 4), 8, label -> 62)),
                        Row.of("loads", Unit.LOADS, null, Map.of("skein", List.of(1.0), "caffeine", List.of(200.0))),
                        Row.of(
                                "wait, p99",
                                Unit.MICROSECONDS,
                                "caffeine",
                                samples(CONTENDERS.subList(0, 4), 9, label -> 1e6)),
                        Row.of("one more", Unit.CALLS, null, samples(CONTENDERS.subList(0, 2), 9, label -> 12))),
                List.of(
                        Plot.timeline("halt", "Answers while the source halts", "answers per second", tracks),
                        Plot.bars("loop-hits", "Hits", List.of("hits")),
                        Plot.bars("throughput", "Answers per second", List.of("throughput"))));
    }

    private static Map<String, Collection<Double>> samples(
            List<String> contenders, int seed, ToDoubleFunction<String> centre) {
        var samples = new LinkedHashMap<String, Collection<Double>>();
        for (var label : contenders) {
            var random = new SplittableRandom(31L * label.hashCode() + seed);
            samples.put(
                    label,
                    random.doubles(9, 0.85, 1.2)
                            .map(noise -> centre.applyAsDouble(label) * noise)
                            .boxed()
                            .toList());
        }
        return samples;
    }

    private static Setup setup(String contender) {
        var version = contender.startsWith("caffeine") ? "3.3.1" : "";
        return new Setup(
                contender,
                "What " + contender + " is",
                version,
                "Cache<String, List<? super Object>> cache = builder()\n    .expireAfterWrite(TTL) // a < b && c\n    .build();");
    }
}
