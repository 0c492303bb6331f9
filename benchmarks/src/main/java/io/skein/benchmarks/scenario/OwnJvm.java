package io.skein.benchmarks.scenario;

import io.skein.benchmarks.report.Part;
import io.skein.benchmarks.report.Results;
import io.skein.benchmarks.report.Table;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Measures a section in a JVM of its own, which no other one has left garbage, threads, or code compiled for its callers in: in a
 * used one, a put beside a long load has taken ten times as long.
 */
final class OwnJvm {
    private static final String HEAP = "1g";

    private OwnJvm() {}

    /**
     * Prints what the section prints.
     *
     * @throws IllegalStateException if the section fails; its stack trace is on standard error
     */
    static Part run(Section section, Effort effort, PrintStream out) {
        try {
            var file = Files.createTempFile("skein-" + section.word(), ".json");
            try {
                var process = new ProcessBuilder(command(section, effort, file))
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
                process.getInputStream().transferTo(out);
                int code = process.waitFor();
                if (code != 0) {
                    throw new IllegalStateException("the JVM of " + section.word() + " ended with " + code);
                }
                return Results.readPart(file);
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("could not run a JVM for " + section.word(), e);
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted while waiting for the JVM of " + section.word(), e);
        }
    }

    private static List<String> command(Section section, Effort effort, Path file) {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(Heap.of(HEAP));
        command.addAll(section.jvmArguments());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), OwnJvm.class.getName()));
        command.addAll(List.of(section.name(), effort.name(), file.toString()));
        return command;
    }

    /** The section, the effort, and the file for what comes out. */
    public static void main(String[] args) {
        var table = new Table(System.out);
        var part = Section.valueOf(args[0]).measure(Effort.valueOf(args[1]), table);
        Results.write(Path.of(args[2]), part);
        System.exit(0); // whatever threads are left
    }
}
