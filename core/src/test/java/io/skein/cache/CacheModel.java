package io.skein.cache;

import io.skein.cache.ModelSource.Answer;
import io.skein.cache.ModelSource.Kind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The rules of C3 to C10 as one thread sees them, in the plainest words there are. Times are seconds. */
final class CacheModel {
    private static final long FOR_EVER = Long.MAX_VALUE / 4;

    /** What is stored: a value, null for nothing, or a failure. */
    private static final class Entry {
        final String value;
        final Exception failure;
        final long writtenAt;
        final long ttl;
        final Set<String> tags;
        int failures; // in a row, to load it anew
        long failedAt;

        Entry(String value, Exception failure, long writtenAt, long ttl, Set<String> tags) {
            this.value = value;
            this.failure = failure;
            this.writtenAt = writtenAt;
            this.ttl = ttl;
            this.tags = tags;
        }

        String answer() throws Exception {
            if (failure != null) {
                throw failure;
            }
            return value;
        }
    }

    private final ModelSettings settings;
    private final ModelSource source;
    private final Map<String, Entry> entries = new TreeMap<>();
    private long now;
    long hits;
    long negativeHits;
    long staleHits;
    long misses;
    long loads;
    long loadFailures;
    long refreshes;

    CacheModel(ModelSettings settings, ModelSource source) {
        this.settings = settings;
        this.source = source;
    }

    // Time

    void pass(long seconds) {
        now += seconds;
        entries.values().removeIf(entry -> age(entry) >= entry.ttl + (entry.value == null ? 0 : keptStale()));
    }

    /** How long until an entry is due, stale, or not to be served any more, whichever is next. */
    long untilNextTurn(String key) {
        var entry = entries.get(key);
        if (entry == null || entry.ttl == FOR_EVER) {
            return 1;
        }
        var turns = new TreeSet<>(List.of(
                (long) Math.ceil(settings.ahead() * entry.ttl),
                entry.ttl,
                entry.ttl + settings.revalidate(),
                entry.ttl + settings.ifError()));
        var next = turns.higher(age(entry));
        return next == null ? 1 : next - age(entry);
    }

    private long age(Entry entry) {
        return now - entry.writtenAt;
    }

    private boolean isFresh(Entry entry) {
        return age(entry) < entry.ttl;
    }

    private long keptStale() {
        return Math.max(settings.revalidate(), settings.ifError());
    }

    private boolean mayRevalidate(Entry entry) {
        return entry.value != null && age(entry) < entry.ttl + settings.revalidate();
    }

    private boolean mayStandIn(Entry entry) {
        return entry.value != null && age(entry) < entry.ttl + settings.ifError();
    }

    private boolean isDue(Entry entry) {
        return settings.ahead() != 0 && entry.ttl != FOR_EVER && age(entry) >= settings.ahead() * entry.ttl;
    }

    private long pause() {
        return settings.retry() == 0 ? 1 : settings.retry();
    }

    /** Whether a load in the background is to be tried: not too soon after the last failed. */
    private boolean mayLoadAnew(Entry entry) {
        long pause = isFresh(entry)
                ? Math.min(64 * pause(), pause() << Math.min(16, Math.max(0, entry.failures - 1)))
                : pause();
        return entry.failures == 0 || now - entry.failedAt >= pause;
    }

    private boolean isSetBack(Entry entry) {
        return entry.failures > 0 && now - entry.failedAt < pause();
    }

    // Reading

    String get(String key) throws Exception {
        var entry = entries.get(key);
        if (entry != null && isFresh(entry)) {
            hit(entry);
            if (entry.value != null && isDue(entry)) {
                loadAnew(List.of(key), false);
            }
            return entry.answer();
        }
        if (entry != null && mayRevalidate(entry)) {
            loadAnew(List.of(key), false);
        } else if (entry == null || !isSetBack(entry) || !mayStandIn(entry)) {
            return ask(key);
        }
        staleHits++;
        return entry.value;
    }

    private void hit(Entry entry) {
        if (entry.value == null) {
            negativeHits++;
        } else {
            hits++;
        }
    }

    /** Waits for a load. */
    private String ask(String key) throws Exception {
        try {
            return missed(load(key));
        } catch (Exception e) {
            return standIn(key, e);
        }
    }

    private String missed(String value) {
        misses++;
        return value;
    }

    private String standIn(String key, Exception failure) throws Exception {
        var entry = entries.get(key);
        if (entry != null && (mayStandIn(entry) || mayRevalidate(entry))) {
            staleHits++;
            return entry.value;
        }
        misses++;
        throw failure;
    }

    String getFresh(String key) throws Exception {
        misses++;
        return load(key);
    }

    String refresh(String key) throws Exception {
        var value = load(key);
        refreshes++;
        return value;
    }

    String getIfPresent(String key) {
        var entry = entries.get(key);
        if (entry == null || !isFresh(entry)) {
            return missed(null);
        }
        hit(entry);
        return entry.value;
    }

    Map<String, String> getAll(Collection<String> keys) throws Exception {
        var answers = new LinkedHashMap<String, String>();
        var due = new ArrayList<String>();
        var staleDue = new ArrayList<String>();
        var wanted = new ArrayList<String>();
        Exception failure = null;
        for (var key : new LinkedHashSet<>(keys)) {
            var entry = entries.get(key);
            answers.put(key, entry == null ? null : entry.value);
            if (entry != null && isFresh(entry)) {
                hit(entry);
                failure = failure == null ? entry.failure : failure;
                if (entry.value != null && isDue(entry)) {
                    due.add(key);
                }
            } else if (entry != null && mayRevalidate(entry)) {
                staleHits++;
                staleDue.add(key);
            } else if (entry != null && mayStandIn(entry) && isSetBack(entry)) {
                staleHits++;
            } else {
                wanted.add(key);
            }
        }
        due.addAll(staleDue); // those that are fresh first
        loadAnew(due, settings.kind().isBulk());
        var failed = new HashMap<String, Exception>();
        var cameAlong = fresh(); // with what was loaded anew
        var missing = new ArrayList<>(wanted);
        missing.removeIf(cameAlong::containsKey);
        if (settings.kind().isBulk()) {
            loadAll(missing, failed);
        } else {
            missing.forEach(key -> loadInto(key, failed));
        }
        for (var key : wanted) {
            try {
                var e = failed.get(key);
                var loaded = missing.contains(key) ? last.get(key) : cameAlong.get(key);
                answers.put(key, e == null ? missed(loaded) : standIn(key, e));
            } catch (Exception e) {
                failure = failure == null ? e : failure;
            }
        }
        if (failure != null) {
            throw failure;
        }
        answers.values().removeIf(value -> value == null);
        return answers;
    }

    // Loading

    /** What loads have brought lately, whether it was stored or not. */
    private final Map<String, String> last = new HashMap<>();

    private void loadAnew(List<String> keys, boolean together) {
        var tried = keys.stream().filter(key -> mayLoadAnew(entries.get(key))).toList();
        var failed = new HashMap<String, Exception>();
        if (together) {
            loadAll(tried, failed);
        } else {
            tried.forEach(key -> loadInto(key, failed));
        }
        refreshes += tried.size() - failed.size();
    }

    private void loadInto(String key, Map<String, Exception> failed) {
        try {
            last.put(key, load(key));
        } catch (Exception e) {
            failed.put(key, e);
        }
    }

    private String load(String key) throws Exception {
        if (settings.kind() == ModelSettings.Kind.BULK) {
            var failed = new HashMap<String, Exception>();
            loadAll(List.of(key), failed);
            if (!failed.isEmpty()) {
                throw failed.get(key);
            }
            return last.get(key);
        }
        loads++;
        var previous = entries.get(key);
        try {
            var answer = source.ask(key);
            if (answer.kind() == Kind.NOT_MODIFIED) {
                if (previous == null || previous.value == null) {
                    throw new IllegalStateException("there is nothing that could be unmodified");
                }
                var tags = answer.tags().isEmpty() ? previous.tags : answer.tags();
                answer = new Answer(Kind.VALUE, previous.value, answer.ttl(), tags);
            }
            store(key, answer);
            return answer.value();
        } catch (Exception e) {
            loadFailures++;
            failed(key, previous, e);
            throw e;
        }
    }

    private void loadAll(List<String> keys, Map<String, Exception> failed) {
        if (keys.isEmpty()) {
            return;
        }
        loads++;
        try {
            var values = source.askAll(new LinkedHashSet<>(keys));
            keys.forEach(key -> last.put(key, values.get(key)));
            values.forEach((key, value) -> {
                if (value != null || keys.contains(key)) {
                    store(key, new Answer(value == null ? Kind.NOTHING : Kind.VALUE, value, 0, Set.of()));
                }
            });
        } catch (Exception e) {
            loadFailures++;
            for (var key : keys) {
                failed.put(key, e);
                failed(key, entries.get(key), e);
            }
        }
    }

    private void failed(String key, Entry previous, Exception failure) {
        if (previous != null) {
            previous.failures++;
            previous.failedAt = now;
            if (isFresh(previous) || mayStandIn(previous) || mayRevalidate(previous)) {
                return;
            }
        }
        if (settings.errorTtl() != 0 && failure instanceof ModelSource.Down down && down.isToBeRemembered) {
            entries.put(key, new Entry(null, failure, now, settings.errorTtl(), Set.of()));
        }
    }

    // Writing

    void store(String key, Answer answer) {
        boolean kept = answer.kind() == Kind.VALUE || answer.ttl() != 0 || settings.negativeTtl() != 0;
        if (answer.kind() == Kind.NO_STORE || !kept) {
            entries.remove(key);
            return;
        }
        long ttl = answer.ttl();
        if (ttl == 0) {
            ttl = answer.kind() == Kind.NOTHING
                    ? settings.negativeTtl()
                    : settings.ttl() == 0 ? FOR_EVER : settings.ttl();
        }
        entries.put(key, new Entry(answer.value(), null, now, ttl, answer.tags()));
    }

    void put(String key, String value) {
        store(key, new Answer(Kind.VALUE, value, 0, Set.of()));
    }

    void expire(String key) {
        var old = entries.remove(key);
        if (old != null && old.value != null && keptStale() > 0) {
            entries.put(key, new Entry(old.value, null, old.writtenAt, Math.min(old.ttl, age(old)), old.tags));
        }
    }

    void invalidate(String key) {
        entries.remove(key);
    }

    void invalidateAll() {
        entries.clear();
    }

    void invalidateTag(String tag) {
        entries.values().removeIf(entry -> entry.tags.contains(tag));
    }

    // As a map

    Map<String, String> fresh() {
        var fresh = new TreeMap<String, String>();
        entries.forEach((key, entry) -> {
            if (entry.value != null && isFresh(entry)) {
                fresh.put(key, entry.value);
            }
        });
        return fresh;
    }

    // Looking

    /** What is stored under a key, as {@link CacheEntry} has it. */
    String entry(String key) {
        var entry = entries.get(key);
        if (entry == null) {
            return "none";
        }
        var state = entry.failure != null
                ? EntryState.FAILED
                : entry.value == null ? EntryState.NEGATIVE : isFresh(entry) ? EntryState.FRESH : EntryState.STALE;
        var left = entry.ttl == FOR_EVER ? "for ever" : Math.max(0, entry.ttl - age(entry)) + " s left";
        return state + " " + entry.value + ", age " + age(entry) + ", " + left + ", " + new TreeSet<>(entry.tags);
    }

    String stats() {
        return "hits " + hits + ", negative " + negativeHits + ", stale " + staleHits + ", misses " + misses
                + ", loads " + loads + ", failed " + loadFailures + ", refreshes " + refreshes;
    }
}
