package io.skein.examples.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProcessesTest {
    private static final Duration LONG = Duration.ofMinutes(1);

    private static ProcessBuilder java(String... arguments) {
        var command = new ProcessBuilder(arguments);
        command.command()
                .add(0, Path.of(System.getProperty("java.home"), "bin", "java").toString());
        return command;
    }

    @Test
    void noneIsLeft_norTheFolder() throws Exception {
        var processes = new Processes(LONG);
        Files.createFile(processes.folder().resolve("file"));
        var waiting = processes.start(java("-cp", System.getProperty("java.class.path"), Waiting.class.getName()));

        processes.close();

        assertThat(waiting.isAlive()).isFalse();
        assertThat(processes.folder()).doesNotExist();
        assertThatThrownBy(() -> processes.start(java("-version")))
                .isInstanceOf(IOException.class)
                .hasMessage("the demo is over");
    }

    @Test
    void deadJvm_isToldOfWithItsLastWords() throws Exception {
        try (var processes = new Processes(LONG)) {
            var node = new NodeProcess(processes, 1, "nothing://");

            assertThatThrownBy(node::hear)
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith("JVM 1 has died, with exit code 1: ")
                    .hasMessageContaining("nothing://");
        }
    }

    @Test
    void jvmThatSaysNothing_isNotWaitedForLongerThanItMayTake() throws Exception {
        try (var processes = new Processes(Duration.ofSeconds(1))) {
            var node = new NodeProcess(processes, 1, "redis://127.0.0.1:1"); // nobody listens

            assertThatThrownBy(node::hear)
                    .isInstanceOf(IOException.class)
                    .hasMessage("the demo has taken longer than 1 s");
        }
    }

    /** For its standard input to end, at the longest. */
    static final class Waiting {
        private Waiting() {}

        public static void main(String[] args) throws IOException {
            var unused = System.in.read();
        }
    }
}
