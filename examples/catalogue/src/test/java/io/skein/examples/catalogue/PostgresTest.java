package io.skein.examples.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.zonky.test.db.postgres.embedded.DefaultPostgresBinaryResolver;
import org.junit.jupiter.api.Test;
import org.springframework.boot.builder.SpringApplicationBuilder;

class PostgresTest {
    @Test
    void withTheProfile_theDatabaseIsPostgres_andAnswers() throws Exception {
        assumeThat(DefaultPostgresBinaryResolver.INSTANCE.getPgBinary(
                        System.getProperty("os.name"), System.getProperty("os.arch")))
                .as("the PostgreSQL server that is packed for this machine")
                .isNotNull();

        try (var application = new SpringApplicationBuilder(CatalogueApplication.class)
                .profiles("postgres")
                .run("--server.port=0")) {
            var browser =
                    new Browser(application.getEnvironment().getRequiredProperty("local.server.port", Integer.class));
            assertThat(Browser.product(browser.get("/products/1")).version()).isEqualTo(1);

            var changed = Browser.product(browser.setPrice(1, "9.99"));

            assertThat(changed.version()).isEqualTo(2);
            assertThat(Browser.product(browser.get("/products/1"))).isEqualTo(changed);
            assertThat(Browser.products(browser.get("/categories/wool/products")))
                    .contains(changed);
            assertThat(application.getBean(javax.sql.DataSource.class)).satisfies(source -> {
                try (var connection = source.getConnection()) {
                    assertThat(connection.getMetaData().getDatabaseProductName())
                            .isEqualTo("PostgreSQL");
                }
            });
        }
    }
}
