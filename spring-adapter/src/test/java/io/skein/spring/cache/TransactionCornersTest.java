package io.skein.spring.cache;

import static io.skein.spring.cache.Transactions.run;
import static io.skein.spring.cache.Transactions.unchecked;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skein.spring.cache.Transactions.Names;
import io.skein.spring.cache.Transactions.Scene;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Commits that are unclear, callbacks that come late, transactions within transactions, and others in between. */
class TransactionCornersTest {
    interface Write {
        void to(Names names, String name);
    }

    static Stream<Write> lateWrites() {
        return Stream.of(
                (names, name) -> names.update(1, name),
                (names, name) -> names.updateAndClear(1, name),
                (names, name) -> names.updateAndPut(1, name));
    }

    @Test
    void C2_aReadByHandInATransaction_isFencedFromWhenItsKeyWasFoundMissing() {
        run(scene -> {
            scene.transaction().executeWithoutResult(status -> {
                assertThat(scene.cache().get(1L)).isNull();
                unchecked(() -> Caching.call(() -> {
                            scene.names().update(1, "new");
                            return null;
                        })
                        .get());
                scene.cache().put(1L, "old");
            });

            assertThat(scene.kept(1)).isNull();
        });
    }

    @Test
    void C2_aPut_isDroppedIfAnotherEvictsBeforeTheCommit() {
        run(scene -> {
            scene.transaction().executeWithoutResult(status -> {
                scene.names().updateAndPut(1, "new");
                unchecked(() -> Caching.call(() -> {
                            scene.cache().evict(1L);
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
            scene.transaction().executeWithoutResult(status -> {
                scene.names().updateAndPut(1, "new");
                unchecked(() -> assertThat(scene.seenByOthers(1)).isEqualTo("old"));
            });

            assertThat(scene.kept(1)).isIn("new", null);
            assertThat(scene.names().plain(1)).isEqualTo("new");
        });
    }

    @Test
    void aNewTransaction_knowsNothingOfTheSuspendedOne() {
        run(scene -> {
            assertThat(scene.names().plain(1)).isEqualTo("old");
            assertThat(scene.names().plain(2)).isEqualTo("old two");

            scene.transaction().executeWithoutResult(status -> {
                scene.names().update(1, "new");
                scene.with(TransactionDefinition.PROPAGATION_REQUIRES_NEW).executeWithoutResult(inner -> {
                    assertThat(scene.names().plain(1)).isEqualTo("old");
                    scene.names().update(2, "new two");
                });
                unchecked(() -> assertThat(scene.kept(1)).isEqualTo("old"));
                unchecked(() -> assertThat(scene.kept(2)).isNull());
                assertThat(scene.names().plain(1)).isEqualTo("new");
                scene.with(TransactionDefinition.PROPAGATION_NOT_SUPPORTED).executeWithoutResult(none -> {
                    assertThat(scene.names().plain(1)).isEqualTo("old");
                    scene.cache().put(3L, "at once");
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
            scene.transaction().executeWithoutResult(status -> {
                scene.names().updateAndPut(2, "new two");
                scene.with(TransactionDefinition.PROPAGATION_NESTED).executeWithoutResult(nested -> {
                    scene.names().updateAndPut(1, "rolled back");
                    nested.setRollbackOnly();
                });
            });

            assertThat(scene.kept(1)).isNull();
            assertThat(scene.names().plain(1)).isEqualTo("old");
            assertThat(scene.names().plain(2)).isEqualTo("new two");
        });
    }

    @ParameterizedTest
    @MethodSource("lateWrites")
    void whetherItWasCommitted_cannotBeTold_soItIsEvicted(Write write) {
        run(scene -> {
            assertThat(scene.names().plain(1)).isEqualTo("old");
            scene.manager().losesAnswer = true;

            assertThatThrownBy(() -> scene.transaction().executeWithoutResult(status -> write.to(scene.names(), "new")))
                    .isInstanceOf(TransactionSystemException.class);

            assertThat(scene.kept(1)).isNull();
            assertThat(scene.names().plain(1)).isEqualTo("new");
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
            scene.names().plain(1);
            scene.names().plain(2);

            scene.transaction().executeWithoutResult(status -> {
                if (hasChangedBefore) {
                    scene.names().update(2, "new two");
                }
                afterCommit(() -> scene.cache().evict(1L));
            });

            assertThat(scene.kept(1)).isNull();
        });
    }

    @Test
    void aCallbackThatFails_keepsNoChangeFromBeingMade() {
        run(scene -> {
            scene.names().plain(1);

            assertThatThrownBy(() -> scene.transaction().executeWithoutResult(status -> {
                        afterCommit(() -> {
                            throw new IllegalStateException("of somebody else");
                        });
                        scene.names().update(1, "new");
                    }))
                    .hasMessage("of somebody else");

            assertThat(scene.kept(1)).isNull();
        });
    }

    @Test
    void putIfAbsent_seesWhatItsTransactionHasPut() {
        run(scene -> {
            scene.transaction().executeWithoutResult(status -> {
                assertThat(scene.cache().putIfAbsent(1L, "first")).isNull();
                assertThat(scene.cache().putIfAbsent(1L, "second").get()).isEqualTo("first");
                unchecked(() -> assertThat(scene.kept(1)).isNull());
            });

            assertThat(scene.kept(1)).isEqualTo("first");
        });
    }

    @Test
    void nothing_isRefusedBeforeTheCommit_ifItIsNotKept() {
        Transactions.application()
                .withPropertyValues("skein.cache-null-values=false")
                .run(context -> {
                    var scene = Scene.of(context);

                    scene.transaction().executeWithoutResult(status -> {
                        assertThatThrownBy(() -> scene.cache().put(1L, null))
                                .isInstanceOf(IllegalArgumentException.class);
                        assertThatThrownBy(() -> scene.cache().putIfAbsent(1L, null))
                                .isInstanceOf(IllegalArgumentException.class);
                        scene.cache().put(2L, "kept");
                    });

                    assertThat(scene.kept(2)).isEqualTo("kept");
                });
    }
}
