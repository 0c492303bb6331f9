package io.skein.jcstress;

import static io.skein.jcstress.Flights.GROUP;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.skein.AsyncLoader;
import io.skein.Flight;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZL_Result;

/** A load stores its value, and lands, while the key is invalidated: nothing stale stays in the store (G4). */
@JCStressTest
@State
@Outcome(id = "true, true, null", expect = ACCEPTABLE, desc = "stored, then forgotten in flight and removed")
@Outcome(id = "true, false, null", expect = ACCEPTABLE, desc = "stored and landed, then removed")
@Outcome(id = "false, true, null", expect = ACCEPTABLE, desc = "forgotten, and not stored")
@Outcome(expect = FORBIDDEN, desc = "a stale value was stored after the invalidation")
public class StoreAgainstForget {
    private final Object key = new Object(); // "this" must not escape from a constructor
    private final Load load = new Load();
    private String store;

    private static final class Load implements AsyncLoader<Object, String> {
        private final CompletableFuture<String> source = new CompletableFuture<>();
        private Flight<?, ?> flight;

        @Override
        public CompletionStage<String> load(Object key) {
            throw new AssertionError("the group calls the other one");
        }

        @Override
        public CompletionStage<String> load(Object key, Flight<?, ?> own) {
            flight = own;
            return source;
        }
    }

    public StoreAgainstForget() {
        var unused = GROUP.loadAsync(key, load);
    }

    @Actor
    public void store(ZZL_Result r) {
        r.r1 = load.flight.ifCurrent(() -> store = "stale");
        load.source.complete("stale");
    }

    @Actor
    public void invalidate(ZZL_Result r) {
        r.r2 = GROUP.forget(key, () -> store = null);
    }

    @Arbiter
    public void look(ZZL_Result r) {
        r.r3 = store;
    }
}
