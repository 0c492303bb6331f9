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
import org.openjdk.jcstress.infra.results.LL_Result;

/** A load lands while a value is put: the put never loses (C2). */
@JCStressTest
@State
@Outcome(id = "old, put", expect = ACCEPTABLE, desc = "the load's own caller got its value; the other one is stored")
@Outcome(expect = FORBIDDEN, desc = "a load took the place of a value that was put after it took off")
public class CacheStoreAgainstPut {
    private final Object key = new Object(); // "this" must not escape from a constructor
    private final CompletableFuture<String> source = new CompletableFuture<>();
    private final CompletableFuture<String> caller = CACHE.getAsync(key, k -> source);

    @Actor
    public void land() {
        source.complete("old");
    }

    @Actor
    public void put() {
        CACHE.put(key, "put");
    }

    @Arbiter
    public void look(LL_Result r) {
        r.r1 = got(caller);
        r.r2 = CACHE.getIfPresent(key);
        CACHE.invalidate(key);
    }
}
