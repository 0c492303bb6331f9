package io.skein.jcstress;

import static io.skein.jcstress.Variable.CACHE;
import static io.skein.jcstress.Variable.got;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.CompletableFuture;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;

/** A load lands while its key is invalidated: its value is gone for good, and no later caller gets it (C2). */
@JCStressTest
@State
@Outcome(id = "old, new, new", expect = ACCEPTABLE, desc = "the load's own caller got it, and nobody else")
@Outcome(expect = FORBIDDEN, desc = "a value that was loaded before the invalidation is stored or served after it")
public class CacheStoreAgainstInvalidate {
    private final Object key = new Object(); // "this" must not escape from a constructor
    private final CompletableFuture<String> source = new CompletableFuture<>();
    private final CompletableFuture<String> caller = CACHE.getAsync(key, k -> source);
    private CompletableFuture<String> newer;

    @Actor
    public void land() {
        source.complete("old");
    }

    @Actor
    public void invalidate() {
        CACHE.invalidate(key);
        newer = CACHE.getAsync(key, k -> CompletableFuture.completedFuture("new"));
    }

    @Arbiter
    public void look(LLL_Result r) {
        r.r1 = got(caller);
        r.r2 = got(newer);
        r.r3 = CACHE.getIfPresent(key);
        CACHE.invalidate(key);
    }
}
