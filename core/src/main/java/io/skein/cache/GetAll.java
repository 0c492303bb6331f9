package io.skein.cache;

import io.skein.BulkLoader;
import io.skein.CallerInterruptedException;
import io.skein.cache.Question.Purpose;
import io.skein.event.StaleReason;
import io.skein.internal.Dispatched;
import io.skein.internal.Sneaky;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One call of {@code getAll}: takes from the store what is there, and has the rest loaded, by one {@link BulkCall} if
 * there is a bulk loader. Keys whose answer was too old, or whose load was handed over, are asked for in another round.
 */
final class GetAll<K, V> {
    private final Works<K, V> works;
    private final Refresher<K, V> refresher;
    private final @Nullable BulkLoader<K, V> bulk;
    private final Source<K, V> single;
    private boolean elsewhere;

    /** In the order of the keys; null where there is no value yet. */
    private final Map<K, @Nullable V> answers;

    /** Entries that should be loaded anew. */
    private final Map<K, StoredEntry<V>> due = new LinkedHashMap<>();

    /** What has not been answered. */
    private final Deque<Question<K, V>> open = new ArrayDeque<>();

    private boolean hasGaps;
    private @Nullable Throwable failure;

    /**
     * @param bulk loads what is missing, if there is one; else each key is asked for on its own
     * @param elsewhere whether loads run on the executor
     */
    GetAll(
            Works<K, V> works,
            Refresher<K, V> refresher,
            @Nullable BulkLoader<K, V> bulk,
            Source<K, V> single,
            boolean elsewhere,
            Iterable<? extends K> keys) {
        this.works = works;
        this.refresher = refresher;
        this.bulk = bulk;
        this.single = single;
        this.elsewhere = elsewhere;
        int size = keys instanceof Collection<?> collection ? collection.size() : 16;
        this.answers = new LinkedHashMap<>(size * 4 / 3 + 1);
        look(keys);
        refreshDue();
    }

    // What is there

    private void look(Iterable<? extends K> keys) {
        var missing = new LinkedHashMap<K, @Nullable StoredEntry<V>>();
        var settings = works.settings();
        boolean refreshes = settings.refreshAhead() != 0 || settings.earlyRefresh() != 0;
        long now = works.now();
        int hits = 0;
        int negativeHits = 0;
        for (K key : keys) {
            settings.checkKey(key);
            var entry = works.store().read(key, now);
            if (entry == null || !entry.isFresh(now)) {
                missing.put(key, entry);
                answers.put(key, null);
            } else if (entry.hasValue()) {
                if (answers.put(key, settings.copy(entry.valueOrNull())) == null) {
                    hits++;
                }
                if (refreshes && settings.isDueForRefresh(entry, now)) {
                    due.put(key, entry);
                }
            } else if (!answers.containsKey(key)) {
                answers.put(key, null);
                hasGaps = true;
                negativeHits++;
                recall(entry);
            }
        }
        works.tallies().hits.add(hits);
        works.tallies().negativeHits.add(negativeHits);
        missing.forEach((key, stale) -> lookAtStale(key, stale, now));
    }

    private void recall(StoredEntry<V> entry) {
        try {
            entry.value();
        } catch (Throwable e) {
            failed(e);
        }
    }

    private void failed(Throwable e) {
        failure = failure == null ? e : failure;
    }

    private void lookAtStale(K key, @Nullable StoredEntry<V> stale, long now) {
        var settings = works.settings();
        var question = new Question<>(works, key, single, Purpose.GET, stale);
        if (stale != null && stale.hasValue()) {
            var reason = settings.reasonToServe(stale, now);
            boolean soft = reason == null && settings.softTimeout() != 0 && settings.mayStandIn(stale, now);
            if (soft || reason == StaleReason.REVALIDATING) {
                due.put(key, stale);
            }
            if (reason != null) {
                answers.put(key, settings.copy(stale.valueOrNull()));
                works.servedStale(key, reason);
                return;
            }
            if (soft) {
                elsewhere = true; // a thread cannot abandon its own call
                question.within(Duration.ofNanos(settings.softTimeout()));
            }
        }
        open.add(question);
        hasGaps = true;
    }

    private void refreshDue() {
        if (due.isEmpty()) {
            return;
        }
        var call = bulk == null ? null : new BulkCall<>(works, bulk);
        due.forEach((key, entry) -> refresher.keepUp(key, entry, single, call));
        if (call != null) {
            call.runElsewhere();
        }
    }

    // Blocking

    Map<K, V> get() {
        if (isOneByOne()) {
            for (var question = open.poll(); question != null; question = open.poll()) {
                try {
                    answered(question, question.late().ask());
                } catch (CallerInterruptedException e) {
                    throw e;
                } catch (Throwable e) {
                    failed(e);
                }
            }
        } else {
            while (!open.isEmpty()) {
                var asked = round();
                await(asked, board(asked, elsewhere));
            }
        }
        return answer();
    }

    /** Blocking loads, and no bulk loader: so many threads as keys might be too many for anybody. */
    private boolean isOneByOne() {
        return bulk == null && single instanceof Source.Blocking<K, V>;
    }

    private void await(List<Question<K, V>> asked, List<CompletableFuture<StoredEntry<V>>> futures) {
        try {
            for (int i = 0; i < asked.size(); i++) {
                var question = asked.get(i);
                StoredEntry<V> outcome = null;
                Throwable e = null;
                try {
                    outcome = question.await(futures.get(i));
                } catch (Throwable thrown) {
                    e = thrown;
                }
                judge(question, outcome, e);
            }
        } finally {
            futures.forEach(future -> future.cancel(true)); // of one that was interrupted; those that are done are done
        }
    }

    // Asynchronous

    /** In front of those of all keys. */
    private static final class Together<T> extends FrontFuture<T> {
        private volatile List<? extends CompletableFuture<?>> parts = List.of();

        @Override
        @Nullable
        CompletableFuture<?> behind() {
            return parts.stream().filter(part -> !part.isDone()).findFirst().orElse(null);
        }
    }

    CompletableFuture<Map<K, V>> getAsync() {
        var result = new Together<Map<K, V>>();
        var unused = result.whenComplete((map, e) -> result.parts.forEach(part -> part.cancel(true)));
        proceed(result, open.isEmpty() ? null : works.group().executor());
        return result;
    }

    /**
     * Asks round after round until nothing is open. A round that has ended when it has been asked for is followed by
     * the next in this loop; else whoever ends it has the next one asked for on the executor.
     */
    private void proceed(Together<Map<K, V>> result, @Nullable Executor executor) {
        try {
            while (executor != null && !open.isEmpty() && !result.isDone()) {
                var asked = round();
                var futures = board(asked, true);
                result.parts = futures;
                if (result.isDone()) { // its caller has left meanwhile, and may have seen the parts before these
                    futures.forEach(future -> future.cancel(true));
                }
                var ended = new AtomicBoolean();
                var unused = CompletableFuture.allOf(futures.toArray(new CompletableFuture<?>[0]))
                        .whenComplete((nothing, e) -> {
                            if (ended.getAndSet(true)) {
                                next(result, executor, asked, futures);
                            }
                        });
                if (!ended.getAndSet(true)) {
                    return;
                }
                judge(asked, futures);
            }
            complete(result);
        } catch (Throwable e) {
            result.completeExceptionally(e);
        }
    }

    private void next(
            Together<Map<K, V>> result,
            Executor executor,
            List<Question<K, V>> asked,
            List<CompletableFuture<StoredEntry<V>>> futures) {
        if (result.isDone()) {
            return;
        }
        try {
            judge(asked, futures);
            if (open.isEmpty()) {
                complete(result);
            } else {
                executor.execute(Dispatched.of(() -> proceed(result, executor), result::completeExceptionally));
            }
        } catch (Throwable e) {
            result.completeExceptionally(e);
        }
    }

    private void judge(List<Question<K, V>> asked, List<CompletableFuture<StoredEntry<V>>> futures) {
        for (int i = 0; i < asked.size(); i++) {
            StoredEntry<V> outcome = null;
            Throwable e = null;
            try {
                outcome = futures.get(i).get();
            } catch (ExecutionException thrown) {
                e = thrown.getCause();
            } catch (Throwable thrown) {
                e = thrown;
            }
            try {
                judge(asked.get(i), outcome, e);
            } catch (CallerInterruptedException thrown) { // the loader was called on a thread that was interrupted
                failed(thrown);
            }
        }
    }

    private void complete(Together<Map<K, V>> result) {
        try {
            result.complete(answer());
        } catch (Throwable e) {
            result.completeExceptionally(e);
        }
    }

    // Both

    /** What is asked for next. */
    private List<Question<K, V>> round() {
        if (isOneByOne()) {
            return List.of(open.remove());
        }
        var round = List.copyOf(open);
        open.clear();
        return round;
    }

    /** Has everything that is asked for loaded; one future for each question. */
    private List<CompletableFuture<StoredEntry<V>>> board(List<Question<K, V>> asked, boolean onExecutor) {
        var futures = new ArrayList<CompletableFuture<StoredEntry<V>>>(asked.size());
        if (bulk == null) {
            asked.forEach(question -> futures.add(question.flyAsync()));
            return futures;
        }
        var call = new BulkCall<>(works, bulk);
        try {
            asked.forEach(question -> futures.add(question.flyAsync(flight -> call.board(question, flight))));
            if (onExecutor) {
                call.runElsewhere();
            } else {
                call.runHere();
            }
            return futures;
        } catch (Throwable e) { // interrupted; closed; or a key that fails
            call.fail(e);
            futures.forEach(future -> future.cancel(true));
            throw e;
        }
    }

    /** @throws CallerInterruptedException if this caller was interrupted */
    private void judge(Question<K, V> question, @Nullable StoredEntry<V> outcome, @Nullable Throwable e) {
        try {
            StoredEntry<V> answer = null;
            if (e != null) {
                answer = question.despite(e);
            } else if (outcome != null && question.accepts(outcome)) {
                answer = question.counted(outcome);
            }
            if (answer == null) {
                open.add(question.late());
            } else {
                answered(question, answer);
            }
        } catch (CallerInterruptedException own) {
            throw own;
        } catch (Throwable thrown) {
            failed(thrown);
        }
    }

    private void answered(Question<K, V> question, StoredEntry<V> entry) {
        answers.put(question.key(), works.settings().copy(entry.value()));
    }

    private Map<K, V> answer() {
        if (failure != null) {
            throw Sneaky.rethrow(failure);
        }
        if (hasGaps) {
            answers.values().removeIf(value -> value == null);
        }
        return Collections.unmodifiableMap(answers);
    }
}
