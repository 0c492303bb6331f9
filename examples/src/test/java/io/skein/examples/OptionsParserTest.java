package io.skein.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class OptionsParserTest {
    private static final String[] OWN = {"--jdbc-url", "jdbc:h2:mem:x", "--query", "select ?", "--key-values", "1"};

    static Stream<Arguments> badOptions() {
        return Stream.of(
                arguments("unknown option \"--caller\"; --help lists them", args("--caller", "3")),
                arguments("unknown option \"-n\"; --help lists them", args("-n")),
                arguments("unknown option \"--pasword\"; --help lists them", args("--pasword=secret")),
                arguments("options begin with --, and there is something else first", args("secret")),
                arguments(
                        "options begin with --, and there is something else after --password",
                        args("--password", "top", "secret")),
                arguments("--callers needs a value", args("--callers")),
                arguments(
                        "--callers needs a value (one that begins with -- is written --callers=...)",
                        args("--callers", "--verbose")),
                arguments("--callers is given twice", args("--callers", "1", "--callers", "2")),
                arguments("--verbose takes no value", args("--verbose=yes")),
                arguments("--callers must be a number from 1 to 1000000, was \"many\"", args("--callers", "many")),
                arguments("--callers must be a number from 1 to 1000000, was \"0\"", args("--callers=0")),
                arguments("--callers must be a number from 1 to 1000000, was \"-1\"", args("--callers", "-1")),
                arguments(
                        "--callers must be a number from 1 to 1000000, was \"1000001\"", args("--callers", "1000001")),
                arguments(
                        "--callers must be a number from 1 to 1000000, was \"99999999999\"",
                        args("--callers", "99999999999")),
                arguments("--callers must be a number from 1 to 1000000, was \"1?2\"", args("--callers", "1\n2")),
                arguments("--keys must be a number from 1 to 100, was \"101\"", args("--keys", "101")),
                arguments("--keys must be no more than --callers, 2, was 3", args("--keys", "3", "--callers", "2")),
                arguments(
                        "--straight-seconds must be a number from 1 to 3600, was \"0.5\"",
                        args("--straight-seconds", "0.5")),
                arguments("--part must be stampede, cache, writes or all, was \"second\"", args("--part", "second")),
                arguments(
                        "--part all writes, so it is for the demo's own database; leave it out with --jdbc-url",
                        own("--part", "all")),
                arguments(
                        "--straight-seconds is for the part stampede, which is not to be run",
                        args("--part", "cache", "--straight-seconds", "3")),
                arguments(
                        "--cache-seconds is for the part cache, which is not to be run",
                        args("--part", "stampede", "--cache-seconds", "3")),
                arguments("--cache-seconds is for the part cache, which is not to be run", own("--cache-seconds", "3")),
                arguments("--cache-seconds must be a number from 1 to 3600, was \"0\"", args("--cache-seconds", "0")),
                arguments(
                        "--reactions is for the part writes, which is not to be run",
                        args("--part", "cache", "--reactions", "3")),
                arguments(
                        "--write-seconds is for the part writes, which is not to be run",
                        args("--part", "stampede", "--write-seconds", "3")),
                arguments("--reactions must be a number from 1 to 100000000, was \"0\"", args("--reactions", "0")),
                arguments("--threads must be virtual or platform, was \"green\"", args("--threads", "green")),
                arguments("--query is for a database of your own and needs --jdbc-url", args("--query", "select ?")),
                arguments(
                        "--password is for a database of your own and needs --jdbc-url", args("--password", "secret")),
                arguments("--jdbc-url must begin with jdbc:", args("--jdbc-url", "postgres://me:secret@here")),
                arguments("--jdbc-url needs --query, with one ? for the key", args("--jdbc-url", "jdbc:h2:mem:x")),
                arguments("--query must have exactly one ? for the key, has 0", own("--query", "select 1")),
                arguments("--query must have exactly one ? for the key, has 2", own("--query", "select ? + ?")),
                arguments("--query must have exactly one ? for the key, has 0", own("--query", "select '?' -- ?")),
                arguments(
                        "--jdbc-url needs --key-values, the keys to ask for, like 1,2,3",
                        args("--jdbc-url", "jdbc:h2:mem:x", "--query", "select ?")),
                arguments(
                        "--key-values must be keys with commas between them, and one of them is empty",
                        own("--key-values", "1,,2")),
                arguments(
                        "--keys is for the demo's own database; with --jdbc-url, give --key-values",
                        own("--keys", "2")));
    }

    @ParameterizedTest
    @MethodSource("badOptions")
    void badOptions_areToldInOneLine(String message, List<String> args) {
        assertThatExceptionOfType(BadOptionException.class)
                .isThrownBy(() -> OptionsParser.parse(args, true))
                .withMessage(message);
    }

    @Test
    void virtualThreads_whereThereAreNone() {
        assertThatExceptionOfType(BadOptionException.class)
                .isThrownBy(() -> OptionsParser.parse(args("--threads", "virtual"), false))
                .withMessageStartingWith("--threads virtual needs Java 21 or newer, this is Java ");
    }

    @Test
    void defaults_areTheBigStampede() throws Exception {
        assertThat(OptionsParser.parse(List.of(), false))
                .isEqualTo(new Options(
                        Part.ALL,
                        10_000,
                        5,
                        false,
                        Duration.ofSeconds(30),
                        Duration.ofSeconds(12),
                        1_000_000,
                        Duration.ofSeconds(15),
                        null,
                        false));
        assertThat(OptionsParser.parse(List.of(), true).virtualThreads()).isTrue();
    }

    @Test
    void ownDatabase_questionMarksInTextAreNoParameters() throws Exception {
        var options = OptionsParser.parse(own("--query", "select 'it''s ?', \"?\" /* ? */ from x where y = ?"), true);

        assertThat(options.part()).isEqualTo(Part.STAMPEDE);
        assertThat(options.ownDatabase()).isNotNull();
        assertThat(options.ownDatabase().keys()).containsExactly("1");
    }

    @Test
    void ownDatabase_doesNotShowItsPassword() throws Exception {
        var options = OptionsParser.parse(own("--password", "secret"), true);

        assertThat(options.toString()).doesNotContain("secret");
    }

    private static List<String> args(String... args) {
        return List.of(args);
    }

    /** Good options for a database of one's own, with this one in place or besides. */
    private static List<String> own(String name, String value) {
        var args = new ArrayList<>(List.of(OWN));
        int at = args.indexOf(name);
        if (at >= 0) {
            args.set(at + 1, value);
        } else {
            args.addAll(List.of(name, value));
        }
        return args;
    }
}
