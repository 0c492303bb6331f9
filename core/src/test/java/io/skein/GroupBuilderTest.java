package io.skein;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class GroupBuilderTest {

    static List<Arguments> badValues() {
        return List.of(
                bad("callerTimeout must be positive, was PT0S", b -> b.callerTimeout(Duration.ZERO)),
                bad("callerTimeout must be positive, was PT-1S", b -> b.callerTimeout(Duration.ofSeconds(-1))),
                bad("loadTimeout must be positive, was PT0S", b -> b.loadTimeout(Duration.ZERO)),
                bad("stuckAfter must be positive, was PT-0.001S", b -> b.stuckAfter(Duration.ofMillis(-1))),
                bad("maxFlights must be positive, was 0", b -> b.maxFlights(0)),
                bad("maxCallersPerFlight must be positive, was -5", b -> b.maxCallersPerFlight(-5)));
    }

    private static Arguments bad(String message, Consumer<GroupBuilder<String, String>> setting) {
        return Arguments.of(message, setting);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badValues")
    void aBadValue_failsInItsSetter_andNamesSettingAndValue(
            String message, Consumer<GroupBuilder<String, String>> setting) {
        var builder = Group.<String, String>builder("group");

        assertThatThrownBy(() -> setting.accept(builder))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void contradictions_failInBuild() {
        assertThatThrownBy(() -> Group.builder("group").forgetStuck(true).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("forgetStuck")
                .hasMessageContaining("stuckAfter");
        assertThatThrownBy(() -> Group.builder("group")
                        .stuckAfter(Duration.ofSeconds(5))
                        .loadTimeout(Duration.ofSeconds(5))
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "stuckAfter must be shorter than loadTimeout, which ends every load, was PT5S with loadTimeout PT5S");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  ", "\n"})
    void aBlankName_isRefused(String name) {
        assertThatThrownBy(() -> Group.create(name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("name must not be blank");
    }

    @Test
    void nulls_areRefusedByName() {
        var builder = Group.<String, String>builder("group");

        assertThatNullPointerException().isThrownBy(() -> Group.create(null)).withMessageContaining("name");
        assertThatNullPointerException()
                .isThrownBy(() -> builder.callerTimeout(null))
                .withMessageContaining("callerTimeout");
        assertThatNullPointerException()
                .isThrownBy(() -> builder.executor(null))
                .withMessageContaining("executor");
        assertThatNullPointerException()
                .isThrownBy(() -> builder.listener(null))
                .withMessageContaining("listener");
        assertThatNullPointerException().isThrownBy(() -> builder.ticker(null)).withMessageContaining("ticker");
        assertThatNullPointerException()
                .isThrownBy(() -> builder.scheduler(null))
                .withMessageContaining("scheduler");
    }

    @Test
    void aDurationLongerThanTheClockCanCount_isForEver() {
        var group = Group.<String, String>builder("group")
                .callerTimeout(Duration.ofSeconds(Long.MAX_VALUE))
                .loadTimeout(Duration.ofDays(400 * 365))
                .build();

        assertThat(group.load("key", key -> "value")).isEqualTo("value");
        group.close();
    }
}
