package io.skein.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Bad settings fail at once, and tell which and why. */
class StreamGroupBuilderTest {
    private static Arguments bad(String message, Consumer<StreamGroupBuilder<String>> setting) {
        return Arguments.of(message, setting);
    }

    static Stream<Arguments> badSettings() {
        return Stream.of(
                bad("readTimeout must be positive, was PT0S", b -> b.readTimeout(Duration.ZERO)),
                bad("loadTimeout must be positive, was PT-1S", b -> b.loadTimeout(Duration.ofSeconds(-1))),
                bad("stuckAfter must be positive, was PT0S", b -> b.stuckAfter(Duration.ZERO)),
                bad("memoryLimit must not be negative, was -1", b -> b.memoryLimit(-1)),
                bad("maxAhead must be positive, was 0", b -> b.maxAhead(0)),
                bad("maxItemsAhead must be positive, was 0", b -> b.maxItemsAhead(0)),
                bad("maxItems must be positive, was -5", b -> b.maxItems(-5)),
                bad("maxBytes must be positive, was 0", b -> b.maxBytes(0)),
                bad("maxStreams must be positive, was 0", b -> b.maxStreams(0)),
                bad("maxReaders must be positive, was 0", b -> b.maxReaders(0)),
                bad("keepFor must be positive, was PT0S", b -> b.keepFor(Duration.ZERO)),
                bad("keepSize must be positive, was 0", b -> b.keepSize(0)),
                bad(
                        "keepSize is 5, but keepFor is not set: set it, or leave out keepSize",
                        b -> b.keepSize(5).build()),
                bad(
                        "forgetStuck is true, but stuckAfter is not set: set it, or leave out forgetStuck",
                        b -> b.forgetStuck(true).build()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badSettings")
    void badSettings_failAtOnce(String message, Consumer<StreamGroupBuilder<String>> setting) {
        assertThatThrownBy(() -> setting.accept(StreamGroup.builder("exports")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    static Stream<Arguments> nulls() {
        return Stream.of(
                bad("readTimeout", b -> b.readTimeout(null)),
                bad("keepFor", b -> b.keepFor(null)),
                bad("executor", b -> b.executor(null)),
                bad("subscriberExecutor", b -> b.subscriberExecutor(null)),
                bad("directory", b -> b.directory(null)),
                bad("listener", b -> b.listener(null)),
                bad("ticker", b -> b.ticker(null)),
                bad("scheduler", b -> b.scheduler(null)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("nulls")
    void nulls_failAtOnce(String message, Consumer<StreamGroupBuilder<String>> setting) {
        assertThatThrownBy(() -> setting.accept(StreamGroup.builder("exports")))
                .isInstanceOf(NullPointerException.class)
                .hasMessage(message);
    }

    @Test
    void names() {
        assertThatThrownBy(() -> StreamGroup.builder(" ")).hasMessage("name must not be blank, was ' '");
        assertThatThrownBy(() -> StreamGroup.builder(null)).hasMessage("name");
        try (var group = StreamGroup.create("exports")) {
            assertThat(group.name()).isEqualTo("exports");
        }
    }

    @Test
    void aDirectory_thatCannotBe_isToldOfAtOnce(@TempDir Path folder) throws IOException {
        var file = Files.createFile(folder.resolve("file"));
        var builder = StreamGroup.<String>builder("exports").directory(file.resolve("below"));
        assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("directory must be one that files can be made in, was " + file);

        var made = folder.resolve("made/by/build");
        StreamGroup.<String>builder("exports").directory(made).build().close();
        assertThat(made).isEmptyDirectory();
    }

    @Test
    void aBuilder_buildsOneGroup() {
        var builder = StreamGroup.<String>builder("exports");
        builder.build().close();

        assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("group 'exports' has been built: make another builder for another group");
    }

    @Test
    void settings_asLargeAsCanBe() throws Exception {
        var forEver = Duration.ofSeconds(Long.MAX_VALUE);
        try (var group = StreamGroup.<String>builder("large")
                .readTimeout(forEver)
                .loadTimeout(forEver)
                .keepFor(forEver)
                .keepSize(Long.MAX_VALUE)
                .memoryLimit(Long.MAX_VALUE)
                .maxAhead(Long.MAX_VALUE)
                .maxItemsAhead(Integer.MAX_VALUE)
                .maxItems(Integer.MAX_VALUE)
                .build()) {
            for (int i = 0; i < 2; i++) {
                var in = group.open("key", (key, out) -> out.write(Pattern.bytes(0, 100_000)));
                assertThat(in.readAllBytes()).isEqualTo(Pattern.bytes(0, 100_000));
            }
        }
    }
}
