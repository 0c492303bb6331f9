package io.skein.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class PageTest {
    private static final Pattern REFERENCE = Pattern.compile(
            "(?:\\b(?:src|href|action|data)\\s*=\\s*[\"']?|@import\\s+[\"']?|url\\(\\s*[\"']?)(?:https?:)?//",
            Pattern.CASE_INSENSITIVE);

    @Test
    void page_ofTwoRuns_hasBothAndTheirPlots() {
        var page = Page.of(List.of(Samples.run(), Samples.named("java-25")));

        assertThat(page)
                .contains("<a href=\"#java-17\">java-17</a> <a href=\"#java-25\">java-25</a>")
                .contains("<section class=\"run\" id=\"java-17\">", "<section class=\"run\" id=\"java-25\">")
                .contains("data-run=\"java-25\" data-plot=\"landing\"")
                .contains("<td class=\"missed\">MISSED</td>")
                .contains("<details><summary><b>skein</b>");
    }

    @Test
    void page_asksNothingOfTheNetwork() {
        var page = Page.of(List.of(Samples.run()));

        assertThat(REFERENCE.matcher(page).results().map(found -> around(page, found.start())))
                .isEmpty();
        assertThat(page).contains("echarts").doesNotContain("<link", "<script src");
    }

    @Test
    void page_ofHostileTexts_escapesThem() {
        var hostile = Samples.HOSTILE;
        var rows = List.of(Samples.row(hostile, Unit.NANOSECONDS, Map.of(hostile, 1.0)));
        var run = new Run(
                "small",
                hostile,
                Samples.run().machine(),
                Instant.EPOCH,
                Duration.ZERO,
                List.of(new Chapter(
                        "one",
                        hostile,
                        hostile,
                        List.of(hostile),
                        rows,
                        List.of(Plot.bars("it", hostile, List.of(hostile))))),
                List.of(new Verdict(hostile, hostile, hostile, true)),
                List.of(new Flaw(hostile, hostile)),
                List.of(new Setup(hostile, hostile, hostile, hostile)));

        var page = Page.of(List.of(run));

        assertThat(page)
                .doesNotContain("a<b>")
                .contains("a&lt;b&gt; &amp; &quot;c&quot; | &lt;/script&gt;")
                .contains("a\\u003cb> & \\\"c\\\" | \\u003c/script>");
        assertThat(page.split("</script>", -1)).hasSize(5);
    }

    @Test
    void page_withoutRuns_saysSo() {
        assertThat(Page.of(List.of())).contains("There is no run yet.");
    }

    private static String around(String page, int at) {
        return page.substring(Math.max(0, at - 20), Math.min(page.length(), at + 60));
    }
}
