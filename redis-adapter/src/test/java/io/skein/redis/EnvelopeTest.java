package io.skein.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whoever may write to Redis may write anything. */
class EnvelopeTest {
    private static final long MOST = 1_000_000;

    private static Envelope envelope(Envelope.Kind kind, List<String> tags, Optional<String> etag) {
        return new Envelope(kind, "schema", "version", 7, 1_000, 2_000, 3_000, etag, tags, new byte[0], -1);
    }

    private static Envelope read(Envelope written) {
        var read = Envelope.of(written.bytes(), MOST);
        assertThat(read).isNotNull();
        return read;
    }

    @Test
    void whatIsWritten_isRead() {
        var text = "a value, ".repeat(1_000).getBytes(StandardCharsets.UTF_8);
        for (int compressAbove : new int[] {10, Integer.MAX_VALUE}) {
            var written = envelope(Envelope.Kind.VALUE, List.of("t", "\u0000", "é"), Optional.of("e"))
                    .with(text, compressAbove);
            var read = read(written);
            assertThat(read.payload()).isEqualTo(text);
            assertThat(read.kind()).isEqualTo(Envelope.Kind.VALUE);
            assertThat(read.schema()).isEqualTo("schema");
            assertThat(read.version()).isEqualTo("version");
            assertThat(read.epoch()).isEqualTo(7);
            assertThat(List.of(read.ttlMillis(), read.staleMillis(), read.loadNanos()))
                    .containsExactly(1_000L, 2_000L, 3_000L);
            assertThat(read.tags()).containsExactly("t", "\u0000", "é");
            assertThat(read.etag()).contains("e");
            assertThat(written.bytes().length < text.length).isEqualTo(compressAbove == 10);
        }
        for (var kind : List.of(Envelope.Kind.NOTHING, Envelope.Kind.UNSHARED)) {
            assertThat(read(envelope(kind, List.of(), Optional.empty())).kind()).isEqualTo(kind);
        }
    }

    @Test
    void whatCannotBeMadeShorter_isWrittenAsItIs() {
        var noise = new byte[10_000];
        new Random(1).nextBytes(noise);
        var written = envelope(Envelope.Kind.VALUE, List.of(), Optional.empty()).with(noise, 10);
        assertThat(written.length()).isEqualTo(-1);
        assertThat(read(written).payload()).isEqualTo(noise);
    }

    @Test
    void whateverIsThere_itIsReadOrNot_andTakesNoMoreThanItMay() {
        var text = "a value, ".repeat(100).getBytes(StandardCharsets.UTF_8);
        for (int compressAbove : new int[] {10, Integer.MAX_VALUE}) {
            var bytes = envelope(Envelope.Kind.VALUE, List.of("t"), Optional.of("e"))
                    .with(text, compressAbove)
                    .bytes();
            for (int length = 0; length < bytes.length; length++) {
                look(Arrays.copyOf(bytes, length));
            }
            for (int i = 0; i < bytes.length; i++) {
                for (int value = 0; value < 256; value++) {
                    var changed = bytes.clone();
                    changed[i] = (byte) value;
                    look(changed);
                }
            }
        }
        var random = new Random(1);
        for (int i = 0; i < 10_000; i++) {
            var noise = new byte[random.nextInt(200)];
            random.nextBytes(noise);
            if (noise.length > 4) {
                ByteBuffer.wrap(noise).putInt(0x534b0100 | random.nextInt(8));
            }
            look(noise);
        }
    }

    private static void look(byte[] bytes) {
        var read = Envelope.of(bytes, MOST);
        if (read == null) {
            return;
        }
        try {
            assertThat(read.payload().length).isLessThanOrEqualTo((int) MOST);
        } catch (IllegalArgumentException e) {
            assertThat(e).hasMessageStartingWith("it is "); // not deflated, or shorter
        }
    }

    /** A few bytes that say they are many. */
    @Test
    void aBomb_isNotOpened() {
        var small = envelope(Envelope.Kind.VALUE, List.of(), Optional.empty())
                .with(new byte[1_000_000], 10)
                .bytes();
        assertThat(small.length).isLessThan(10_000);
        assertThat(Envelope.of(small, 1_000_000)).isNotNull();
        assertThat(Envelope.of(small, 999_999)).isNull();
    }

    @Test
    void whatALaterVersionMayWrite_isNotGuessedAt() {
        var bytes = envelope(Envelope.Kind.NOTHING, List.of(), Optional.empty()).bytes();
        for (int flags = 3; flags < 256; flags++) {
            if (flags >= 8 || (flags & 3) == 3) {
                var later = bytes.clone();
                later[3] = (byte) flags;
                assertThat(Envelope.of(later, MOST)).as("flags " + flags).isNull();
            }
        }
        bytes[2] = 2;
        assertThat(Envelope.of(bytes, MOST)).isNull();
    }
}
