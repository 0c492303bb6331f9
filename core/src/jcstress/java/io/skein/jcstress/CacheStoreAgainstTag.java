package io.skein.jcstress;

import static io.skein.jcstress.Variable.TAGGED;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;

/** A load whose value turns out to have a tag lands while that tag is invalidated (C2, C9). */
@JCStressTest
@State
@Outcome(
        id = "old, null, new",
        expect = ACCEPTABLE,
        desc = "the load took off before the invalidation, and is not stored or gone")
@Outcome(id = "new, null, new", expect = ACCEPTABLE, desc = "likewise, though it saw the write")
@Outcome(id = "new, new, new", expect = ACCEPTABLE, desc = "the load took off after the invalidation")
@Outcome(expect = FORBIDDEN, desc = "a value that was overwritten before the invalidation is stored or served after it")
public class CacheStoreAgainstTag {
    private final Variable variable = new Variable(null);

    @Actor
    public void load(LLL_Result r) {
        r.r1 = TAGGED.get(variable);
    }

    @Actor
    public void write() {
        variable.value = "new";
        TAGGED.invalidateTag(variable.tag());
    }

    @Arbiter
    public void look(LLL_Result r) {
        r.r2 = TAGGED.getIfPresent(variable);
        r.r3 = TAGGED.get(variable);
        TAGGED.invalidate(variable);
    }
}
