package io.skein.benchmarks;

import io.skein.benchmarks.contender.Setups;
import io.skein.benchmarks.report.Chapter;
import io.skein.benchmarks.report.Flaw;
import io.skein.benchmarks.report.Machine;
import io.skein.benchmarks.report.Report;
import io.skein.benchmarks.report.Results;
import io.skein.benchmarks.report.Row;
import io.skein.benchmarks.report.Run;
import io.skein.benchmarks.report.Verdict;
import io.skein.benchmarks.scenario.Effort;
import io.skein.benchmarks.scenario.Smoke;
import io.skein.benchmarks.scenario.Target;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/** Measures Skein beside its peers, prints tables, says which targets are met, and writes the report. */
public final class Bench {
    private final Options options;
    private final PrintStream out;
    private final Instant started = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    private final Machine machine = Machine.here();

    private Bench(Options options, PrintStream out) {
        this.options = options;
        this.out = out;
    }

    public static void main(String[] args) {
        System.exit(run(System.out, System.err, args));
    }

    /** The exit code: 0, also where targets are missed; 1 if an answer was wrong; 2 for bad options. */
    static int run(PrintStream out, PrintStream err, String... args) {
        Options options;
        try {
            options = Options.parse(args);
        } catch (IllegalArgumentException e) {
            err.println(e.getMessage());
            return 2;
        }
        if (options.help()) {
            out.print(Options.USAGE);
            return 0;
        }
        try {
            new Bench(options, out).run();
            return 0;
        } catch (RuntimeException e) {
            e.printStackTrace(err);
            return 1;
        }
    }

    private void run() {
        if (options.render()) {
            Report.write(options.report());
            return;
        }
        out.println("Skein benchmarks, " + started + ", " + machine);
        if (options.smoke()) {
            var smoke = new Smoke(out);
            var chapters = smoke.run();
            keep("smoke", chapters, smoke.flaws());
        } else {
            measure();
        }
    }

    private void measure() {
        var chapters = new ArrayList<Chapter>();
        var flaws = new ArrayList<Flaw>();
        out.println("Median, half the distance between the quartiles, ratio to the contender marked (x1)");
        for (var section : options.sections()) {
            var part = section.run(options.effort(), out);
            chapters.add(part.chapter());
            flaws.addAll(part.flaws());
        }
        out.println();
        out.println("Wrong answers");
        flaws.forEach(flaw -> out.printf("%-40s %s%n", flaw.contender(), flaw.what()));
        out.println();
        out.println("Targets");
        for (var verdict : verdicts(chapters)) {
            out.printf(
                    "%-40s %-28s %-28s %s%n",
                    verdict.target(), verdict.wanted(), verdict.reached(), verdict.met() ? "met" : "MISSED");
        }
        var form = options.effort() == Effort.FULL ? Report.FULL : "short";
        keep(options.isComplete() ? form : "partial", chapters, flaws);
    }

    private static List<Verdict> verdicts(List<Chapter> chapters) {
        var rows = new LinkedHashMap<String, Row>();
        chapters.forEach(chapter -> chapter.rows().forEach(row -> rows.put(row.scenario(), row)));
        return Target.all().stream()
                .map(target -> target.verdict(rows))
                .flatMap(Optional::stream)
                .toList();
    }

    private void keep(String form, List<Chapter> chapters, List<Flaw> flaws) {
        var java = "java-" + Runtime.version().feature();
        var name = form.equals(Report.FULL) ? java : form + "-" + java;
        var took = Duration.between(started, Instant.now()).truncatedTo(ChronoUnit.SECONDS);
        var run = new Run(name, form, machine, started, took, chapters, verdicts(chapters), flaws, Setups.all());
        Results.write(options.report(), run);
        Report.write(options.report());
        out.println();
        out.println("The report is in " + options.report().resolve("index.html").toAbsolutePath());
    }
}
