package io.skein.lincheck;

import static org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt.forClasses;

import io.skein.Group;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.StressOptions;

/** How long the proofs take: {@code -Dlincheck.effort=10} makes ten times as many scenarios. */
final class Proof {
    private static final int EFFORT = Integer.getInteger("lincheck.effort", 1);

    private Proof() {}

    /** A clock that stands still, since the model checker runs each interleaving twice if it has to explain it. */
    static Group<Integer, String> group() {
        return Group.<Integer, String>builder("lincheck").ticker(() -> 0).build();
    }

    static ModelCheckingOptions modelChecking() {
        return new ModelCheckingOptions()
                .threads(2)
                .iterations(8 * EFFORT)
                .invocationsPerIteration(200)
                // Its threads only run the dependents of futures; the model checker would wait for idle ones to end.
                .addGuarantee(forClasses("io.skein.Crew", "io.skein.Crew$Lazy")
                        .allMethods()
                        .ignore())
                // Runs after each interleaving, through all the slots of the table.
                .addGuarantee(forClasses("io.skein.Group").methods("close").ignore());
    }

    /** Caffeine's own steps are not interleaved: it is what a cache relies on, and tidies up on threads of its own. */
    static ModelCheckingOptions cacheModelChecking() {
        return modelChecking()
                .invocationsPerIteration(400)
                .addGuarantee(forClasses(name -> name.startsWith("com.github.benmanes.caffeine."))
                        .allMethods()
                        .ignore())
                .addGuarantee(forClasses("io.skein.cache.CoalescingCache")
                        .methods("close")
                        .ignore());
    }

    static StressOptions stress() {
        return new StressOptions().threads(2).iterations(10 * EFFORT).invocationsPerIteration(1_000);
    }
}
