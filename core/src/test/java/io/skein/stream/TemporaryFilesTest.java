package io.skein.stream;

import static io.skein.Callers.awaitTrue;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.skein.Log;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The temporary files of streams: who may read them, and when they are gone. */
class TemporaryFilesTest {
    private static final int SIZE = 300_000;

    @TempDir
    Path directory;

    private StreamGroupBuilder<String> spilling() {
        return StreamGroup.<String>builder("exports").memoryLimit(0).directory(directory);
    }

    private static InputStream pattern(StreamGroup<String> group, String key) {
        return group.open(key, (again, out) -> out.write(Pattern.bytes(0, SIZE)));
    }

    /** All there is below the directory. */
    private List<Path> files() throws IOException {
        try (var all = Files.walk(directory)) {
            return all.filter(path -> !path.equals(directory)).toList();
        }
    }

    private List<Path> streams() throws IOException {
        return files().stream()
                .filter(path -> path.toString().endsWith(".stream"))
                .toList();
    }

    @Test
    void smallStreams_haveNone() throws IOException {
        try (var group = spilling().memoryLimit(1 << 20).build()) {
            assertThat(pattern(group, "key").readAllBytes()).hasSize(SIZE);
            assertThat(files()).isEmpty();
        }
    }

    @Test
    void filesAreTheirOwnersOnly_andSoIsTheirFolder() throws IOException {
        assumeTrue(FileSystems.getDefault().supportedFileAttributeViews().contains("posix"), "no POSIX permissions");
        try (var group = spilling().build();
                var in = pattern(group, "key")) {
            assertThat(in.readNBytes(SIZE - 1)).hasSize(SIZE - 1);

            assertThat(files()).hasSize(3);
            for (var path : files()) {
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                        .as(path.toString())
                        .isEqualTo(Files.isDirectory(path) ? "rwx------" : "rw-------");
            }
        }
    }

    @Test
    void aFileIsGone_whenItsLastReaderHasReadTheEnd_closedOrNot() throws Exception {
        try (var group = spilling().build()) {
            var first = pattern(group, "key");
            var gate = new CountDownLatch(1);
            var second = group.open("other", (key, out) -> {
                out.write(Pattern.bytes(0, SIZE));
                gate.await();
            });
            var third = group.open("other", (key, out) -> {});
            assertThat(first.readAllBytes()).isEqualTo(Pattern.bytes(0, SIZE));
            assertThat(second.readNBytes(SIZE)).isEqualTo(Pattern.bytes(0, SIZE));
            gate.countDown();
            assertThat(second.read()).isEqualTo(-1);
            awaitTrue(() -> streams().size() == 1);

            assertThat(third.readAllBytes()).isEqualTo(Pattern.bytes(0, SIZE));
            awaitTrue(() -> streams().isEmpty());
        }
    }

    @Test
    void aFileIsGone_whenItsLastReaderLeaves_orItsLoaderFails() throws Exception {
        try (var group = spilling().build()) {
            var leaves = pattern(group, "key");
            assertThat(leaves.read()).isZero();
            leaves.close();
            var fails = group.open("other", (key, out) -> {
                out.write(Pattern.bytes(0, SIZE));
                throw new IllegalStateException("broken");
            });
            assertThat(fails.readNBytes(SIZE)).isEqualTo(Pattern.bytes(0, SIZE));
            assertThatThrownBy(fails::read).hasRootCauseMessage("broken");

            awaitTrue(() -> streams().isEmpty());
        }
    }

    @Test
    void aKeptFileIsGone_whenItIsNotKeptAnyMore() throws Exception {
        try (var group = spilling().keepFor(Duration.ofHours(1)).build()) {
            pattern(group, "key").readAllBytes();
            awaitTrue(() -> group.flights().isEmpty());
            assertThat(streams()).hasSize(1);
            group.forget("key");

            awaitTrue(() -> streams().isEmpty());
        }
    }

    @Test
    void allIsGone_afterClose_whateverReadersDo() throws Exception {
        var group = spilling().keepFor(Duration.ofHours(1)).build();
        pattern(group, "kept").readAllBytes();
        var reading = pattern(group, "reading");
        assertThat(reading.read()).isZero();
        var forgotten = pattern(group, "forgotten");
        assertThat(forgotten.read()).isZero();
        group.forget("forgotten");
        var deaf = new CountDownLatch(1);
        var again = new CompletableFuture<Throwable>();
        var growing = group.open("growing", (key, out) -> {
            out.write(Pattern.bytes(0, SIZE));
            boolean interrupted = false;
            while (!interrupted) {
                try {
                    deaf.await();
                    interrupted = true;
                } catch (InterruptedException e) {
                    interrupted = false;
                }
            }
            try {
                out.write(Pattern.bytes(0, SIZE));
                again.complete(null);
            } catch (IOException e) {
                again.complete(e);
            }
        });
        assertThat(growing.readNBytes(SIZE)).hasSize(SIZE);
        assertThat(streams()).hasSize(4);
        group.close();

        assertThat(files()).isEmpty();
        deaf.countDown();
        assertThat(again.get(30, TimeUnit.SECONDS)).isInstanceOf(IOException.class);
        for (var in : List.of(reading, forgotten, growing)) {
            assertThatThrownBy(in::read).isInstanceOf(IOException.class);
            in.close();
        }
        assertThat(files()).isEmpty();
    }

    @RepeatedTest(100)
    void allIsGone_afterClose_againstLoadersThatWrite() throws Exception {
        var group = spilling().build();
        var all = new ArrayList<InputStream>();
        for (int i = 0; i < 3; i++) {
            all.add(pattern(group, "key " + i));
        }
        group.close();

        awaitTrue(() -> group.flights().isEmpty());
        assertThat(files()).isEmpty();
        for (var in : all) {
            in.close();
        }
    }

    @Test
    void whatAnEarlierProcessHasLeft_isGoneAtTheNextStart_butNotWhatALiveOneHas() throws Exception {
        var killed = start("wait");
        var live = start("wait");
        assertThat(streams()).hasSize(2);
        killed.destroyForcibly().waitFor();
        assertThat(streams()).as("nobody has deleted it yet").hasSize(2);

        try (var group = spilling().build()) {
            assertThat(streams()).hasSize(1);
            assertThat(pattern(group, "key").readAllBytes()).hasSize(SIZE);
        }
        live.getOutputStream().write('\n');
        live.getOutputStream().flush();
        var out = new BufferedReader(new InputStreamReader(live.getInputStream(), StandardCharsets.US_ASCII));
        assertThat(out.readLine()).isEqualTo("" + StreamProgram.SIZE);
        assertThat(live.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(files()).as("it has ended without a close").isEmpty();
    }

    private Process start(String what) throws IOException {
        var program = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        StreamProgram.class.getName(),
                        directory.toString(),
                        what)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        var expected = "ready\n".getBytes(StandardCharsets.US_ASCII);
        assertThat(program.getInputStream().readNBytes(expected.length)).isEqualTo(expected);
        return program;
    }

    @Test
    void whereTheFolderHasBeenTidiedAway_anotherIsMade() throws Exception {
        try (var group = spilling().build()) {
            assertThat(pattern(group, "key").readAllBytes()).hasSize(SIZE);
            for (var name : List.of("lock", "")) {
                var folder =
                        files().stream().filter(Files::isDirectory).findFirst().orElseThrow();
                Files.delete(folder.resolve("lock"));
                if (name.isEmpty()) {
                    Files.delete(folder);
                }
                assertThat(pattern(group, "key").readAllBytes()).isEqualTo(Pattern.bytes(0, SIZE));
            }
        }
    }

    @Test
    void whatIsKept_hasNoOpenFile_whileNobodyReadsIt() throws Exception {
        var open = Path.of("/proc/self/fd");
        assumeTrue(Files.isDirectory(open), "no way to see open files");
        try (var group = spilling().keepFor(Duration.ofHours(1)).build()) {
            for (int i = 0; i < 20; i++) {
                pattern(group, "key " + i).readAllBytes();
            }
            awaitTrue(() -> group.flights().isEmpty());
            awaitTrue(() -> openStreams(open) == 0);
            var in = pattern(group, "key 7");
            assertThat(in.readNBytes(10)).isEqualTo(Pattern.bytes(0, 10));
            assertThat(openStreams(open)).isEqualTo(1);
            assertThat(in.readAllBytes()).isEqualTo(Pattern.bytes(10, SIZE - 10));
            assertThat(openStreams(open)).isZero();
        }
    }

    private static long openStreams(Path open) throws IOException {
        long count = 0;
        try (var files = Files.newDirectoryStream(open)) {
            for (var file : files) {
                try {
                    count += Files.readSymbolicLink(file).toString().endsWith(".stream") ? 1 : 0;
                } catch (IOException e) { // closed meanwhile
                    count += 0;
                }
            }
        }
        return count;
    }

    @Test
    void groupsOfOneProcess_leaveEachOthersFilesAlone() throws Exception {
        try (var first = spilling().keepFor(Duration.ofHours(1)).build()) {
            pattern(first, "key").readAllBytes();
            awaitTrue(() -> first.flights().isEmpty());
            try (var second = spilling().build()) {
                pattern(second, "key").readAllBytes();
            }
            assertThat(streams()).hasSize(1);
            assertThat(pattern(first, "key").readAllBytes()).isEqualTo(Pattern.bytes(0, SIZE));
        }
        assertThat(files()).isEmpty();
    }

    @Test
    void whatOnlyLooksLikeOurs_isLeftAlone() throws Exception {
        var precious = Files.createDirectory(directory.resolve("precious"));
        var value = Files.writeString(precious.resolve("0.stream"), "precious");
        Files.createFile(precious.resolve("lock"));
        var link = Files.createSymbolicLink(directory.resolve("skein-streams-link"), precious);
        var file = Files.createFile(directory.resolve("skein-streams-file"));
        var beingMade = Files.createDirectory(directory.resolve("skein-streams-new"));
        var old = Files.createDirectory(directory.resolve("skein-streams-old"));
        Files.createFile(old.resolve("7.stream"));
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minusSeconds(3600)));
        var mixed = Files.createDirectory(directory.resolve("skein-streams-mixed"));
        Files.createFile(mixed.resolve("0.stream"));
        Files.createFile(mixed.resolve("lock"));
        var foreign = Files.createFile(mixed.resolve("foreign.txt"));

        try (var log = new Log(StreamGroup.class);
                var group = spilling().build()) {
            assertThat(value).hasContent("precious");
            assertThat(link).isSymbolicLink();
            assertThat(file).exists();
            assertThat(beingMade).exists();
            assertThat(old).doesNotExist();
            assertThat(foreign).exists();
            assertThat(mixed.resolve("0.stream")).doesNotExist();
            assertThat(log.records()).hasSize(1);
            assertThat(group.stats().readers()).isZero();
        }
    }

    @Test
    void aFileThatCannotBeMade_failsTheLoader_andReadersAfterWhatIsInMemory() throws Exception {
        var base = directory.resolve("later");
        var failure = new CompletableFuture<IOException>();
        try (var group = spilling().directory(base).build()) {
            Files.delete(base);
            Files.createFile(base);
            var in = group.open("key", (key, out) -> {
                try {
                    out.write(Pattern.bytes(0, SIZE));
                } catch (IOException e) {
                    failure.complete(e); // and goes on as if nothing had happened
                }
            });
            int inMemory = 16 * 1024;
            assertThat(in.readNBytes(inMemory)).isEqualTo(Pattern.bytes(0, inMemory));
            assertThatThrownBy(in::read).isInstanceOf(IOException.class).hasCause(failure.get(30, TimeUnit.SECONDS));
            awaitTrue(() -> group.flights().isEmpty());
        }
    }

    @Test
    void theDirectory_isMadeWhereThereIsNone_andMustBeOne() throws Exception {
        var deep = directory.resolve("a").resolve("b");
        try (var group = spilling().directory(deep).build()) {
            assertThat(deep).isEmptyDirectory();
            assertThat(pattern(group, "key").readAllBytes()).hasSize(SIZE);
            assertThat(deep).isDirectory();
        }
        var file = Files.createFile(directory.resolve("file"));
        assertThatThrownBy(() -> spilling().directory(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("directory must be a directory, was the file " + file);
        try (var zip = FileSystems.newFileSystem(directory.resolve("a.zip"), java.util.Map.of("create", "true"))) {
            assertThatThrownBy(() -> spilling().directory(zip.getPath("/")))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("directory must be in the default file system, was /");
        }
    }
}
