package io.skein.benchmarks.scenario;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs one JMH benchmark for several contenders in turns, each time in a new JVM.
 *
 * <p>What counts is how much all threads get done, not the mean of their times: where there are more of them than processors,
 * one that has hardly run would make most of the mean.
 */
final class JmhRounds {
    /** JMH looks at object layouts with an old API, about which newer JVMs warn in each process. */
    private static final String UNSAFE_ACCESS = "sun.misc.unsafe.memory.access";

    private static final String BYTES = "gc.alloc.rate.norm";
    private static final String HEAP = "256m";

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
    record Measured(Map<String, List<Double>> nanos, Map<String, List<Double>> bytes) {}

    /** The labels of contenders by the values of the parameter. */
    static <E extends Enum<E>> Map<String, String> parameters(Collection<E> contenders, Function<E, String> label) {
        var labels = new LinkedHashMap<String, String>();
        contenders.forEach(contender -> labels.put(contender.name(), label.apply(contender)));
        return labels;
    }

    /**
     * Each round begins with another contender.
     *
     * @param contenders labels, by the name of the parameter's value
     * @param others values of the other parameters
     */
    Measured run(
            Class<?> benchmark,
            String method,
            int threads,
            Map<String, String> contenders,
            Map<String, String> others) {
        var nanos = new LinkedHashMap<String, List<Double>>();
        var bytes = new LinkedHashMap<String, List<Double>>();
        var turn = new ArrayList<>(contenders.entrySet());
        for (int round = 0; round < effort.turns; round++) {
            turn.forEach(contender -> {
                var label = contender.getValue();
                var result = runOnce(benchmark, method, threads, contender.getKey(), others);
                var times = nanos.computeIfAbsent(label, l -> new ArrayList<>());
                for (var fork : result.getBenchmarkResults()) {
                    fork.getIterationResults()
                            .forEach(iteration -> times.add(
                                    threads / iteration.getPrimaryResult().getScore()));
                }
                var allocated = requireNonNull(result.getSecondaryResults().get(BYTES), "the profiler is on");
                bytes.computeIfAbsent(label, l -> new ArrayList<>()).add(allocated.getScore());
            });
            Collections.rotate(turn, 1);
        }
        return new Measured(nanos, bytes);
    }

    /** The compiler has to share the processors with all of these threads. */
    private int warmups(int threads) {
        return threads > Runtime.getRuntime().availableProcessors() ? 2 * effort.warmups : effort.warmups;
    }

    private static String[] jvmArguments() {
        var arguments = new ArrayList<>(Heap.of(HEAP));
        arguments.add("-D" + UNSAFE_ACCESS + "=allow");
        return arguments.toArray(String[]::new);
    }

    private RunResult runOnce(
            Class<?> benchmark, String method, int threads, String contender, Map<String, String> others) {
        var builder = new OptionsBuilder();
        others.forEach(builder::param);
        var options = builder.include("^" + benchmark.getName().replace(".", "\\.") + "\\." + method + "$")
                .param("contender", contender)
                .threads(threads)
                .forks(1)
                .jvmArgsAppend(jvmArguments())
                .mode(Mode.Throughput)
                .timeUnit(TimeUnit.NANOSECONDS)
                .warmupIterations(warmups(threads))
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
}
