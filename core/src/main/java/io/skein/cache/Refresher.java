package io.skein.cache;

import io.skein.cache.Question.Purpose;
import io.skein.internal.Text;
import java.lang.System.Logger.Level;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Loads entries anew in the background: those that are read when they are getting old (C4), and stale ones that are
 * served meanwhile (C5). Whoever reads such an entry may have to claim it; one does.
 */
final class Refresher<K, V> {
    private static final System.Logger LOG = System.getLogger(CoalescingCache.class.getName());
    private static final long COMPLAINT_EVERY = 60_000_000_000L;

    private final Works<K, V> works;
    private final AtomicLong lastComplaint = new AtomicLong(System.nanoTime() - COMPLAINT_EVERY);

    Refresher(Works<K, V> works) {
        this.works = works;
    }

    /** Takes it upon the calling thread to have this entry loaded anew. False if it need not or must not. */
    boolean claim(StoredEntry<V> entry, long now) {
        long pause = works.settings().retryAfterError();
        return entry.claim(now, pause, entry.isFresh(now) ? works.settings().longestBackoff() : pause);
    }

    /** Has an entry loaded anew, unless that is being done, or has failed a moment ago. Does not wait. */
    void keepUp(K key, StoredEntry<V> entry, Source<K, V> source, long now) {
        if (claim(entry, now)) {
            load(key, entry, source);
        }
    }

    /** Has a claimed entry loaded anew. Does not wait. */
    void load(K key, StoredEntry<V> entry, Source<K, V> source) {
        load(key, entry, source, null);
    }

    /** The same, together with others. */
    void load(K key, StoredEntry<V> entry, Source<K, V> source, @Nullable BulkCall<K, V> call) {
        try {
            var question = new Question<>(works, key, source, Purpose.UPKEEP, entry).within(Question.FOR_EVER);
            var future = call == null ? question.flyAsync() : question.flyAsync(flight -> call.board(question, flight));
            future.whenComplete((outcome, failure) -> ended(key, entry, failure));
        } catch (Throwable e) { // closed; or a key that fails: whoever reads gets what is there
            ended(key, entry, e);
        }
    }

    private void ended(K key, StoredEntry<V> entry, @Nullable Throwable failure) {
        if (failure == null || failure instanceof Question.HandedOver) {
            entry.release();
        } else {
            entry.setBack(failure, works.now(), works.settings().retryAfterError());
            complain(key, failure);
        }
        told(key, failure);
    }

    /** Tells that a refresh has ended. */
    void told(K key, @Nullable Throwable failure) {
        if (failure == null) {
            works.tallies().refreshes.increment();
        }
        var listener = works.settings().listener();
        if (listener != null) {
            listener.refreshed(key, failure);
        }
    }

    /** Nobody waits for a load in the background, so the log tells of its failure; not of each while a source is down. */
    private void complain(K key, Throwable failure) {
        long now = System.nanoTime();
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
