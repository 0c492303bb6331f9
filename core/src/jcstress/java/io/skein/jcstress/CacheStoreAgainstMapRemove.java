package io.skein.jcstress;

import static io.skein.jcstress.Variable.CACHE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.CompletableFuture;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/** A load lands while its key is removed from the map: its value is gone for good (C2, C12). */
@JCStressTest
@State
@Outcome(id = "null, null", expect = ACCEPTABLE, desc = "removed before the landing")
@Outcome(id = "old, null", expect = ACCEPTABLE, desc = "landed, and removed then")
@Outcome(expect = FORBIDDEN, desc = "a value that was loaded before the removal was stored after it")
public class CacheStoreAgainstMapRemove {
    private final Object key = new Object(); // "this" must not escape from a constructor
    private final CompletableFuture<String> source = new CompletableFuture<>();
    private final CompletableFuture<String> caller = CACHE.getAsync(key, k -> source);

    @Actor
    public void land() {
        source.complete("old");
    }

    @Actor
    public void remove(LL_Result r) {
        r.r1 = CACHE.asMap().remove(key);
    }

    @Arbiter
    public void look(LL_Result r) {
        r.r2 = CACHE.getIfPresent(key);
        CACHE.invalidate(key);
    }
}
