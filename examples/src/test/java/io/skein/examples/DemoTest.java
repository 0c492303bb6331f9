package io.skein.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoTest {
    private static final Pattern QUERIES = Pattern.compile("queries run +([\\d,]+) +([\\d,]+)");

    /** Some milliseconds of work for H2, for each key. */
    private static final String SLOW_QUERY = "select count(*) from system_range(1, 500000) where x <> cast(? as int)";

    @TempDir
    Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void demo_createsItsDatabaseOnceAndComparesBothWays() {
        assertThat(run("--part", "stampede", "--callers", "300", "--keys", "3")).isZero();

        assertThat(err()).isEmpty();
        assertThat(out())
                .contains("Creating the database")
                .contains("300 callers ask for 3 reports")
                .containsPattern("answers of one key +all equal +all equal")
                .containsPattern("callers served +300 +300")
                .containsPattern(
                        "Through the group, [\\d,]+ queries served 300 callers in .*; straight, 300 queries served 300")
                .doesNotContain("\r");
        assertThat(queries(1)).isEqualTo(300);
        assertThat(queries(2)).isBetween(3, 299);

        out.reset();
        assertThat(run("--part", "stampede", "--callers", "1", "--threads", "platform"))
                .isZero();
        assertThat(out()).doesNotContain("Creating").contains("1 callers ask for 1 report ");
        assertThat(queries(2)).isEqualTo(1);
    }

    @Test
    void terminal_getsABarThatIsWipedInTheEnd() {
        assertThat(demo(true).run(List.of("--part", "stampede", "--callers", "50"), print(out), print(err)))
                .isZero();

        assertThat(out())
                .contains(
                        "\rcreating: building indexes",
                        "\r" + " ".repeat("creating: building indexes".length()) + "\r");
    }

    @Test
    void allParts_oneAfterTheOther_leaveTheDatabaseAsItWas() throws Exception {
        assertThat(run("--callers", "50", "--keys", "2", "--cache-seconds", "1", "--reactions", "500"))
                .isZero();

        assertThat(err()).isEmpty();
        assertThat(out())
                .containsSubsequence(
                        "50 callers ask for 2 reports",
                        "Through the group",
                        " ask a cache for 2 reports",
                        "stale reads after an invalidation: 0",
                        "write 500 reactions",
                        "Behind the cache");
        try (var files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("complete", "lock", "shop.mv.db");
        }
    }

    @Test
    void writes_areCounted_andNeedNoShop() {
        assertThat(run("--part", "writes", "--callers", "8", "--reactions", "20000", "--write-seconds", "1"))
                .isZero();

        assertThat(err()).isEmpty();
        assertThat(out())
                .doesNotContain("Creating")
                .containsPattern("^8 .* write 20,000 reactions to 300 posts")
                .containsPattern("the database has .* 20,000\\R")
                .containsPattern("Behind the cache, [\\d,]+ statements wrote 20,000 reactions in .*; straight,");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void ownDatabase_isAsked() {
        int exitCode = run(own("jdbc:h2:mem:own", "select x, ? from system_range(1, 10)", "a,b", "--callers", "200"));

        assertThat(err()).isEmpty();
        assertThat(exitCode).isZero();
        assertThat(out()).contains("ask for 2 reports").containsPattern("all equal +all equal");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void straightStampede_isCalledOffWhenItsTimeIsUp() {
        int exitCode = run(own("jdbc:h2:mem:slow", SLOW_QUERY, "1,2", "--callers", "20000", "--straight-seconds", "1"));

        assertThat(err()).isEmpty();
        assertThat(exitCode).isZero();
        assertThat(out())
                .containsPattern("callers served +[\\d,]+ of 20,000 +20,000")
                .contains("Time was up for the straight callers")
                .contains("(extrapolated)")
                .containsPattern("p99 +> ");
    }

    @Test
    void answersThatDiffer_areAFailure() {
        int exitCode = run(own("jdbc:h2:mem:random", "select random_uuid(), ?", "1", "--callers", "200"));

        assertThat(exitCode).isEqualTo(1);
        assertThat(err())
                .contains("got another answer than the first of their key")
                .hasLineCount(1);
        assertThat(out()).contains(" differ");
    }

    @Test
    void badOption_isExitCode2() {
        assertThat(run("--callers", "x")).isEqualTo(2);

        assertThat(err()).isEqualTo("--callers must be a number from 1 to 1000000, was \"x\"" + System.lineSeparator());
        assertThat(out()).isEmpty();
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void help_wins() {
        assertThat(run("--nonsense", "--help")).isZero();

        assertThat(out()).contains("--part PART", "--callers N", "--query SQL");
        assertThat(err()).isEmpty();
    }

    @Test
    void databaseDown_isOneLine() {
        int exitCode = run(own("jdbc:h2:tcp://localhost:1/nothing", "select ?", "1"));

        assertThat(exitCode).isEqualTo(1);
        assertThat(err()).startsWith("the database says: ").contains("refused").hasLineCount(1);
        assertSecretsKept();
    }

    @Test
    void postgresDown_isOneLine() {
        int exitCode = run(own("jdbc:postgresql://localhost:1/nothing", "select ?", "1"));

        assertThat(exitCode).isEqualTo(1);
        assertThat(err())
                .startsWith("the database says: ")
                .contains("localhost:1 refused")
                .hasLineCount(1);
        assertSecretsKept();
    }

    @Test
    void driverMissing_isOneLine() {
        int exitCode = run(own("jdbc:unheardof://me:in-url@here/x?password=in-url", "select ?", "1"));

        assertThat(exitCode).isEqualTo(1);
        assertThat(err()).contains("No suitable driver").hasLineCount(1);
        assertSecretsKept();
    }

    @Test
    void wrongQuery_isOneLine() {
        int exitCode = run(own("jdbc:h2:mem:wrong", "select\n* from nowhere where id = ?", "1"));

        assertThat(exitCode).isEqualTo(1);
        assertThat(err())
                .startsWith("the database says: Table \"NOWHERE\" not found")
                .hasLineCount(1);
        assertSecretsKept();
    }

    @Test
    void verbose_showsTheStackTraceWithoutSecrets() {
        int exitCode = run(own("jdbc:unheardof://me:in-url@here/x?password=in-url", "select ?", "1", "--verbose"));

        assertThat(exitCode).isEqualTo(1);
        assertThat(err()).contains("\tat io.skein.examples.").contains("***");
        assertSecretsKept();
    }

    @Test
    void folderThatCannotBeWritten_isOneLine() throws Exception {
        var file = Files.createFile(folder.resolve("file"));
        var demo = new Demo(new ShopDatabase(file, new ShopSize(1, 1)), false);

        assertThat(demo.run(List.of(), print(out), print(err))).isEqualTo(1);

        assertThat(err()).contains(file.toString()).hasLineCount(1);
    }

    private void assertSecretsKept() {
        assertThat(out() + err()).doesNotContain("in-option").doesNotContain("in-url");
    }

    private static String[] own(String url, String query, String keys, String... more) {
        var database = Stream.of(
                "--jdbc-url", url, "--user", "me", "--password", "in-option", "--query", query, "--key-values", keys);
        return Stream.concat(database, Stream.of(more)).toArray(String[]::new);
    }

    private int queries(int column) {
        var matcher = QUERIES.matcher(out());
        assertThat(matcher.find()).isTrue();
        return Integer.parseInt(matcher.group(column).replace(",", ""));
    }

    private int run(String... args) {
        return demo(false).run(List.of(args), print(out), print(err));
    }

    private Demo demo(boolean terminal) {
        return new Demo(new ShopDatabase(folder, new ShopSize(300, 30_000)), terminal);
    }

    private static PrintStream print(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }
}
