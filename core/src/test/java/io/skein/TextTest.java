package io.skein;

import static org.assertj.core.api.Assertions.assertThat;

import io.skein.internal.Text;
import org.junit.jupiter.api.Test;

/** Keys are untrusted input, and messages end up in logs. */
class TextTest {

    @Test
    void controlCharactersAreEscaped() {
        assertThat(Text.quote("a\nb\r\u0000\u001b[31m\u2028\u202e"))
                .isEqualTo("'a\\u000ab\\u000d\\u0000\\u001b[31m\\u2028\\u202e'");
    }

    @Test
    void longKeysAreCut() {
        assertThat(Text.quote("x".repeat(1_000))).isEqualTo("'" + "x".repeat(100) + "...'");
        assertThat(Text.quote("x".repeat(100))).isEqualTo("'" + "x".repeat(100) + "'");
    }

    @Test
    void aKeyThatCannotBePrinted_doesNotHideTheError() {
        var hostile = new Object() {
            @Override
            public String toString() {
                throw new IllegalStateException("gotcha");
            }
        };

        assertThat(Text.quote(hostile)).contains("toString() failed");
    }

    @Test
    void keyAndGroupAreNamed() {
        assertThat(Text.of("users", "user:42")).isEqualTo("key 'user:42' of group 'users'");
    }

    @Test
    void aKeyWhoseTextIsNullOrAnError_isDescribedAllTheSame() {
        assertThat(Text.quote(TimeTest.Unprintable.IS_NULL)).isEqualTo("'null'");
        assertThat(Text.quote(TimeTest.Unprintable.OVERFLOWS)).contains("toString() failed");
    }
}
