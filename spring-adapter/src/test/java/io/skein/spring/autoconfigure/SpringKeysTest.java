package io.skein.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.cache.interceptor.SimpleKey;

class SpringKeysTest {
    private static SimpleKey key(Object... parts) {
        return new SimpleKey(parts);
    }

    /** Without the mark. */
    private static List<?> parts(Object list) {
        return ((List<?>) list).subList(1, ((List<?>) list).size());
    }

    @Test
    void aKeyOfManyParts_isAList_andOthersAreThemselves() {
        assertThat(parts(SpringKeys.plain(key("a", 1L, null)))).isEqualTo(Arrays.asList("a", 1L, null));
        assertThat(SpringKeys.plain(key("a", "b"))).isNotEqualTo(SpringKeys.plain(List.of("a", "b")));
        assertThat(SpringKeys.plain(key(key("a"), "b"))).isNotEqualTo(SpringKeys.plain(key(List.of("a"), "b")));
        assertThat(parts(SpringKeys.plain(SimpleKey.EMPTY))).isEmpty();
        for (var key : List.of("a", 1, 1L, List.of("a"))) {
            assertThat(SpringKeys.plain(key)).isSameAs(key);
        }
    }
}
