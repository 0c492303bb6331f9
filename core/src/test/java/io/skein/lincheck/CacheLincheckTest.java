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
 * A variable that is read through a cache, and written with an {@code invalidate} behind it, is still one variable:
 * nobody reads what was overwritten before the reading began (C2), whether or not a load was forgotten meanwhile.
 */
@Tag("lincheck")
@Timeout(value = 15, unit = TimeUnit.MINUTES) // on a busy machine
@Param(name = "value", gen = IntGen.class, conf = "1:9")
public class CacheLincheckTest {
    private final CachedVariable variable = new CachedVariable(null);

    /** Sequentially, a cache is not to be noticed. */
    public static final class Variable {
        private int value;

        public void write(int newValue) {
            value = newValue;
        }

        public int get() {
            return value;
        }

        public int look() {
            return value;
        }

        public void forget() {}
    }

    @Operation
    public void write(@Param(name = "value") int value) {
        variable.write(value, () -> variable.cache.invalidate(KEY));
    }

    @Operation
    public int get() {
        return variable.get();
    }

    @Operation
    public int look() {
        return variable.look();
    }

    @Operation
    public void forget() {
        variable.cache.forget(KEY);
    }

    @Validate
    public void close() {
        variable.cache.close();
    }

    @Test
    void C2_modelChecking() {
        Proof.cacheModelChecking()
                .actorsBefore(0)
                .actorsPerThread(2)
                .actorsAfter(1)
                .sequentialSpecification(Variable.class)
                .check(CacheLincheckTest.class);
    }

    @Test
    void C2_stress() {
        Proof.stress()
                .actorsBefore(0)
                .actorsPerThread(2)
                .actorsAfter(1)
                .sequentialSpecification(Variable.class)
                .check(CacheLincheckTest.class);
    }
}
