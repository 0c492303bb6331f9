package io.skein.load;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How much may be asked for beyond one replica per load: a token bucket. Each load adds its share of a token, each
 * further replica takes one; {@value #BURST} are there from the start and are the most that can be saved. So of any run
 * of loads, however slow the source, no more than the share and a few are doubled.
 */
final class Budget {
    static final int BURST = 10;

    private static final long TOKEN = 1_000_000;
    private static final long FULL = BURST * TOKEN;

    private final long share;
    private final AtomicLong tokens = new AtomicLong(FULL);

    /** @param share of a token that each load adds, greater than 0 */
    Budget(double share) {
        this.share = Math.max(1, Math.round(share * TOKEN));
    }

    void loaded() {
        if (tokens.get() < FULL) {
            tokens.getAndUpdate(now -> Math.min(FULL, now + share));
        }
    }

    boolean tryTake() {
        long now;
        do {
            now = tokens.get();
            if (now < TOKEN) {
                return false;
            }
        } while (!tokens.compareAndSet(now, now - TOKEN));
        return true;
    }
}
