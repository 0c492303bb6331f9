package io.skein.jcstress;

import static io.skein.jcstress.Flights.GROUP;
import static io.skein.jcstress.Flights.board;
import static io.skein.jcstress.Flights.got;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.skein.Result;
import java.util.concurrent.CompletableFuture;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZLL_Result;

/** A flight is forgotten unless shared while somebody joins it: one of them comes too late (G4). */
@JCStressTest
@State
@Outcome(id = "true, first alone, second alone", expect = ACCEPTABLE, desc = "forgotten; the newcomer took off anew")
@Outcome(id = "false, first shared, first shared", expect = ACCEPTABLE, desc = "joined; so it was not forgotten")
@Outcome(expect = FORBIDDEN, desc = "forgotten with two callers aboard, or left in the table with one")
public class ForgetUnsharedAgainstJoin {
    private final Object key = new Object(); // "this" must not escape from a constructor
    private final CompletableFuture<String> first = new CompletableFuture<>();
    private final CompletableFuture<Result<String>> leader = board(key, first);
    private CompletableFuture<Result<String>> newcomer;

    @Actor
    public void forget(ZLL_Result r) {
        r.r1 = GROUP.forgetUnshared(key);
    }

    @Actor
    public void join() {
        newcomer = board(key, CompletableFuture.completedFuture("second"));
    }

    @Arbiter
    public void arrive(ZLL_Result r) {
        first.complete("first");
        r.r2 = got(leader);
        r.r3 = got(newcomer);
    }
}
