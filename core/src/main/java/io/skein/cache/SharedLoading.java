package io.skein.cache;

import static java.util.Objects.requireNonNull;

import io.skein.Flight;
import io.skein.cache.Share.Again;
import io.skein.cache.Share.Answered;
import io.skein.cache.Share.Ask;
import io.skein.cache.Share.Check;
import io.skein.cache.Share.Step;
import io.skein.cache.Share.Wait;
import io.skein.internal.Dispatched;
import io.skein.internal.Failures;
import io.skein.internal.LoadThreads;
import io.skein.internal.Sneaky;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/** How a flight of one key loads in a cache with a second tier: step by step of its {@link Share}, on a thread or without. */
final class SharedLoading<K, V> {
    private final Works<K, V> works;
    private final Share<K, V> share;
    private final Flight<?, ?> flight;
    private final Loading<K, V> loading;
    private volatile @Nullable CompletableFuture<?> behind;

    SharedLoading(Works<K, V> works, Share<K, V> share, Flight<?, ?> flight, Loading<K, V> loading) {
        this.works = works;
        this.share = share;
        this.flight = flight;
        this.loading = loading;
    }

    /** What the source has brought, before it is stored anywhere. */
    private record Drawn<K, V>(Load<K, V> load, StoredEntry<V> entry) {
        static <K, V> Drawn<K, V> of(Load<K, V> load, @Nullable Loaded<V> loaded) {
            return new Drawn<>(load, load.entry(loaded));
        }
    }

    // Blocking

    /** Waits for the tier, and for the source. */
    StoredEntry<V> now(Source.Blocking<K, V> source) throws Exception {
        try {
            var step = share.next();
            while (step instanceof Wait<V> wait) {
                // Asked by whoever tells that it is time to, so that this thread is woken once.
                step = share.next(share.judge(wait.woken().thenCompose(nothing -> share.ask())));
            }
            return step instanceof Answered<V> answered ? answered.entry() : load((Ask<V>) step, source);
        } catch (Throwable e) {
            share.failed(e);
            throw e;
        } finally {
            share.end();
        }
    }

    private StoredEntry<V> load(Ask<V> ask, Source.Blocking<K, V> source) throws Exception {
        share.asksSource();
        var drawn = loading.askNow(source, flight, Drawn::of);
        try {
            return share.publish(ask, drawn.load, drawn.entry).get();
        } catch (InterruptedException e) { // it is loaded, and on its way to the tier
            Thread.currentThread().interrupt();
            return drawn.entry;
        } catch (ExecutionException e) { // of the key
            throw Sneaky.rethrow(requireNonNull(e.getCause()));
        }
    }

    // Asynchronous

    /** Returns at once; if what is returned is cancelled, so is what the source answered with. */
    CompletionStage<StoredEntry<V>> later(Source.Async<K, V> source) {
        var executor = works.group().executor(); // takes along what this thread carries
        var landed = new CompletableFuture<StoredEntry<V>>();
        var unused = landed.whenComplete((entry, failure) -> {
            var stage = behind;
            if (landed.isCancelled() && stage != null) {
                stage.cancel(true);
            }
            if (failure != null) {
                share.failed(Failures.ofStage(failure));
            }
            share.end();
        });
        try {
            proceed(source, executor, landed);
        } catch (Throwable e) { // of a key that has no name in the tier, or of the user's ticker
            landed.completeExceptionally(e);
        }
        return landed;
    }

    private void proceed(Source.Async<K, V> source, Executor executor, CompletableFuture<StoredEntry<V>> landed) {
        if (!landed.isDone()) {
            either(share.ask(), executor, landed, (answer, e) -> go(share.judge(answer, e), source, executor, landed));
        }
    }

    private void go(
            Step<V> step, Source.Async<K, V> source, Executor executor, CompletableFuture<StoredEntry<V>> landed)
            throws Exception {
        if (landed.isDone()) {
            return; // everybody has left
        }
        if (step instanceof Answered<V> answered) {
            landed.complete(answered.entry());
        } else if (step instanceof Wait<V> wait) {
            then(wait.woken(), executor, landed, nothing -> proceed(source, executor, landed));
        } else if (step instanceof Again<V>) {
            proceed(source, executor, landed);
        } else if (step instanceof Check<V> check) {
            either(
                    check.renewed(),
                    executor,
                    landed,
                    (ours, e) -> go(share.judgeCheck(ours, e), source, executor, landed));
        } else {
            var ask = (Ask<V>) step;
            share.asksSource();
            var asked = loading.askLater(source, flight, Drawn::<K, V>of);
            then(
                    asked,
                    null,
                    landed,
                    drawn -> then(share.publish(ask, drawn.load, drawn.entry), executor, landed, landed::complete));
        }
    }

    @FunctionalInterface
    private interface Next<T> {
        void go(T value) throws Exception;
    }

    @FunctionalInterface
    private interface Either<T> {
        void go(@Nullable T value, @Nullable Throwable failure) throws Exception;
    }

    @SuppressWarnings("NullAway") // only stages of nothing end with null
    private <T> void then(
            CompletableFuture<T> stage,
            @Nullable Executor executor,
            CompletableFuture<StoredEntry<V>> landed,
            Next<? super T> next) {
        either(stage, executor, landed, (value, failure) -> {
            if (failure != null) {
                landed.completeExceptionally(failure);
            } else {
                next.go(value);
            }
        });
    }

    /** @param executor where to go on; null if there, where the stage is completed */
    private <T> void either(
            CompletableFuture<T> stage,
            @Nullable Executor executor,
            CompletableFuture<StoredEntry<V>> landed,
            Either<? super T> next) {
        behind = stage;
        if (landed.isCancelled()) { // who cancelled may have seen the stage before this
            stage.cancel(true);
        }
        boolean isDone = stage.isDone();
        var unused = stage.whenComplete((value, failure) -> {
            Runnable work = () -> {
                try {
                    next.go(value, failure == null ? null : Failures.ofStage(failure));
                } catch (Throwable e) {
                    landed.completeExceptionally(e);
                }
            };
            if (isDone || executor == null) {
                work.run();
                return;
            }
            try {
                goOn(work, executor, landed);
            } catch (Throwable e) { // there are no threads
                landed.completeExceptionally(e);
            }
        });
    }

    /** Not on the thread of the tier's, whatever an executor of the user's does; nor not at all, as much is done already. */
    private void goOn(Runnable work, Executor executor, CompletableFuture<StoredEntry<V>> landed) {
        var task = Dispatched.of(work, landed::completeExceptionally);
        if (!works.settings().hasExecutor()) {
            executor.execute(task);
            return;
        }
        LoadThreads.sharedPlatform().execute(() -> {
            try {
                executor.execute(task);
            } catch (RejectedExecutionException e) {
                work.run();
            } catch (Throwable e) {
                landed.completeExceptionally(e);
            }
        });
    }
}
