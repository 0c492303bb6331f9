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
 * As {@link CacheLincheckTest}, with values that are loaded anew while they are there (C2, C4); and a second variable
 * whose writes the cache is not told of, which is read with {@code getFresh} (G12).
 */
@Tag("lincheck")
@Timeout(value = 15, unit = TimeUnit.MINUTES) // on a busy machine
@Param(name = "value", gen = IntGen.class, conf = "1:9")
public class CacheRefreshLincheckTest {
    private static final Integer OTHER = 2;

    private final CachedVariable variable = new CachedVariable(Runnable::run);
    private volatile int unannounced;

    /** Sequentially, a cache is not to be noticed. */
    public static final class Variables {
        private int value;
        private int unannounced;

        public void write(int newValue) {
            value = newValue;
        }

        public int refresh() {
            return value;
        }

        public int look() {
            return value;
        }

        public void writeUnannounced(int newValue) {
            unannounced = newValue;
        }

        public int getFresh() {
            return unannounced;
        }
    }

    @Operation
    public void write(@Param(name = "value") int value) {
        variable.write(value, () -> variable.cache.invalidate(KEY));
    }

    @Operation
    public int refresh() {
        return variable.cache.refresh(KEY).join();
    }

    @Operation
    public int look() {
        return variable.look();
    }

    @Operation
    public void writeUnannounced(@Param(name = "value") int value) {
        unannounced = value;
    }

    @Operation
    public int getFresh() {
        return variable.cache.getFresh(OTHER, key -> unannounced);
    }

    @Validate
    public void close() {
        variable.cache.close();
    }

    @Test
    void C2_G12_modelChecking() {
        Proof.cacheModelChecking()
                .actorsBefore(1)
                .actorsPerThread(2)
                .actorsAfter(1)
                .sequentialSpecification(Variables.class)
                .check(CacheRefreshLincheckTest.class);
    }

    @Test
    void C2_G12_stress() {
        Proof.stress()
                .actorsBefore(1)
                .actorsPerThread(2)
                .actorsAfter(1)
                .sequentialSpecification(Variables.class)
                .check(CacheRefreshLincheckTest.class);
    }
}
