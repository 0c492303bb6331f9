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
import org.openjdk.jcstress.infra.results.LL_Result;

/** A caller that wants a fresh value comes while a flight lands: it never gets that flight's outcome (G12). */
@JCStressTest
@State
@Outcome(id = "first alone, second", expect = ACCEPTABLE, desc = "each got the outcome of its own flight")
@Outcome(expect = FORBIDDEN, desc = "the fresh caller got a load that took off before it came")
public class FreshAgainstLand {
    private final Object key = new Object(); // "this" must not escape from a constructor
    private final CompletableFuture<String> first = new CompletableFuture<>();
    private final CompletableFuture<Result<String>> leader = board(key, first);
    private CompletableFuture<String> fresh;

    @Actor
    public void arrive() {
        fresh = GROUP.loadFreshAsync(key, k -> CompletableFuture.completedFuture("second"));
    }

    @Actor
    public void land() {
        first.complete("first");
    }

    @Arbiter
    public void look(LL_Result r) {
        r.r1 = got(leader);
        r.r2 = fresh.join();
    }
}
