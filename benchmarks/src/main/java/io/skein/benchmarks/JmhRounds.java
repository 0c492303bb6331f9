package io.skein.benchmarks;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs one JMH benchmark for several contenders in turns, each time in a new JVM. */
final class JmhRounds {
    /** JMH looks at object layouts with an old API, about which newer JVMs warn in each process. */
    private static final String UNSAFE_ACCESS = "sun.misc.unsafe.memory.access";

    private static final String BYTES = "gc.alloc.rate.norm";

    private final Effort effort;

    JmhRounds(Effort effort) {
        this.effort = effort;
        System.setProperty("jmh.ignoreLock", "true"); // the lock file may be left over, or another user's
    }

    /**
     * What was measured, by the contender's label.
     *
     * @param nanos per operation
     * @param bytes allocated per operation
     */
    record Measured(Map<String, Series> nanos, Map<String, Series> bytes) {}

    /** @param contenders labels, by the name of the parameter's value */
    Measured run(Class<?> benchmark, String method, int threads, Map<String, String> contenders) {
        var nanos = new HashMap<String, List<Double>>();
        var bytes = new HashMap<String, List<Double>>();
        for (int round = 0; round < effort.forks; round++) {
            contenders.forEach((parameter, label) -> {
                var result = runOnce(benchmark, method, threads, parameter);
                var times = nanos.computeIfAbsent(label, l -> new ArrayList<>());
                for (var fork : result.getBenchmarkResults()) {
                    fork.getIterationResults()
                            .forEach(iteration ->
                                    times.add(iteration.getPrimaryResult().getScore()));
                }
                var allocated = requireNonNull(result.getSecondaryResults().get(BYTES), "the profiler is on");
                bytes.computeIfAbsent(label, l -> new ArrayList<>()).add(allocated.getScore());
            });
        }
        return new Measured(series(nanos), series(bytes));
    }

    private RunResult runOnce(Class<?> benchmark, String method, int threads, String contender) {
        var options = new OptionsBuilder()
                .include("^" + benchmark.getName().replace(".", "\\.") + "\\." + method + "$")
                .param("contender", contender)
                .threads(threads)
                .forks(1)
                .jvmArgsAppend("-D" + UNSAFE_ACCESS + "=allow")
                .warmupIterations(effort.warmups)
                .warmupTime(TimeValue.milliseconds(effort.iterationMillis))
                .measurementIterations(effort.iterations)
                .measurementTime(TimeValue.milliseconds(effort.iterationMillis))
                .addProfiler(GCProfiler.class)
                .shouldFailOnError(true)
                .verbosity(VerboseMode.SILENT)
                .build();
        try {
            return new Runner(options).runSingle();
        } catch (RunnerException e) {
            throw new IllegalStateException(benchmark.getSimpleName() + "." + method + " failed with " + contender, e);
        }
    }

    private static Map<String, Series> series(Map<String, List<Double>> samples) {
        var series = new HashMap<String, Series>();
        samples.forEach((label, values) -> series.put(label, new Series(values)));
        return series;
    }
}
