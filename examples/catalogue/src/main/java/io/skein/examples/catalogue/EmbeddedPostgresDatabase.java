package io.skein.examples.catalogue;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;

/** With the profile {@code postgres}: a PostgreSQL server that starts and ends with the service. */
@Configuration(proxyBeanMethods = false)
@Profile("postgres")
class EmbeddedPostgresDatabase {
    @Bean
    EmbeddedPostgres postgres() throws IOException {
        return EmbeddedPostgres.start();
    }

    @Bean
    JdbcConnectionDetails connectionDetails(EmbeddedPostgres postgres) {
        return new Connection(postgres.getJdbcUrl("postgres", "postgres"));
    }

    private record Connection(String url) implements JdbcConnectionDetails {
        @Override
        public String getJdbcUrl() {
            return url;
        }

        @Override
        public String getUsername() {
            return "postgres";
        }

        @Override
        public String getPassword() {
            return "postgres"; // which is not asked for
        }
    }
}
