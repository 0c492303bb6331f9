package io.skein.examples.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The processes of a demo, and a folder for their files. None of them is left when this is closed or its JVM ends, unless that is
 * killed; and none runs for longer than it may take: whoever waits for a word of one then gets the end of its output.
 */
final class Processes implements AutoCloseable {
    private static final long SECONDS_TO_DIE = 10;

    private final Path folder = Files.createTempDirectory("skein-cluster-demo-");
    private final List<Process> started = new ArrayList<>(); // guarded by this
    private @Nullable String end; // why; guarded by this
    private final CompletableFuture<@Nullable Void> watchdog = new CompletableFuture<>();
    private final Thread hook = new Thread(() -> end("the demo has been ended"), "end of the demo");

    /** @param longest how long all may take */
    Processes(Duration longest) throws IOException {
        Runtime.getRuntime().addShutdownHook(hook);
        var unused = watchdog.completeOnTimeout(null, longest.toMillis(), TimeUnit.MILLISECONDS)
                .thenRun(() -> kill("the demo has taken longer than " + longest.toSeconds() + " s"));
    }

    Path folder() {
        return folder;
    }

    /** @throws IOException if it cannot be started, or it is over */
    synchronized Process start(ProcessBuilder command) throws IOException {
        if (end != null) {
            throw new IOException(end);
        }
        var process = command.start();
        started.add(process);
        return process;
    }

    /** At once, and waits until it is gone. */
    static void kill(Process process) {
        awaitEnd(process.destroyForcibly());
    }

    private static void awaitEnd(Process process) {
        process.onExit()
                .completeOnTimeout(process, SECONDS_TO_DIE, TimeUnit.SECONDS)
                .join();
    }

    /** What to throw because something is wrong with a process; if it is over, that is why. */
    synchronized IOException failure(String what) {
        return new IOException(end == null ? what : end);
    }

    /** The same for one that has died, or is about to. */
    IOException died(String name, Process process, Path log) throws IOException {
        awaitEnd(process);
        kill(process);
        return failure(name + " has died, with exit code " + process.exitValue() + ": "
                + (Files.exists(log) ? Files.readString(log) : ""));
    }

    private synchronized void kill(String why) {
        if (end == null) {
            end = why;
        }
        started.forEach(Process::destroyForcibly);
        started.forEach(Processes::kill);
    }

    private synchronized void end(String why) {
        kill(why);
        try {
            delete();
        } catch (IOException e) {
            System.err.println("cannot be deleted: " + e.getMessage());
        }
    }

    private void delete() throws IOException {
        if (Files.exists(folder)) {
            try (var files = Files.list(folder)) {
                for (var file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(folder);
        }
    }

    @Override
    public void close() {
        watchdog.cancel(false);
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) { // it runs already
            return;
        }
        end("the demo is over");
    }
}
