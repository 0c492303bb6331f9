package io.skein.jcstress;

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
import org.openjdk.jcstress.infra.results.LLZ_Result;

/** The last caller leaves while another arrives: nobody joins a flight that has been given up (G8). */
@JCStressTest
@State
@Outcome(
        id = "cancelled, first alone, false",
        expect = ACCEPTABLE,
        desc = "joined before the other left; the load went on")
@Outcome(id = "cancelled, second alone, true", expect = ACCEPTABLE, desc = "arrived after the load was cancelled")
@Outcome(expect = FORBIDDEN, desc = "the newcomer is aboard a cancelled flight, or a load runs for nobody")
public class LeaveAgainstJoin {
    private final Object key = new Object(); // "this" must not escape from a constructor
    private final CompletableFuture<String> first = new CompletableFuture<>();
    private final CompletableFuture<Result<String>> leader = board(key, first);
    private CompletableFuture<Result<String>> newcomer;

    @Actor
    public void leave() {
        leader.cancel(true);
    }

    @Actor
    public void join() {
        newcomer = board(key, CompletableFuture.completedFuture("second"));
    }

    @Arbiter
    public void arrive(LLZ_Result r) {
        r.r3 = first.isCancelled();
        first.complete("first");
        r.r1 = got(leader);
        r.r2 = got(newcomer);
    }
}
