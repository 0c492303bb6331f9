package io.skein.spring.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
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
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.transaction.support.DefaultTransactionStatus;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/** {@code skein.transaction-aware=true}, on a real database. */
class TransactionsTest {
    private final ApplicationContextRunner application = Caching.application()
            .withUserConfiguration(Database.class)
            .withBean(Names.class)
            .withPropertyValues("skein.transaction-aware=true");

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

    interface Write {
        void to(Names names, String name);
    }

    interface Read {
        String of(Names names);
    }

    static Stream<Write> lateWrites() {
        return Stream.of(
                (names, name) -> names.update(1, name),
                (names, name) -> names.updateAndClear(1, name),
                (names, name) -> names.updateAndPut(1, name));
    }

    static Stream<Write> earlyWrites() {
        return Stream.of(
                (names, name) -> names.updateAfterEviction(1, name), (names, name) -> names.updateAfterClear(1, name));
    }

    static Stream<Read> reads() {
        return Stream.of(
                names -> names.plain(1),
                names -> names.sync(1),
                names -> names.unless(1),
                names -> names.both(1),
                names -> names.future(1).join());
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

    private void run(Play play) {
        application.run(context -> play.of(Scene.of(context)));
    }

    private static void unchecked(Step step) {
        try {
            step.run();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @MethodSource("lateWrites")
    void aChange_isMadeAfterTheCommit_andNotBefore(Write write) {
        run(scene -> {
            assertThat(scene.names.plain(1)).isEqualTo("old");

            scene.transaction.executeWithoutResult(status -> {
                write.to(scene.names, "new");
                unchecked(() -> assertThat(scene.kept(1)).isEqualTo("old"));
            });

            assertThat(scene.kept(1)).isIn("new", null);
            assertThat(scene.names.plain(1)).isEqualTo("new");
        });
    }

    @ParameterizedTest
    @MethodSource("lateWrites")
    void aChange_isDroppedWithItsTransaction(Write write) {
        run(scene -> {
            assertThat(scene.names.plain(1)).isEqualTo("old");

            scene.transaction.executeWithoutResult(status -> {
                write.to(scene.names, "new");
                status.setRollbackOnly();
            });

            assertThat(scene.kept(1)).isEqualTo("old");
            assertThat(scene.names.plain(1)).isEqualTo("old");
        });
    }

    @ParameterizedTest
    @MethodSource("lateWrites")
    void withoutATransaction_aChangeIsMadeAtOnce(Write write) {
        run(scene -> {
            assertThat(scene.names.plain(1)).isEqualTo("old");

            write.to(scene.names, "new");

            assertThat(scene.kept(1)).isIn("new", null);
            assertThat(scene.names.plain(1)).isEqualTo("new");
        });
    }

    @ParameterizedTest
    @MethodSource("earlyWrites")
    void beforeInvocation_isAtOnce_andAgainAfterTheCommit(Write write) {
        run(scene -> {
            assertThat(scene.names.plain(1)).isEqualTo("old");

            scene.transaction.executeWithoutResult(status -> {
                write.to(scene.names, "new");
                unchecked(() -> assertThat(scene.kept(1)).isNull());
                unchecked(() -> assertThat(scene.seenByOthers(1)).isEqualTo("old"));
                unchecked(() -> assertThat(scene.kept(1)).isEqualTo("old"));
            });

            assertThat(scene.kept(1)).isNull();
            assertThat(scene.names.plain(1)).isEqualTo("new");
        });
    }

    @ParameterizedTest
    @MethodSource("reads")
    void aTransaction_readsWhatItHasChanged_andKeepsNoneOfIt(Read read) {
        run(scene -> {
            assertThat(scene.names.plain(1)).isEqualTo("old");

            scene.transaction.executeWithoutResult(status -> {
                scene.names.update(1, "never committed");
                assertThat(read.of(scene.names)).isEqualTo("never committed");
                assertThat(scene.cache.get(1L)).isNull();
                assertThat(scene.cache.get(1L, String.class)).isNull();
                assertThat(scene.names.plain(2)).isEqualTo("old two");
                unchecked(() -> assertThat(scene.seenByOthers(1)).isEqualTo("old"));
                status.setRollbackOnly();
            });

            assertThat(scene.kept(1)).isEqualTo("old");
            assertThat(scene.kept(2)).isEqualTo("old two");
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void C2_aReadInATransaction_isNotStoredIfTheKeyWasEvictedSince(boolean coalesce) {
        application.withPropertyValues("skein.coalesce-cacheable=" + coalesce).run(context -> {
            var scene = Scene.of(context);
            var copies = Caching.cache(context, "copies");

            scene.transaction.executeWithoutResult(status -> {
                assertThat(scene.names.both(1)).isEqualTo("old");
                assertThat(scene.names.both(2)).isEqualTo("old two");
                unchecked(() -> Caching.call(() -> {
                            scene.names.update(1, "new");
                            return null;
                        })
                        .get());
            });

            assertThat(scene.kept(1)).isNull();
            assertThat(scene.kept(2)).isEqualTo("old two");
            assertThat(copies.get(2L, String.class)).isEqualTo("old two");
        });
    }

    @Test
    void C2_aReadByHandInATransaction_isFencedFromWhenItsKeyWasFoundMissing() {
        run(scene -> {
            scene.transaction.executeWithoutResult(status -> {
                assertThat(scene.cache.get(1L)).isNull();
                unchecked(() -> Caching.call(() -> {
                            scene.names.update(1, "new");
                            return null;
                        })
                        .get());
                scene.cache.put(1L, "old");
            });

            assertThat(scene.kept(1)).isNull();
        });
    }

    @Test
    void C2_aPut_isDroppedIfAnotherEvictsBeforeTheCommit() {
        run(scene -> {
            scene.transaction.executeWithoutResult(status -> {
                scene.names.updateAndPut(1, "new");
                unchecked(() -> Caching.call(() -> {
                            scene.cache.evict(1L);
                            return null;
                        })
                        .get());
            });

            assertThat(scene.kept(1)).isNull();
        });
    }

    @Test
    void C2_aPut_doesNotLeaveWhatAnotherLoadedBeforeTheCommit() {
        run(scene -> {
            scene.transaction.executeWithoutResult(status -> {
                scene.names.updateAndPut(1, "new");
                unchecked(() -> assertThat(scene.seenByOthers(1)).isEqualTo("old"));
            });

            assertThat(scene.kept(1)).isIn("new", null);
            assertThat(scene.names.plain(1)).isEqualTo("new");
        });
    }

    @Test
    void aNewTransaction_knowsNothingOfTheSuspendedOne() {
        run(scene -> {
            assertThat(scene.names.plain(1)).isEqualTo("old");
            assertThat(scene.names.plain(2)).isEqualTo("old two");

            scene.transaction.executeWithoutResult(status -> {
                scene.names.update(1, "new");
                scene.with(TransactionDefinition.PROPAGATION_REQUIRES_NEW).executeWithoutResult(inner -> {
                    assertThat(scene.names.plain(1)).isEqualTo("old");
                    scene.names.update(2, "new two");
                });
                unchecked(() -> assertThat(scene.kept(1)).isEqualTo("old"));
                unchecked(() -> assertThat(scene.kept(2)).isNull());
                assertThat(scene.names.plain(1)).isEqualTo("new");
                scene.with(TransactionDefinition.PROPAGATION_NOT_SUPPORTED).executeWithoutResult(none -> {
                    assertThat(scene.names.plain(1)).isEqualTo("old");
                    scene.cache.put(3L, "at once");
                });
                unchecked(() -> assertThat(scene.kept(3)).isEqualTo("at once"));
            });

            assertThat(scene.kept(1)).isNull();
            assertThat(scene.kept(2)).isNull();
        });
    }

    @Test
    void aRollbackToASavepoint_takesItsPutsAlong() {
        run(scene -> {
            scene.transaction.executeWithoutResult(status -> {
                scene.names.updateAndPut(2, "new two");
                scene.with(TransactionDefinition.PROPAGATION_NESTED).executeWithoutResult(nested -> {
                    scene.names.updateAndPut(1, "rolled back");
                    nested.setRollbackOnly();
                });
            });

            assertThat(scene.kept(1)).isNull();
            assertThat(scene.names.plain(1)).isEqualTo("old");
            assertThat(scene.names.plain(2)).isEqualTo("new two");
        });
    }

    @ParameterizedTest
    @MethodSource("lateWrites")
    void whetherItWasCommitted_cannotBeTold_soItIsEvicted(Write write) {
        run(scene -> {
            assertThat(scene.names.plain(1)).isEqualTo("old");
            scene.manager.losesAnswer = true;

            assertThatThrownBy(() -> scene.transaction.executeWithoutResult(status -> write.to(scene.names, "new")))
                    .isInstanceOf(TransactionSystemException.class);

            assertThat(scene.kept(1)).isNull();
            assertThat(scene.names.plain(1)).isEqualTo("new");
        });
    }

    private static void afterCommit(Runnable work) {
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                work.run();
            }
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aChangeMadeAfterTheCommit_isMade(boolean hasChangedBefore) {
        run(scene -> {
            scene.names.plain(1);
            scene.names.plain(2);

            scene.transaction.executeWithoutResult(status -> {
                if (hasChangedBefore) {
                    scene.names.update(2, "new two");
                }
                afterCommit(() -> scene.cache.evict(1L));
            });

            assertThat(scene.kept(1)).isNull();
        });
    }

    @Test
    void aCallbackThatFails_keepsNoChangeFromBeingMade() {
        run(scene -> {
            scene.names.plain(1);

            assertThatThrownBy(() -> scene.transaction.executeWithoutResult(status -> {
                        afterCommit(() -> {
                            throw new IllegalStateException("of somebody else");
                        });
                        scene.names.update(1, "new");
                    }))
                    .hasMessage("of somebody else");

            assertThat(scene.kept(1)).isNull();
        });
    }

    @Test
    void putIfAbsent_seesWhatItsTransactionHasPut() {
        run(scene -> {
            scene.transaction.executeWithoutResult(status -> {
                assertThat(scene.cache.putIfAbsent(1L, "first")).isNull();
                assertThat(scene.cache.putIfAbsent(1L, "second").get()).isEqualTo("first");
                unchecked(() -> assertThat(scene.kept(1)).isNull());
            });

            assertThat(scene.kept(1)).isEqualTo("first");
        });
    }

    @Test
    void nothing_isRefusedBeforeTheCommit_ifItIsNotKept() {
        application.withPropertyValues("skein.cache-null-values=false").run(context -> {
            var scene = Scene.of(context);

            scene.transaction.executeWithoutResult(status -> {
                assertThatThrownBy(() -> scene.cache.put(1L, null)).isInstanceOf(IllegalArgumentException.class);
                assertThatThrownBy(() -> scene.cache.putIfAbsent(1L, null))
                        .isInstanceOf(IllegalArgumentException.class);
                scene.cache.put(2L, "kept");
            });

            assertThat(scene.kept(2)).isEqualTo("kept");
        });
    }

    @Test
    void withoutTheProperty_changesAreMadeAtOnce() {
        application.withPropertyValues("skein.transaction-aware=false").run(context -> {
            var scene = Scene.of(context);
            scene.names.plain(1);

            scene.transaction.executeWithoutResult(status -> {
                scene.cache.evict(1L);
                unchecked(() -> assertThat(scene.kept(1)).isNull());
            });
        });
    }
}
