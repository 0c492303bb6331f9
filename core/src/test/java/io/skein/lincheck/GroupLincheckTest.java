package io.skein.lincheck;

import io.skein.Group;
import io.skein.Result;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Joining, landing, leaving and forgetting at once do what they would have done one after the other
 * ({@link FlightsInOrder}): G1 to G4, G6, G8.
 *
 * <p>Loads last from the operation that starts them to the one that lands them, so that the sequential specification
 * sees flights in progress. A flight bears the name of its leader and of the leader's call, which does not depend on
 * the order of threads. A caller looks at its outcome by cancelling: afterwards it has left, or has got the outcome of
 * the landed flight, and nothing is pending.
 */
@Tag("lincheck")
@Timeout(value = 15, unit = TimeUnit.MINUTES) // on a busy machine
@Param(name = "key", gen = IntGen.class, conf = "1:2")
public class GroupLincheckTest {
    private static final int THREADS = 8; // more than a scenario has

    private final Group<Integer, String> group = Proof.group();
    private final int[] starts = new int[THREADS];
    private final Caller[] callers = new Caller[THREADS];
    private final Load[] led = new Load[THREADS];

    private record Caller(CompletableFuture<Result<String>> outcome) {}

    private record Load(String name, CompletableFuture<String> source) {}

    @Operation
    public boolean start(@Param(gen = ThreadIdGen.class) int thread, @Param(name = "key") int key) {
        var load = new Load(thread + "." + ++starts[thread], new CompletableFuture<>());
        var tookOff = new boolean[1];
        callers[thread] = new Caller(group.loadResultAsync(key, k -> {
            tookOff[0] = true;
            return load.source;
        }));
        if (tookOff[0]) {
            led[thread] = load;
        }
        return tookOff[0];
    }

    @Operation
    public void land(@Param(gen = ThreadIdGen.class) int thread) {
        var load = led[thread];
        if (load != null) {
            load.source.complete(load.name);
        }
    }

    @Operation
    public String cancel(@Param(gen = ThreadIdGen.class) int thread) {
        var caller = callers[thread];
        if (caller == null) {
            return "not aboard";
        }
        caller.outcome.cancel(true);
        try {
            var result = caller.outcome.getNow(null);
            return result == null ? "pending" : result.value() + (result.shared() ? " shared" : "");
        } catch (CancellationException e) {
            return "cancelled";
        }
    }

    @Operation
    public boolean forget(@Param(name = "key") int key) {
        return group.forget(key);
    }

    @Operation
    public boolean forgetUnshared(@Param(name = "key") int key) {
        return group.forgetUnshared(key);
    }

    @Validate
    public void close() {
        group.close();
    }

    @Test
    void G1_G4_G8_modelChecking() {
        Proof.modelChecking()
                .actorsBefore(2)
                .actorsPerThread(3)
                .actorsAfter(2)
                .sequentialSpecification(FlightsInOrder.class)
                .check(GroupLincheckTest.class);
    }

    @Test
    void G1_G4_G8_stress() {
        Proof.stress()
                .actorsBefore(2)
                .actorsPerThread(3)
                .actorsAfter(2)
                .sequentialSpecification(FlightsInOrder.class)
                .check(GroupLincheckTest.class);
    }
}
