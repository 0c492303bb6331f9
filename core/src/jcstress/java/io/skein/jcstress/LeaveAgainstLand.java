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

/** One of two callers leaves while the flight lands: {@code shared} counts those that got the outcome (G3). */
@JCStressTest
@State
@Outcome(id = "cancelled, value alone", expect = ACCEPTABLE, desc = "left before the landing")
@Outcome(id = "value shared, value shared", expect = ACCEPTABLE, desc = "too late to leave")
@Outcome(expect = FORBIDDEN, desc = "shared is not what the callers got")
public class LeaveAgainstLand {
    private final Object key = new Object(); // "this" must not escape from a constructor
    private final CompletableFuture<String> source = new CompletableFuture<>();
    private final CompletableFuture<Result<String>> leader = board(key, source);
    private final CompletableFuture<Result<String>> follower = board(key, source);

    @Actor
    public void leave() {
        leader.cancel(true);
    }

    @Actor
    public void land() {
        source.complete("value");
    }

    @Arbiter
    public void arrive(LL_Result r) {
        r.r1 = got(leader);
        r.r2 = got(follower);
    }
}
