package io.skein.spring.cache;

import static io.skein.spring.cache.Transactions.run;
import static io.skein.spring.cache.Transactions.unchecked;
import static org.assertj.core.api.Assertions.assertThat;

import io.skein.spring.cache.Transactions.Names;
import io.skein.spring.cache.Transactions.Scene;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code skein.transaction-aware=true}, on a real database. */
class TransactionsTest {
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

    @ParameterizedTest
    @MethodSource("lateWrites")
    void aChange_isMadeAfterTheCommit_andNotBefore(Write write) {
        run(scene -> {
            assertThat(scene.names().plain(1)).isEqualTo("old");

            scene.transaction().executeWithoutResult(status -> {
                write.to(scene.names(), "new");
                unchecked(() -> assertThat(scene.kept(1)).isEqualTo("old"));
            });

            assertThat(scene.kept(1)).isIn("new", null);
            assertThat(scene.names().plain(1)).isEqualTo("new");
        });
    }

    @ParameterizedTest
    @MethodSource("lateWrites")
    void aChange_isDroppedWithItsTransaction(Write write) {
        run(scene -> {
            assertThat(scene.names().plain(1)).isEqualTo("old");

            scene.transaction().executeWithoutResult(status -> {
                write.to(scene.names(), "new");
                status.setRollbackOnly();
            });

            assertThat(scene.kept(1)).isEqualTo("old");
            assertThat(scene.names().plain(1)).isEqualTo("old");
        });
    }

    @ParameterizedTest
    @MethodSource("lateWrites")
    void withoutATransaction_aChangeIsMadeAtOnce(Write write) {
        run(scene -> {
            assertThat(scene.names().plain(1)).isEqualTo("old");

            write.to(scene.names(), "new");

            assertThat(scene.kept(1)).isIn("new", null);
            assertThat(scene.names().plain(1)).isEqualTo("new");
        });
    }

    @ParameterizedTest
    @MethodSource("earlyWrites")
    void beforeInvocation_isAtOnce_andAgainAfterTheCommit(Write write) {
        run(scene -> {
            assertThat(scene.names().plain(1)).isEqualTo("old");

            scene.transaction().executeWithoutResult(status -> {
                write.to(scene.names(), "new");
                unchecked(() -> assertThat(scene.kept(1)).isNull());
                unchecked(() -> assertThat(scene.seenByOthers(1)).isEqualTo("old"));
                unchecked(() -> assertThat(scene.kept(1)).isEqualTo("old"));
            });

            assertThat(scene.kept(1)).isNull();
            assertThat(scene.names().plain(1)).isEqualTo("new");
        });
    }

    @ParameterizedTest
    @MethodSource("reads")
    void aTransaction_readsWhatItHasChanged_andKeepsNoneOfIt(Read read) {
        run(scene -> {
            assertThat(scene.names().plain(1)).isEqualTo("old");

            scene.transaction().executeWithoutResult(status -> {
                scene.names().update(1, "never committed");
                assertThat(read.of(scene.names())).isEqualTo("never committed");
                assertThat(scene.cache().get(1L)).isNull();
                assertThat(scene.cache().get(1L, String.class)).isNull();
                assertThat(scene.names().plain(2)).isEqualTo("old two");
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
        Transactions.application()
                .withPropertyValues("skein.coalesce-cacheable=" + coalesce)
                .run(context -> {
                    var scene = Scene.of(context);
                    var copies = Caching.cache(context, "copies");

                    scene.transaction().executeWithoutResult(status -> {
                        assertThat(scene.names().both(1)).isEqualTo("old");
                        assertThat(scene.names().both(2)).isEqualTo("old two");
                        unchecked(() -> Caching.call(() -> {
                                    scene.names().update(1, "new");
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
    void withoutTheProperty_changesAreMadeAtOnce() {
        Transactions.application()
                .withPropertyValues("skein.transaction-aware=false")
                .run(context -> {
                    var scene = Scene.of(context);
                    scene.names().plain(1);

                    scene.transaction().executeWithoutResult(status -> {
                        scene.cache().evict(1L);
                        unchecked(() -> assertThat(scene.kept(1)).isNull());
                    });
                });
    }
}
