package io.skein.spring.cache;

import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cache.Cache;
import org.springframework.cache.annotation.CacheEvict;
import org.springframework.cache.annotation.CachePut;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabaseBuilder;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabaseType;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.transaction.support.DefaultTransactionStatus;
import org.springframework.transaction.support.TransactionTemplate;

/** A database, a service with cached reads and evicting writes, and transactions around them. */
final class Transactions {
    private Transactions() {}

    static ApplicationContextRunner application() {
        return Caching.application()
                .withUserConfiguration(Database.class)
                .withBean(Names.class)
                .withPropertyValues("skein.transaction-aware=true");
    }

    /** Commits, and then loses the connection, if it is told to. */
    static class Manager extends DataSourceTransactionManager {
        boolean losesAnswer;

        Manager(DataSource dataSource) {
            super(dataSource);
        }

        @Override
        protected void doCommit(DefaultTransactionStatus status) {
            super.doCommit(status);
            if (losesAnswer) {
                throw new TransactionSystemException("no answer to the commit");
            }
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Database {
        @Bean(destroyMethod = "shutdown")
        DataSource dataSource() {
            return new EmbeddedDatabaseBuilder()
                    .generateUniqueName(true)
                    .setType(EmbeddedDatabaseType.H2)
                    .build();
        }

        @Bean
        JdbcTemplate jdbc(DataSource dataSource) {
            var jdbc = new JdbcTemplate(dataSource);
            jdbc.execute("create table names (id bigint primary key, name varchar(50))");
            jdbc.update("insert into names values (1, 'old'), (2, 'old two')");
            return jdbc;
        }

        @Bean
        Manager transactionManager(DataSource dataSource) {
            return new Manager(dataSource);
        }
    }

    static class Names {
        private final JdbcTemplate jdbc;

        Names(JdbcTemplate jdbc) {
            this.jdbc = jdbc;
        }

        private String read(long id) {
            return jdbc.queryForObject("select name from names where id = ?", String.class, id);
        }

        private void write(long id, String name) {
            jdbc.update("update names set name = ? where id = ?", name, id);
        }

        @Cacheable("names")
        public String plain(long id) {
            return read(id);
        }

        @Cacheable(cacheNames = "names", sync = true)
        public String sync(long id) {
            return read(id);
        }

        @Cacheable(cacheNames = "names", unless = "#result == 'never'")
        public String unless(long id) {
            return read(id);
        }

        @Cacheable({"names", "copies"})
        public String both(long id) {
            return read(id);
        }

        @Cacheable("names")
        public CompletableFuture<String> future(long id) {
            return CompletableFuture.completedFuture(read(id));
        }

        @CacheEvict(cacheNames = "names", key = "#id")
        public void update(long id, String name) {
            write(id, name);
        }

        @CacheEvict(cacheNames = "names", key = "#id", beforeInvocation = true)
        public void updateAfterEviction(long id, String name) {
            write(id, name);
        }

        @CacheEvict(cacheNames = "names", allEntries = true)
        public void updateAndClear(long id, String name) {
            write(id, name);
        }

        @CacheEvict(cacheNames = "names", allEntries = true, beforeInvocation = true)
        public void updateAfterClear(long id, String name) {
            write(id, name);
        }

        @CachePut(cacheNames = "names", key = "#id")
        public String updateAndPut(long id, String name) {
            write(id, name);
            return name;
        }
    }

    /** What a test needs of the application. */
    record Scene(Names names, Cache cache, TransactionTemplate transaction, Manager manager) {
        static Scene of(AssertableApplicationContext context) {
            var manager = context.getBean(Manager.class);
            return new Scene(
                    context.getBean(Names.class),
                    Caching.cache(context, "names"),
                    new TransactionTemplate(manager),
                    manager);
        }

        TransactionTemplate with(int propagation) {
            var template = new TransactionTemplate((PlatformTransactionManager) manager);
            template.setPropagationBehavior(propagation);
            return template;
        }

        /** What those see that are in no transaction. */
        String seenByOthers(long id) throws Exception {
            return Caching.call(() -> names.plain(id)).get();
        }

        Object kept(long id) throws Exception {
            return Caching.call(() -> cache.get(id, Object.class)).get();
        }
    }

    interface Play {
        void of(Scene scene) throws Exception;
    }

    interface Step {
        void run() throws Exception;
    }

    static void run(Play play) {
        run(application(), play);
    }

    static void run(ApplicationContextRunner application, Play play) {
        application.run(context -> play.of(Scene.of(context)));
    }

    static void unchecked(Step step) {
        try {
            step.run();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
