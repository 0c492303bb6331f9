package io.skein.jcstress;

import static io.skein.jcstress.Variable.BEHIND;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;

/**
 * A variable is read and loaded while it is written behind, by a third thread: who has written it sees that, whether it is pending
 * or not, and what was loaded before is not stored (C2, C10).
 */
@JCStressTest
@State
@Outcome(
        id = {"old, new, new", "new, new, new"},
        expect = ACCEPTABLE,
        desc = "the reader came before or after")
@Outcome(expect = FORBIDDEN, desc = "something older than the write is served or stored after it")
public class CacheLoadAgainstWriteBehind {
    private final Variable variable = new Variable(null);

    @Actor
    public void read(LLL_Result r) {
        r.r1 = BEHIND.get(variable);
    }

    @Actor
    public void write(LLL_Result r) {
        BEHIND.write(variable, "new");
        BEHIND.invalidate(variable);
        r.r2 = BEHIND.get(variable);
    }

    @Arbiter
    public void look(LLL_Result r) {
        BEHIND.flush();
        r.r3 = BEHIND.get(variable);
        BEHIND.invalidate(variable);
    }
}
