package io.skein.examples.cluster;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What came of the demo.
 *
 * @param cold keys that all JVMs asked for at once
 * @param orphaned keys whose JVM was killed while it loaded them, since then
 * @param after cold keys again, when Redis was back
 */
record ClusterOutcome(Asked cold, Invalidations invalidations, Asked orphaned, Outage outage, Asked after) {

    /**
     * Keys that several JVMs asked for.
     *
     * @param time until the last JVM had the last value
     * @param differing keys of which not all got the same value
     * @param errors calls that failed
     */
    record Asked(int keys, long loads, Duration time, long differing, long errors) {

        /** @param answers of each JVM: its loads, the moment when it had all, and the values */
        static Asked of(int keys, long start, List<long[]> answers) {
            long loads = answers.stream().mapToLong(answer -> answer[0]).sum();
            long last = answers.stream()
                    .mapToLong(answer -> answer[1] - start)
                    .max()
                    .orElseThrow();
            long differing = IntStream.range(0, keys)
                    .filter(key -> answers.stream()
                                    .mapToLong(answer -> answer[2 + key])
                                    .filter(value -> value != Node.FAILED)
                                    .distinct()
                                    .count()
                            > 1)
                    .count();
            long errors = answers.stream()
                    .flatMapToLong(Arrays::stream)
                    .filter(value -> value == Node.FAILED)
                    .count();
            return new Asked(keys, loads, Duration.ofNanos(last), differing, errors);
        }

        double loadsPerKey() {
            return (double) loads / keys;
        }
    }

    /**
     * Of keys that all JVMs read over and over.
     *
     * @param reads all of them, before and after
     * @param outdatedHere those that began after the invalidation had returned and got a value from before, in the JVM that made it
     * @param outdatedElsewhere the same in the others
     * @param median how long after an invalidation the last outdated read of another JVM began; zero if there was none
     * @param longest the same, at the most
     */
    record Invalidations(
            int count, long reads, long outdatedHere, long outdatedElsewhere, Duration median, Duration longest) {}

    /**
     * Without Redis.
     *
     * @param reads between its end and its new start
     * @param fewestReads of one JVM
     * @param loads meanwhile
     * @param fewestLoads of one JVM
     * @param longest read, from some time before to some time after
     * @param errors of readers, from some time before to some time after
     * @param refused invalidations that failed
     * @param untilShared from the new start until all JVMs were connected
     */
    record Outage(
            Duration time,
            long reads,
            long fewestReads,
            long loads,
            long fewestLoads,
            Duration longest,
            long errors,
            long refused,
            Duration untilShared) {}
}
