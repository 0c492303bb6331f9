package io.skein.lincheck;

import static io.skein.lincheck.CachedVariable.KEY;

import java.util.concurrent.TimeUnit;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * As {@link CacheLincheckTest}, with other ways to drop values behind the writes: by a tag, and through the map (C2, C9,
 * C12).
 */
@Tag("lincheck")
@Timeout(value = 15, unit = TimeUnit.MINUTES) // on a busy machine
@Param(name = "value", gen = IntGen.class, conf = "1:9")
public class CacheClearsLincheckTest {
    private final CachedVariable variable = new CachedVariable(null);

    /** Sequentially, a cache is not to be noticed. */
    public static final class Variable {
        private int value;

        public void writeThenInvalidateTag(int newValue) {
            value = newValue;
        }

        public void writeThenRemove(int newValue) {
            value = newValue;
        }

        public int get() {
            return value;
        }
    }

    @Operation
    public void writeThenInvalidateTag(@Param(name = "value") int value) {
        variable.write(value, () -> variable.cache.invalidateTag(CachedVariable.TAG));
    }

    @Operation
    public void writeThenRemove(@Param(name = "value") int value) {
        variable.write(value, () -> variable.cache.asMap().remove(KEY));
    }

    @Operation
    public int get() {
        return variable.get();
    }

    @Validate
    public void close() {
        variable.cache.close();
    }

    @Test
    void C2_C9_C12_modelChecking() {
        Proof.cacheModelChecking()
                .actorsBefore(0)
                .actorsPerThread(2)
                .actorsAfter(1)
                .sequentialSpecification(Variable.class)
                .check(CacheClearsLincheckTest.class);
    }

    @Test
    void C2_C9_C12_stress() {
        Proof.stress()
                .actorsBefore(0)
                .actorsPerThread(2)
                .actorsAfter(1)
                .sequentialSpecification(Variable.class)
                .check(CacheClearsLincheckTest.class);
    }
}
