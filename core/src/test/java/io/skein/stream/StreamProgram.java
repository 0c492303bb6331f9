package io.skein.stream;

import java.nio.file.Path;
import java.time.Duration;

/** For {@link TemporaryFilesTest}: has a stream of which most is in a temporary file, and does with it what it is told. */
final class StreamProgram {
    static final int SIZE = 300_000;

    private StreamProgram() {}

    /** @param args the directory for temporary files, and whether to end, without a close, or to wait until killed */
    public static void main(String[] args) throws Exception {
        var group = StreamGroup.<String>builder("program")
                .memoryLimit(0)
                .keepFor(Duration.ofHours(1))
                .directory(Path.of(args[0]))
                .build();
        try (var in = group.open("key", (key, out) -> out.write(Pattern.bytes(0, SIZE)))) {
            in.readAllBytes();
        }
        System.out.println("ready");
        if (args[1].equals("wait")) {
            int unused = System.in.read(); // ends with the test, if that does not kill it
            try (var again = group.open("key", (key, out) -> {})) {
                System.out.println(again.readAllBytes().length);
            }
        }
    }
}
