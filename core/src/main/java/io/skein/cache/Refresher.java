package io.skein.cache;

import io.skein.LoadTimeoutException;
import io.skein.cache.Question.Purpose;
import io.skein.internal.HandedOver;
import io.skein.internal.Text;
import java.lang.System.Logger.Level;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * Loads entries anew in the background: those that are read when they are getting old (C4), and stale ones that are
 * served meanwhile (C5). Whoever reads such an entry may have to claim it; one does.
 */
final class Refresher<K, V> {
    private static final System.Logger LOG = System.getLogger(CoalescingCache.class.getName());
    static final long COMPLAINT_EVERY = 60_000_000_000L;

    private final Works<K, V> works;

    Refresher(Works<K, V> works) {
        this.works = works;
    }

    /** Has an entry loaded anew, unless that is being done, or has failed a moment ago. Does not wait. */
    void keepUp(K key, StoredEntry<V> entry, Source<K, V> source, @Nullable BulkCall<K, V> call) {
        long now = works.now();
        long pause = works.settings().retryAfterError();
        long longestPause = entry.isFresh(now) ? works.settings().longestBackoff() : pause;
        var claim = entry.claim(now, pause, longestPause, () -> works.group().isInFlight(key));
        if (claim == null) {
            return;
        }
        Question<K, V> question = null;
        try {
            var asked = new Question<>(works, key, source, Purpose.UPKEEP, entry).within(Question.FOR_EVER);
            question = asked;
            var future = call == null ? asked.flyAsync() : asked.flyAsync(flight -> call.board(asked, flight));
            var started = entry.started(claim);
            var unused = future.whenComplete((outcome, failure) -> ended(key, entry, started, asked, failure));
        } catch (Throwable e) { // closed; or a key that fails: whoever reads gets what is there
            ended(key, entry, claim, question, e);
        }
    }

    private void ended(
            K key, StoredEntry<V> entry, Object claim, @Nullable Question<K, V> question, @Nullable Throwable failure) {
        if (failure == null || failure instanceof HandedOver) {
            entry.release(claim);
            return;
        }
        try {
            entry.release(claim, failure, works.now());
        } catch (RuntimeException e) { // of the user's ticker
            entry.release(claim);
        }
        complain(key, failure);
        if (question == null || !question.hasLed() || failure instanceof LoadTimeoutException) {
            works.refreshed(key, failure); // else its load has told it
        }
    }

    /** Nobody waits for a load in the background, so the log tells of its failure; not of each while a source is down. */
    private void complain(K key, Throwable failure) {
        long now = System.nanoTime();
        var lastComplaint = works.lastComplaint();
        long last = lastComplaint.get();
        boolean loud = !(failure instanceof CancellationException) // closed
                && now - last >= COMPLAINT_EVERY
                && lastComplaint.compareAndSet(last, now);
        var level = loud ? Level.WARNING : Level.DEBUG;
        LOG.log(
                level,
                "refreshing " + Text.of(works.settings().name(), key)
                        + " failed; the value at hand is served as long as it may be. Said once a minute",
                failure);
    }
}
