package io.skein.lincheck;

import io.skein.Flight;
import io.skein.Group;
import io.skein.Loader;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A value that is read through a group, and written with a {@code forget} behind it, is still one variable: nobody
 * reads what was overwritten before the reading began (G4, G12), not even from a store in front of which the group was
 * put.
 */
@Tag("lincheck")
@Timeout(value = 15, unit = TimeUnit.MINUTES) // on a busy machine
@Param(name = "value", gen = IntGen.class, conf = "1:9")
public class GroupReadsLincheckTest {
    private static final Integer KEY = 1;

    private final Group<Integer, String> group = Proof.group();
    private final Map<Integer, String> store = new ConcurrentHashMap<>();
    private volatile String forgotten = "0"; // written with a forget behind it
    private volatile String unannounced = "0"; // written, and no more

    /** One variable of each kind. */
    public static final class Variables {
        private String forgotten = "0";
        private String unannounced = "0";

        public void write(int value) {
            forgotten = Integer.toString(value);
        }

        public String load() {
            return forgotten;
        }

        public String get() {
            return forgotten;
        }

        public void writeUnannounced(int value) {
            unannounced = Integer.toString(value);
        }

        public String loadFresh() {
            return unannounced;
        }
    }

    private final Loader<Integer, String> storing = new Loader<>() {
        @Override
        public String load(Integer key) {
            throw new AssertionError("the group calls the other one");
        }

        @Override
        public String load(Integer key, Flight<?, ?> flight) {
            var value = forgotten;
            flight.ifCurrent(() -> store.put(KEY, value));
            return value;
        }
    };

    @Operation
    public void write(@Param(name = "value") int value) {
        forgotten = Integer.toString(value);
        group.forget(KEY, () -> store.remove(KEY));
    }

    @Operation
    public String load() {
        return group.load(KEY, key -> forgotten);
    }

    @Operation
    public String get() {
        var stored = store.get(KEY);
        return stored != null ? stored : group.load(KEY, storing);
    }

    @Operation
    public void writeUnannounced(@Param(name = "value") int value) {
        unannounced = Integer.toString(value);
    }

    @Operation
    public String loadFresh() {
        return group.loadFresh(2, key -> unannounced);
    }

    @Validate
    public void close() {
        group.close();
    }

    @Test
    void G4_G12_modelChecking() {
        Proof.modelChecking()
                .actorsBefore(0)
                .actorsPerThread(3)
                .actorsAfter(1)
                .sequentialSpecification(Variables.class)
                .check(GroupReadsLincheckTest.class);
    }

    @Test
    void G4_G12_stress() {
        Proof.stress()
                .actorsBefore(0)
                .actorsPerThread(3)
                .actorsAfter(1)
                .sequentialSpecification(Variables.class)
                .check(GroupReadsLincheckTest.class);
    }
}
