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

/** A flight is forgotten and followed by a newer one while it lands: its landing leaves the newer one alone (G4). */
@JCStressTest
@State
@Outcome(
        id = "true, second shared, second shared",
        expect = ACCEPTABLE,
        desc = "forgotten in flight; the newer can be joined")
@Outcome(
        id = "false, second shared, second shared",
        expect = ACCEPTABLE,
        desc = "landed before; the newer can be joined")
@Outcome(expect = FORBIDDEN, desc = "the landing has unmapped the newer flight, or a newcomer joined the forgotten one")
public class ForgetAgainstLand {
    private final Object key = new Object(); // "this" must not escape from a constructor
    private final CompletableFuture<String> first = new CompletableFuture<>();
    private final CompletableFuture<Result<String>> leader = board(key, first);
    private final CompletableFuture<String> second = new CompletableFuture<>();
    private CompletableFuture<Result<String>> newer;

    @Actor
    public void forget(ZLL_Result r) {
        r.r1 = GROUP.forget(key);
        newer = board(key, second);
    }

    @Actor
    public void land() {
        first.complete("first");
    }

    @Arbiter
    public void arrive(ZLL_Result r) {
        var last = board(key, CompletableFuture.completedFuture("third"));
        second.complete("second");
        var leaderGot = got(leader);
        r.r2 = leaderGot.equals("first alone") ? got(newer) : "the leader got " + leaderGot;
        r.r3 = got(last);
    }
}
