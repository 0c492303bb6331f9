package io.skein.examples.cluster;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A {@link Node} in a JVM of its own, as seen from outside. */
final class NodeProcess {
    private final Processes processes;
    private final String name;
    private final Path errors;
    private final Process process;
    private final PrintWriter commands;
    private final BufferedReader answers;

    /** Starts it; it is ready when it has said so. */
    NodeProcess(Processes processes, int number, String uri) throws IOException {
        this.processes = processes;
        name = "JVM " + number;
        errors = processes.folder().resolve("jvm-" + number + ".log");
        process = processes.start(new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1", // two cores for all of them have no time for the second compiler
                        "-cp",
                        System.getProperty("java.class.path"),
                        Node.class.getName(),
                        uri)
                .redirectError(errors.toFile()));
        commands = new PrintWriter(process.getOutputStream(), true, StandardCharsets.UTF_8);
        answers = process.inputReader(StandardCharsets.UTF_8);
    }

    void tell(String command) {
        commands.println(command);
    }

    /**
     * The next answer; what else the JVM writes is not one.
     *
     * @throws IOException if it has died, with what it has written to its error stream
     */
    String hear() throws IOException {
        var line = read();
        while (line != null && !line.startsWith(Node.ANSWER)) {
            line = read();
        }
        if (line == null) {
            throw processes.died(name, process, errors);
        }
        return line.substring(Node.ANSWER.length());
    }

    private @Nullable String read() {
        try {
            return answers.readLine();
        } catch (IOException e) { // it has been killed
            return null;
        }
    }

    /** The numbers it answers with. */
    long[] numbers() throws IOException {
        return Arrays.stream(hear().split(" ")).mapToLong(Long::parseLong).toArray();
    }

    /** The same, of this command. */
    long[] numbers(String command) throws IOException {
        tell(command);
        return numbers();
    }

    /** Without a word to it. */
    void kill() {
        Processes.kill(process);
    }
}
