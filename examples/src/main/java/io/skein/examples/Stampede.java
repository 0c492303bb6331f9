package io.skein.examples;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Sends the same crowd to the same reports by different ways, and says what came of it. */
final class Stampede {
    private static final Duration GLANCE = Duration.ofMillis(100);

    private final Crowd crowd;
    private final Reports reports;
    private final Map<String, Report> firstAnswers = new ConcurrentHashMap<>();

    Stampede(Crowd crowd, Reports reports) {
        this.crowd = crowd;
        this.reports = reports;
    }

    /**
     * Runs until every caller has its report, or the time is up and the queries in progress have ended.
     *
     * @throws Exception what a caller failed with
     */
    Outcome run(Way way, Duration limit, Progress progress) throws Exception {
        var tally = new Tally(crowd.callers(), firstAnswers);
        reports.reset();
        long start = crowd.storm(way, tally);
        while (!tally.await(GLANCE) && tally.failure() == null) {
            if (System.nanoTime() - start > limit.toNanos()) {
                reports.callOff();
            }
            progress.show(tally.served(), crowd.callers(), "callers served");
        }
        var total = Duration.ofNanos(System.nanoTime() - start);
        progress.end();
        throwIfFailed(tally.failure());
        var percentiles = tally.percentiles(0.5, 0.99);
        return new Outcome(
                way.name(),
                crowd.callers(),
                tally.served(),
                reports.queries(),
                total,
                reports.databaseTime(),
                percentiles[0],
                percentiles[1],
                tally.different());
    }

    /** The callers that are still on their way turn back by themselves. */
    private void throwIfFailed(@Nullable Throwable failure) throws Exception {
        if (failure != null) {
            reports.callOff();
        }
        if (failure instanceof Exception e) {
            throw e;
        } else if (failure instanceof Error e) {
            throw e;
        }
    }
}
