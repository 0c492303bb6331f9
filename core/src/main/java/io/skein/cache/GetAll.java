package io.skein.cache;

import io.skein.CallerInterruptedException;
import io.skein.cache.Question.Purpose;
import io.skein.event.StaleReason;
import io.skein.internal.Sneaky;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * One call of {@code getAll}: takes from the store what is there, and has the rest loaded, by one {@link BulkCall} if
 * there is a bulk loader.
 */
final class GetAll<K, V> {
    private final Works<K, V> works;
    private final Refresher<K, V> refresher;
    private final @Nullable BulkLoader<K, V> bulk;
    private final Source<K, V> single;
    private boolean elsewhere;

    /** In the order of the keys; null where there is no value yet. */
    private final Map<K, @Nullable V> answers;

    private final List<Question<K, V>> questions = new ArrayList<>();
    private final List<Due<K, V>> due = new ArrayList<>();
    private boolean hasGaps;
    private @Nullable Throwable failure;

    /** An entry this call has claimed to have loaded anew. */
    private record Due<K, V>(K key, StoredEntry<V> entry) {}

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
    }

    // What is there

    private void look(Iterable<? extends K> keys) {
        var missing = new LinkedHashMap<K, @Nullable StoredEntry<V>>();
        var settings = works.settings();
        boolean refreshes = settings.refreshAhead() != 0 || settings.earlyRefresh() != 0;
        long now = works.now();
        int hits = 0;
        for (K key : keys) {
            settings.checkKey(key);
            var entry = works.store().read(key);
            if (entry == null || !entry.isFresh(now)) {
                missing.put(key, entry);
                answers.put(key, null);
            } else if (entry.hasValue()) {
                if (answers.put(key, settings.copy(entry.valueOrNull())) == null) {
                    hits++;
                }
                if (refreshes && settings.isDueForRefresh(entry, now) && refresher.claim(entry, now)) {
                    due.add(new Due<>(key, entry));
                }
            } else if (!answers.containsKey(key)) {
                answers.put(key, null);
                hasGaps = true;
                works.tallies().negativeHits.increment();
                remembered(entry);
            }
        }
        works.tallies().hits.add(hits);
        missing.forEach((key, stale) -> lookAtStale(key, stale, now));
    }

    private void remembered(StoredEntry<V> entry) {
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
            boolean standsIn = settings.mayStandIn(stale, now) && settings.softTimeout() != 0;
            if (reason == StaleReason.REVALIDATING || (reason == null && standsIn)) {
                if (refresher.claim(stale, now)) {
                    due.add(new Due<>(key, stale));
                }
            }
            if (reason != null) {
                works.servedStale(key, reason);
                answers.put(key, settings.copy(stale.valueOrNull()));
                return;
            }
            if (standsIn) {
                elsewhere = true; // a thread cannot abandon its own call
                question.within(Duration.ofNanos(settings.softTimeout()));
            }
        }
        questions.add(question);
        hasGaps = true;
    }

    // Blocking

    Map<K, V> get() {
        refreshDue();
        if (questions.isEmpty()) {
            return answer();
        }
        if (bulk == null && single instanceof Source.Blocking<K, V>) {
            questions.forEach(question -> answered(question, question::ask));
            return answer();
        }
        var futures = board(elsewhere);
        try {
            for (int i = 0; i < futures.size(); i++) {
                var question = questions.get(i);
                var future = futures.get(i);
                answered(question, () -> wait(question, future));
            }
        } catch (CallerInterruptedException e) {
            futures.forEach(future -> future.cancel(true));
            throw e;
        }
        return answer();
    }

    private interface Answering<V> {
        StoredEntry<V> get();
    }

    private void answered(Question<K, V> question, Answering<V> answering) {
        try {
            put(question.key(), answering.get());
        } catch (CallerInterruptedException e) {
            throw e;
        } catch (Throwable e) {
            failed(e);
        }
    }

    private void put(K key, StoredEntry<V> entry) {
        answers.put(key, works.settings().copy(entry.value()));
    }

    private StoredEntry<V> wait(Question<K, V> question, CompletableFuture<StoredEntry<V>> future) {
        StoredEntry<V> outcome;
        try {
            outcome = question.await(future);
        } catch (Throwable e) {
            var standIn = question.despite(e);
            return standIn == null ? question.ask() : standIn;
        }
        return question.accepts(outcome) ? question.counted(outcome) : question.ask();
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

    // Asynchronous

    CompletableFuture<Map<K, V>> getAsync() {
        refreshDue();
        var result = new Together<Map<K, V>>();
        if (questions.isEmpty()) {
            complete(result);
        } else if (bulk == null && single instanceof Source.Blocking<K, V>) {
            getElsewhere(result);
        } else {
            var futures = board(true);
            var entries = new ArrayList<CompletableFuture<StoredEntry<V>>>(futures.size());
            for (int i = 0; i < futures.size(); i++) {
                entries.add(CacheFuture.of(questions.get(i), futures.get(i), entry -> entry));
            }
            result.parts = entries;
            result.whenComplete((map, e) -> entries.forEach(entry -> entry.cancel(true)));
            CompletableFuture.allOf(entries.toArray(new CompletableFuture<?>[0]))
                    .whenComplete((nothing, e) -> {
                        for (int i = 0; i < entries.size() && !result.isDone(); i++) {
                            var future = entries.get(i);
                            answered(questions.get(i), () -> joined(future));
                        }
                        complete(result);
                    });
        }
        return result;
    }

    /** In front of those of all keys. */
    private static final class Together<T> extends FrontFuture<T> {
        private volatile List<? extends CompletableFuture<?>> parts = List.of();

        @Override
        @Nullable
        CompletableFuture<?> behind() {
            return parts.stream().filter(part -> !part.isDone()).findFirst().orElse(null);
        }
    }

    private static <V> StoredEntry<V> joined(CompletableFuture<StoredEntry<V>> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            throw Sneaky.rethrow(e.getCause() == null ? e : e.getCause());
        }
    }

    private void complete(CompletableFuture<Map<K, V>> result) {
        try {
            result.complete(answer());
        } catch (Throwable e) {
            result.completeExceptionally(e);
        }
    }

    /** One key after the other, since so many threads as keys might be too many for anybody. */
    private void getElsewhere(CompletableFuture<Map<K, V>> result) {
        var work = new Work();
        result.whenComplete((map, e) -> work.interrupt());
        try {
            works.group().executor().execute(() -> {
                try {
                    if (work.begin()) {
                        questions.forEach(question -> answered(question, question::ask));
                    }
                } catch (CallerInterruptedException e) {
                    failed(e);
                } finally {
                    work.end();
                }
                complete(result);
            });
        } catch (Throwable e) {
            result.completeExceptionally(e);
        }
    }

    // Loading

    /** Has everything that is missing loaded; one future for each question. */
    private List<CompletableFuture<StoredEntry<V>>> board(boolean onExecutor) {
        var futures = new ArrayList<CompletableFuture<StoredEntry<V>>>(questions.size());
        if (bulk == null) {
            questions.forEach(question -> futures.add(question.flyAsync()));
            return futures;
        }
        var call = new BulkCall<>(works, bulk);
        try {
            questions.forEach(question -> futures.add(question.flyAsync(flight -> call.board(question, flight))));
        } catch (Throwable e) { // closed; or a key that fails
            call.fail(e);
            throw e;
        }
        if (onExecutor) {
            call.runElsewhere();
        } else {
            try {
                call.runHere();
            } catch (CallerInterruptedException e) {
                futures.forEach(future -> future.cancel(true));
                throw e;
            }
        }
        return futures;
    }

    private void refreshDue() {
        if (due.isEmpty()) {
            return;
        }
        if (bulk == null) {
            due.forEach(one -> refresher.load(one.key, one.entry, single));
            return;
        }
        var call = new BulkCall<>(works, bulk);
        for (var one : due) {
            refresher.load(one.key, one.entry, single, call);
        }
        call.runElsewhere();
    }
}
