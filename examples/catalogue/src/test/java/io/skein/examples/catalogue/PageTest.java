package io.skein.examples.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;

@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = "catalogue.query-time=0ms")
class PageTest {
    @Autowired
    private JdbcClient database;

    private Browser browser;

    @BeforeEach
    void open(@LocalServerPort int port) {
        browser = new Browser(port);
    }

    @Test
    void aPage_showsTheProduct_andWhatItTook() throws Exception {
        var page = browser.get("/products/2.html");

        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("Content-Type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("text/html"));
        assertThat(page.body())
                .contains("<h1>Merino, 160 m</h1>")
                .contains("<strong id=\"price\">8.50</strong>")
                .contains("<span id=\"version\">1</span>")
                .containsPattern("<strong id=\"queries\">[1-9]")
                .contains("<td>products</td>", "<td>categories</td>");
    }

    @Test
    void aPageThatWasReadBefore_costsNoQuery() throws Exception {
        var before = queries(browser.get("/products/2.html").body());

        assertThat(queries(browser.get("/products/2.html").body())).isEqualTo(before);
    }

    private static String queries(String page) {
        return page.replaceAll("(?s).*<strong id=\"queries\">(\\d+)</strong>.*", "$1");
    }

    @Test
    void aHostileName_isShownAsItIs() throws Exception {
        database.sql("insert into product values (666, ?, ?, 1, 1)")
                .params("<script>alert('\"&')</script>", "\"><b>evil")
                .update();

        var page = browser.get("/products/666.html").body();

        assertThat(page)
                .contains("<h1>&lt;script&gt;alert(&#39;&quot;&amp;&#39;)&lt;/script&gt;</h1>")
                .doesNotContain("<script", "<b>");
    }

    @Test
    void theForm_changesThePrice_andTheNextPageShowsIt() throws Exception {
        browser.get("/products/4.html");

        var answer = browser.submitPrice(4, "4.75");
        var page = browser.get("/products/4.html").body();

        assertThat(answer.statusCode()).isBetween(302, 303);
        assertThat(answer.headers().firstValue("Location").orElseThrow()).endsWith("/products/4.html");
        assertThat(page)
                .contains("<strong id=\"price\">4.75</strong>", "<span id=\"version\">2</span>")
                .contains("Cotton, 125 m (4.75)");
    }

    @Test
    void aPriceThatIsNone_isRefused_andChangesNothing() throws Exception {
        assertThat(browser.submitPrice(5, "-1").statusCode()).isEqualTo(400);
        assertThat(browser.submitPrice(5, "cheap").statusCode()).isEqualTo(400);
        assertThat(browser.submitPrice(5, "").statusCode()).isEqualTo(400);
        assertThat(browser.setPrice(5, "0.001").statusCode()).isEqualTo(400);
        assertThat(browser.setPrice(5, "1e10").statusCode()).isEqualTo(400);
        assertThat(browser.setPrice(5, "null").statusCode()).isEqualTo(400);

        assertThat(Browser.product(browser.get("/products/5")).version()).isEqualTo(1);
    }

    @Test
    void whatIsNotThere_isNotFound() throws Exception {
        assertThat(browser.get("/products/99").statusCode()).isEqualTo(404);
        assertThat(browser.get("/products/99.html").statusCode()).isEqualTo(404);
        assertThat(browser.setPrice(99, "1").statusCode()).isEqualTo(404);
        assertThat(browser.submitPrice(99, "1").statusCode()).isEqualTo(404);
    }

    @Test
    void theRoot_leadsToAProduct() throws Exception {
        assertThat(browser.get("/").headers().firstValue("Location").orElseThrow())
                .endsWith("/products/1.html");
    }

    @Test
    void theReport_isOfAllCategories() throws Exception {
        assertThat(browser.get("/report").body()).contains("\"category\":\"wool\",\"products\":3,\"lowestPrice\":8.50");
    }

    @Test
    void healthAndCaches_areShown() throws Exception {
        assertThat(browser.get("/actuator/health").body()).contains("\"skein\":{\"status\":\"UP\"}");
        assertThat(browser.get("/actuator/skein").body()).contains("\"products\"", "\"stale-if-error\":\"PT10M\"");
        assertThat(browser.get("/actuator/env").statusCode()).isEqualTo(404);
    }
}
