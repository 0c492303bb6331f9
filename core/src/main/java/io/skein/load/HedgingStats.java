package io.skein.load;

import java.time.Duration;
import java.util.Optional;

/**
 * What a {@link Hedging} has done so far: a snapshot.
 *
 * @param loads loads that took off
 * @param hedges further replicas that were asked, because one was late or had failed
 * @param hedgesWon loads that ended with the value of such a replica
 * @param overBudget how often a further replica was not asked, for the sake of the budget
 * @param delay after which time a replica is late, as things are now; empty as long as too few loads are known
 */
public record HedgingStats(long loads, long hedges, long hedgesWon, long overBudget, Optional<Duration> delay) {}
