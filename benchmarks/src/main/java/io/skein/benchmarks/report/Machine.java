package io.skein.benchmarks.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;

/** Where it was measured. */
public record Machine(String java, String vm, String collectors, String system, String processor, int cores) {
    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

    public static Machine here() {
        return new Machine(
                System.getProperty("java.runtime.version"),
                System.getProperty("java.vm.name"),
                ManagementFactory.getGarbageCollectorMXBeans().stream()
                        .map(GarbageCollectorMXBean::getName)
                        .collect(Collectors.joining(" and ")),
                System.getProperty("os.name") + " " + System.getProperty("os.arch"),
                model(),
                Runtime.getRuntime().availableProcessors());
    }

    /** The model's name where the system tells it, else nothing. */
    private static String model() {
        if (!Files.isReadable(CPU_INFO)) {
            return "";
        }
        try (var lines = Files.lines(CPU_INFO)) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String toString() {
        var where = processor.isEmpty() ? system : system + ", " + processor;
        return "Java %s (%s), %s, %s, %d cores".formatted(java, vm, collectors, where, cores);
    }
}
