package io.skein.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.skein.Callers;
import io.skein.Gate;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** C9 while a load is in flight: its tag is found among however many were invalidated meanwhile. */
class TagErasTest {
    @ParameterizedTest
    @ValueSource(ints = {0, 1_000, 1_100, 5_000})
    void C9_aTagInvalidatedDuringTheLoad_keepsItsValueOut(int othersFirst) {
        var gate = new Gate<String>();
        var cache = CoalescingCache.<String, String>builder("tags")
                .contextLoader((key, context) -> Loaded.of(gate.load(key)).tags("red"))
                .build();
        var load = Callers.onThread(() -> cache.get("key"));
        gate.awaitEntered();

        for (int i = 0; i < othersFirst; i++) {
            cache.invalidateTag("other " + i);
        }
        cache.invalidateTag("red");
        gate.open();

        assertThat(load.get()).isEqualTo("value");
        assertThat(cache.getIfPresent("key")).isNull();
    }
}
