package io.skein.examples;

import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNoException;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class WritesPartTest {
    private static WritesOutcome outcome(long accepted, long counted) {
        return new WritesOutcome(100, accepted, counted, 1, 1, Duration.ofSeconds(1));
    }

    @Test
    void reactionsThatAreLost_orWrittenTwice_areAFailure() {
        assertThatNoException().isThrownBy(outcome(90, 90)::requireRight);
        assertThatIllegalStateException()
                .isThrownBy(outcome(90, 89)::requireRight)
                .withMessage("the database has 89 reactions, and 90 were written");
        assertThatIllegalStateException().isThrownBy(outcome(90, 91)::requireRight);
    }
}
