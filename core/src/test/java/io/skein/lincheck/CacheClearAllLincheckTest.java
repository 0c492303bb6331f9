package io.skein.lincheck;

import java.util.concurrent.TimeUnit;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * As {@link CacheLincheckTest}, with {@code invalidateAll} behind the writes (C2). By stress only: it goes through all the
 * slots of the table of flights, which the model checker takes for a loop without an end.
 */
@Tag("lincheck")
@Timeout(value = 15, unit = TimeUnit.MINUTES) // on a busy machine
@Param(name = "value", gen = IntGen.class, conf = "1:9")
public class CacheClearAllLincheckTest {
    private final CachedVariable variable = new CachedVariable(null);

    /** Sequentially, a cache is not to be noticed. */
    public static final class Variable {
        private int value;

        public void writeThenInvalidateAll(int newValue) {
            value = newValue;
        }

        public int get() {
            return value;
        }
    }

    @Operation
    public void writeThenInvalidateAll(@Param(name = "value") int value) {
        variable.write(value, variable.cache::invalidateAll);
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
    void C2_stress() {
        Proof.stress()
                .actorsBefore(0)
                .actorsPerThread(2)
                .actorsAfter(1)
                .sequentialSpecification(Variable.class)
                .check(CacheClearAllLincheckTest.class);
    }
}
