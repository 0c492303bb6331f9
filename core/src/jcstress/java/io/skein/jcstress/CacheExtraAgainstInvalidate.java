package io.skein.jcstress;

import static io.skein.jcstress.Variable.BULK;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/** A bulk call brings a key it was not asked for while that key is written and invalidated (C2, C8). */
@JCStressTest
@State
@Outcome(
        id = "null",
        expect = ACCEPTABLE,
        desc = "the bulk call began before, and the extra value was not stored or is gone")
@Outcome(id = "new", expect = ACCEPTABLE, desc = "the bulk call saw the write")
@Outcome(expect = FORBIDDEN, desc = "a value that was overwritten before the invalidation is stored after it")
public class CacheExtraAgainstInvalidate {
    private final Variable extra = new Variable(null);
    private final Variable asked = new Variable(extra);

    @Actor
    public void load() {
        asked.loadBulk();
    }

    @Actor
    public void write() {
        extra.value = "new";
        BULK.invalidate(extra);
    }

    @Arbiter
    public void look(L_Result r) {
        r.r1 = BULK.getIfPresent(extra);
        BULK.invalidate(extra);
        BULK.invalidate(asked);
    }
}
