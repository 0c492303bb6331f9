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
import org.openjdk.jcstress.infra.results.LL_Result;

/** A caller arrives while the flight lands: it is counted and gets the outcome, or neither (G1, G2, G3). */
@JCStressTest
@State
@Outcome(id = "first shared, first shared", expect = ACCEPTABLE, desc = "joined before the landing")
@Outcome(id = "first alone, second alone", expect = ACCEPTABLE, desc = "arrived after the landing, and took off anew")
@Outcome(expect = FORBIDDEN, desc = "the callers of one flight do not agree")
public class JoinAgainstLand {
    private final Object key = new Object(); // "this" must not escape from a constructor
    private final CompletableFuture<String> first = new CompletableFuture<>();
    private final CompletableFuture<Result<String>> leader = board(key, first);
    private CompletableFuture<Result<String>> newcomer;

    @Actor
    public void join() {
        newcomer = board(key, CompletableFuture.completedFuture("second"));
    }

    @Actor
    public void land() {
        first.complete("first");
    }

    @Arbiter
    public void arrive(LL_Result r) {
        r.r1 = got(leader);
        r.r2 = got(newcomer);
    }
}
