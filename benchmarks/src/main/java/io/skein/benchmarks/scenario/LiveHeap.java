package io.skein.benchmarks.scenario;

import java.lang.management.ManagementFactory;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * What is alive on the heap, to the byte: the sums of the JVM's own class histogram, which collects garbage first.
 *
 * @param objects bytes of all objects but the stacks
 * @param stacks bytes of the stacks of waiting virtual threads
 */
record LiveHeap(long objects, long stacks) {
    private static final String STACK = "jdk.internal.vm.StackChunk";

    static LiveHeap now() {
        try {
            var histogram = (String) ManagementFactory.getPlatformMBeanServer()
                    .invoke(
                            new ObjectName("com.sun.management:type=DiagnosticCommand"),
                            "gcClassHistogram",
                            new Object[] {new String[0]},
                            new String[] {String[].class.getName()});
            return parse(histogram);
        } catch (JMException e) {
            throw new IllegalStateException("this JVM gives no class histogram", e);
        }
    }

    /** Lines like {@code "  12:   345   5520  java.lang.Object (java.base@17)"}. */
    private static LiveHeap parse(String histogram) {
        long objects = 0;
        long stacks = 0;
        for (var line : histogram.lines().toList()) {
            var columns = line.strip().split("\\s+", -1);
            if (columns.length < 4 || !columns[0].matches("\\d+:")) {
                continue;
            }
            long bytes = Long.parseLong(columns[2]);
            if (columns[3].equals(STACK)) {
                stacks += bytes;
            } else {
                objects += bytes;
            }
        }
        return new LiveHeap(objects, stacks);
    }

    LiveHeap minus(LiveHeap other) {
        return new LiveHeap(objects - other.objects, stacks - other.stacks);
    }
}
