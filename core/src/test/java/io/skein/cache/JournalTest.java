package io.skein.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skein.CallerInterruptedException;
import io.skein.Callers;
import io.skein.Callers.Call;
import io.skein.Codec;
import io.skein.Gate;
import io.skein.write.CacheWriter;
import io.skein.write.WriteBehind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BinaryOperator;
import java.util.stream.IntStream;
import org.h2.mvstore.MVStore;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** C10: what is pending survives the JVM. What a JVM that is killed leaves behind is in {@link KilledTest}. */
@Timeout(60)
class JournalTest {
    private static final Duration NEVER = Duration.ofDays(1);

    @TempDir
    Path folder;

    private final Source source = new Source();

    private static final class Source implements CacheWriter<String, Integer> {
        final Map<String, Integer> rows = new ConcurrentHashMap<>();
        final List<String> log = new CopyOnWriteArrayList<>();
        final Gate<String> gate = new Gate<>();
        volatile boolean down;
        volatile boolean slow;

        @Override
        public void write(String key, Integer value) throws Exception {
            check();
            rows.put(key, value);
            log.add(key + "=" + value);
        }

        @Override
        public void delete(String key) throws Exception {
            check();
            rows.remove(key);
            log.add(key + " deleted");
        }

        private void check() throws Exception {
            if (slow) {
                gate.load("slow");
            }
            if (down) {
                throw new IOException("down");
            }
        }
    }

    private Path file() {
        return folder.resolve("sub").resolve("writes.journal");
    }

    private WriteBehind<String, Integer> settings() {
        return WriteBehind.<String, Integer>of(10_000, NEVER)
                .journal(file(), Codec.utf8(), Codec.int32())
                .retry(0, Duration.ofMillis(1), Duration.ofMillis(1))
                .closeTimeout(Duration.ofMillis(50));
    }

    private CoalescingCache<String, Integer> open(WriteBehind<String, Integer> settings) {
        return CoalescingCache.<String, Integer>builder("journaled")
                .loader(source.rows::get)
                .writeBehind(source, settings)
                .build();
    }

    /** Ends as a JVM does whose source is too slow: with what is pending in the journal. */
    private void leave(CoalescingCache<String, Integer> cache) {
        source.slow = true;
        cache.close();
        source.slow = false;
        source.log.clear();
    }

    @Test
    void C10_whatIsPending_isWrittenByTheNextCache() {
        var cache = open(settings());
        IntStream.range(0, 100).forEach(i -> cache.write("key" + i, i));
        cache.write("key7", 700);
        cache.delete("key8");
        leave(cache);
        assertThat(source.rows).isEmpty();

        try (var next = open(settings())) {
            assertThat(next.writeBehindStats().orElseThrow().pending()).isEqualTo(100);
            assertThat(next.get("key7")).isEqualTo(700);
            assertThat(next.get("key8")).isNull();
            next.write("key9", 900);
            next.flush();
        }

        assertThat(source.rows).hasSize(99).containsEntry("key7", 700).containsEntry("key9", 900);
        assertThat(source.log).hasSize(100);
        try (var last = open(settings())) {
            assertThat(last.writeBehindStats().orElseThrow().pending()).isZero();
        }
    }

    @Test
    void C10_theNextCache_isFlushedWithoutBeingAsked() {
        var cache = open(settings());
        cache.write("key", 1);
        leave(cache);

        try (var next = open(WriteBehind.<String, Integer>of(10, Duration.ofMillis(20))
                .journal(file(), Codec.utf8(), Codec.int32()))) {
            Callers.awaitTrue(() -> source.rows.containsKey("key"));
            next.flush();
        }
    }

    @Test
    void C10_closing_leavesNothingBehind_ifAllIsWritten() {
        try (var cache = open(settings().closeTimeout(Duration.ofSeconds(30)))) {
            cache.write("key", 1);
        }
        assertThat(source.rows).containsEntry("key", 1);

        try (var next = open(settings())) {
            assertThat(next.writeBehindStats().orElseThrow().pending()).isZero();
        }
    }

    /** What was in flight and what came after it are one write of the next cache. */
    @Test
    void C10_theBatchInFlight_andWhatWaitsBehindIt_areReplayedInOrder() {
        var cache = open(WriteBehind.<String, Integer>of(1, NEVER)
                .journal(file(), Codec.utf8(), Codec.int32())
                .closeTimeout(Duration.ofMillis(50)));
        source.slow = true;
        cache.write("key", 1);
        source.gate.awaitEntered();
        cache.write("key", 2);
        leave(cache);

        try (var next = open(settings())) {
            assertThat(next.get("key")).isEqualTo(2);
            next.flush();
        }

        assertThat(source.log).containsExactly("key=2");
        try (var last = open(settings())) {
            assertThat(last.writeBehindStats().orElseThrow().pending()).isZero();
        }
    }

    @Test
    void C10_mergedWrites_areReplayedMerged() {
        BinaryOperator<Integer> sum = Integer::sum;
        var cache = open(settings().merge(sum));
        cache.write("sum", 1);
        cache.write("sum", 2);
        cache.delete("parted");
        cache.write("parted", 3);
        cache.write("parted", 4);
        cache.write("gone", 5);
        cache.delete("gone");
        cache.write("gone again", 6);
        cache.delete("gone again");
        cache.write("gone again", 7);
        cache.delete("gone again");
        leave(cache);

        try (var next = open(settings().merge(sum))) {
            next.flush();
        }

        assertThat(source.log)
                .containsExactlyInAnyOrder("sum=3", "parted deleted", "parted=7", "gone deleted", "gone again deleted");
        assertThat(source.log.indexOf("parted deleted")).isLessThan(source.log.indexOf("parted=7"));
    }

    @Test
    void C10_deadLetters_leaveTheJournal_onceTheyAreTold() {
        var told = new CopyOnWriteArrayList<String>();
        source.down = true;
        try (var cache = open(settings().deadLetters(letter -> told.add(letter.key())))) {
            cache.write("key", 1);
            cache.flush();
        }
        assertThat(told).containsExactly("key");

        try (var next = open(settings())) {
            assertThat(next.writeBehindStats().orElseThrow().pending()).isZero();
        }
    }

    @Test
    void C10_writeAsync_isDoneWhenItIsOnDisk() {
        var cache = open(settings());
        var all = IntStream.range(0, 1_000)
                .mapToObj(i -> cache.writeAsync("key" + i, i))
                .toList();
        all.forEach(future -> future.orTimeout(30, TimeUnit.SECONDS).join());
        leave(cache);

        try (var next = open(settings())) {
            assertThat(next.writeBehindStats().orElseThrow().pending()).isEqualTo(1_000);
            next.flush();
        }
        assertThat(source.rows).hasSize(1_000);
    }

    /** What is accepted while the writer works and the journal is written is in the one or the other. */
    @RepeatedTest(20)
    void C10_nothingIsLost_andNothingOlderComesBack_fromManyThreads() {
        var cache = open(WriteBehind.<String, Integer>of(7, Duration.ofMillis(1))
                .journal(file(), Codec.utf8(), Codec.int32())
                .closeTimeout(Duration.ofNanos(1)));
        var writers = IntStream.range(0, 4)
                .mapToObj(key -> Callers.onThread(() -> {
                    int last = 0;
                    try {
                        for (int i = 1; i <= 10_000; i++) {
                            cache.write("key" + key, i);
                            last = i;
                        }
                    } catch (IllegalStateException e) {
                        // closed
                    }
                    return last;
                }))
                .toList();
        Callers.awaitTrue(() -> source.log.size() > 20);

        cache.close();
        var last = writers.stream().map(Call::get).toList();
        try (var next = open(settings())) {
            next.flush();
        }

        for (int key = 0; key < 4; key++) {
            assertThat(source.rows.get("key" + key)).isBetween(last.get(key), last.get(key) + 1);
        }
    }

    // What may be wrong with a journal

    @Test
    void C10_aJournalInUse_isRefused() {
        try (var cache = open(settings())) {
            assertThatThrownBy(() -> open(settings()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContainingAll("'journaled'", "another cache of this JVM uses it", file().toString());
            cache.write("key", 1);
            cache.flush();
        }
        assertThat(source.rows).containsKey("key");
    }

    @Test
    void C10_whatIsNoJournal_isRefused_andNotTouched() throws IOException {
        Files.createDirectories(file().getParent());
        Files.writeString(file(), "my notes, of some length so that they might be a header. ".repeat(500));
        var before = Files.readString(file());

        assertThatThrownBy(() -> open(settings()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(file().toString());

        assertThat(Files.readString(file())).isEqualTo(before);
    }

    @Test
    void C10_aFolderThatCannotBeMade_isSaid() throws IOException {
        Files.writeString(folder.resolve("sub"), "a file");

        assertThatThrownBy(() -> open(settings()))
                .hasMessageContaining("journal")
                .hasMessageContaining("sub");
    }

    @Test
    void C10_otherCodecs_areRefused_andNothingIsLost() {
        var cache = open(settings());
        cache.write("key", 1);
        leave(cache);

        var others = WriteBehind.<String, Long>of(1, NEVER).journal(file(), Codec.utf8(), Codec.int64());
        assertThatThrownBy(() -> CoalescingCache.<String, Long>builder("journaled")
                        .writeBehind(
                                new CacheWriter<String, Long>() {
                                    @Override
                                    public void write(String key, Long value) {}

                                    @Override
                                    public void delete(String key) {}
                                },
                                others)
                        .build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll("codecs", "stay in")
                .hasRootCauseMessage("should be 8 bytes, were 4");

        try (var next = open(settings())) {
            next.flush();
        }
        assertThat(source.rows).containsEntry("key", 1);
    }

    /** Some of it can be read, and is merged: that must not be kept if the rest cannot. */
    @Test
    void C10_whatCannotBeReadAsAWhole_isLeftAsItWas() {
        var cache = open(WriteBehind.<String, Integer>of(1, NEVER)
                .journal(file(), Codec.utf8(), Codec.int32())
                .closeTimeout(Duration.ofMillis(50)));
        source.slow = true;
        cache.write("key", 1);
        source.gate.awaitEntered();
        cache.write("key", 2);
        cache.write("last", 13);
        leave(cache);

        var choosy = Codec.of(Codec.int32()::encode, bytes -> {
            int value = Codec.int32().decode(bytes);
            if (value == 13) {
                throw new IllegalArgumentException("unlucky");
            }
            return -value;
        });
        assertThatThrownBy(() -> open(settings().journal(file(), Codec.utf8(), choosy)))
                .isInstanceOf(IllegalStateException.class)
                .hasRootCauseMessage("unlucky");

        try (var next = open(settings())) {
            next.flush();
        }
        assertThat(source.log).containsExactlyInAnyOrder("key=2", "last=13");
    }

    @Test
    void C10_anotherStoreOfThatKind_isNoJournal() throws IOException {
        Files.createDirectories(file().getParent());
        try (var store = MVStore.open(file().toString())) {
            store.openMap("somebody's").put("key", "value");
        }

        assertThatThrownBy(() -> open(settings()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("is it a journal");

        try (var store = MVStore.open(file().toString())) {
            assertThat(store.getMapNames()).containsExactly("somebody's");
        }
    }

    @Test
    void C10_aRefusedCache_doesNotTakeTheFileFromWhoHasIt() throws Exception {
        try (var cache = open(settings())) {
            assertThatThrownBy(() -> open(settings())).isInstanceOf(IllegalStateException.class);
            cache.write("key", 1);

            var other = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            Opener.class.getName(),
                            file().toString())
                    .redirectErrorStream(true)
                    .start();
            var said = new String(other.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(said).contains("another JVM uses it");
        }
    }

    /** In a program of its own, which may write no larger files. */
    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void C10_aJournalThatCannotGrow_rejectsWhatIsNew_andWhatIsPendingReachesTheSource() throws Exception {
        var program = new ProcessBuilder(
                        "sh",
                        "-c",
                        "ulimit -f 500; exec \"$0\" \"$@\"",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:-UsePerfData",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Filler.class.getName(),
                        file().toString())
                .start();
        var said = new String(program.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(said.lines())
                .containsExactly("java.io.UncheckedIOException", "io.skein.WriteRejectedException", "all written");
        assertThat(file()).doesNotExist(); // else it would be written over what is newer
    }

    @Test
    void C10_anInterruptedBuilder_opensItAllTheSame() {
        var cache = open(settings());
        IntStream.range(0, 1_000).forEach(i -> cache.writeAsync("key" + i, i));
        leave(cache);

        Thread.currentThread().interrupt();
        var next = open(settings());
        assertThat(Thread.interrupted()).isTrue();
        next.flush();
        next.close();

        assertThat(source.rows).hasSize(1_000);
    }

    /** Writes until it cannot. */
    static final class Filler {
        public static void main(String[] args) {
            var source = new Source();
            var cache = CoalescingCache.<String, Integer>builder("filler")
                    .writeBehind(
                            source,
                            WriteBehind.<String, Integer>of(1_000_000, NEVER)
                                    .journal(Path.of(args[0]), Codec.utf8(), Codec.int32()))
                    .build();
            int accepted = 0;
            try {
                while (accepted < 100_000) {
                    cache.write("x".repeat(1_000) + accepted, accepted);
                    accepted++;
                }
            } catch (RuntimeException e) {
                System.out.println(e.getClass().getName());
            }
            try {
                cache.write("one more", 1);
            } catch (RuntimeException e) {
                System.out.println(e.getClass().getName());
            }
            cache.flush();
            System.out.println(source.rows.size() == accepted + 1 ? "all written" : "lost some");
            cache.close();
        }
    }

    /** Tries to open a journal. */
    static final class Opener {
        public static void main(String[] args) {
            CoalescingCache.<String, Integer>builder("other")
                    .writeBehind(
                            new Source(),
                            WriteBehind.<String, Integer>of(1, NEVER)
                                    .journal(Path.of(args[0]), Codec.utf8(), Codec.int32()))
                    .build()
                    .close();
        }
    }

    @Test
    void C10_aCodecThatThrows_failsTheCall_andWritesNothing() {
        try (var cache = open(settings()
                .journal(
                        file(),
                        Codec.utf8(),
                        Codec.of(
                                value -> {
                                    if (value == 13) {
                                        throw new IllegalArgumentException("no");
                                    }
                                    return Codec.int32().encode(value);
                                },
                                Codec.int32()::decode)))) {
            assertThatThrownBy(() -> cache.write("key", 13)).hasMessage("no");
            assertThat(cache.getIfPresent("key")).isNull();
            assertThatThrownBy(() -> cache.writeAsync("key", 13)).hasMessage("no");
            cache.write("key", 14);
            cache.flush();
        }
        assertThat(source.log).containsExactly("key=14");
    }

    @Test
    void C10_anInterruptedCaller_doesNotHurtTheJournal() {
        try (var cache = open(settings())) {
            Thread.currentThread().interrupt();
            try {
                cache.write("key", 1);
            } catch (CallerInterruptedException e) {
                assertThat(e).hasMessageContaining("will be written");
            }
            assertThat(Thread.interrupted()).isTrue();
            cache.write("other", 2);
            cache.flush();
        }
        assertThat(source.rows).containsOnly(Map.entry("key", 1), Map.entry("other", 2));
    }

    @Test
    void theFile_canBeReadByItsOwnerOnly() throws IOException {
        open(settings()).close();

        if (file().getFileSystem().supportedFileAttributeViews().contains("posix")) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
                    .isEqualTo("rw-------");
        }
    }

    @Test
    void theFile_doesNotGrowWithoutEnd() throws IOException {
        try (var cache = open(settings().maxBatch(100))) {
            for (int round = 0; round < 20; round++) {
                for (int i = 0; i < 100; i++) {
                    cache.writeAsync("key" + i, i);
                }
                cache.flush();
            }
            for (int round = 0; round < 400; round++) {
                for (int i = 0; i < 100; i++) {
                    cache.writeAsync("key" + i, i);
                }
                cache.flush();
            }
            assertThat(Files.size(file())).isLessThan(2_000_000);
        }
    }

    @Test
    void keysAndValues_areNeverDeserializedByJava() throws IOException {
        var cache = open(settings());
        cache.write("key", 1);
        leave(cache);

        assertThat(Files.readAllBytes(file())).isNotEmpty();
        assertThat(new String(Files.readAllBytes(file()), StandardCharsets.ISO_8859_1))
                .doesNotContain("java.lang.");
    }
}
