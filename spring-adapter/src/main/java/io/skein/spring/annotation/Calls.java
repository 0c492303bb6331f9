package io.skein.spring.annotation;

import io.skein.AsyncLoader;
import io.skein.Flight;
import io.skein.Group;
import io.skein.Loader;
import io.skein.cache.CoalescingCache;
import io.skein.cache.Loaded;
import io.skein.internal.Stages;
import io.skein.spring.LoadGuard;
import io.skein.spring.Managed;
import io.skein.spring.SkeinRegistry;
import io.skein.stream.StreamGroup;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Where the calls of one method are answered: by its cache, group, or group of streams. */
sealed interface Calls {
    System.Logger LOG = System.getLogger(Calls.class.getName());

    static Calls of(CoalescedMethod method, SkeinRegistry registry) {
        if (method.isStreamed()) {
            return new Streamed(registry.streams(method.groupName()));
        }
        return method.cacheName()
                .<Calls>map(name -> new Kept(registry.managedCache(name), method.unless() != null))
                .orElseGet(() -> new Passing(registry.managedGroup(method.groupName())));
    }

    /** Of one run of the method comes what everybody reads for himself, while it is written. */
    record Streamed(StreamGroup<Object> streams) implements Calls {}

    /** Of one run of the method comes one result for everybody. */
    sealed interface Answering extends Calls {
        /** Blocks until there is an answer. */
        @Nullable
        Object answer(Call call, Object key);

        /**
         * Answers later.
         *
         * @param source runs the call
         * @return a future of this caller's own
         */
        CompletableFuture<@Nullable Object> answerLater(
                Call call, Object key, Supplier<? extends CompletionStage<? extends @Nullable Object>> source);
    }

    /** In a cache. */
    record Kept(Managed<CoalescingCache<Object, Object>> cache, boolean isChoosy) implements Answering {
        @Override
        public @Nullable Object answer(Call call, Object key) {
            if (!isChoosy) {
                return cache.target().get(key, new Guarded(cache.guard(), call));
            }
            return cache.target()
                    .getWith(
                            key,
                            cache.guard() == LoadGuard.NONE
                                    ? (k, context) -> loaded(call, call.value())
                                    : (k, context) -> cache.guard()
                                            .contextLoader((again, same) -> loaded(call, call.value()))
                                            .load(k, context));
        }

        @Override
        public CompletableFuture<@Nullable Object> answerLater(
                Call call, Object key, Supplier<? extends CompletionStage<? extends @Nullable Object>> source) {
            var loader = new GuardedLater(cache.guard(), source);
            return isChoosy
                    ? cache.target()
                            .getWithAsync(
                                    key, (k, context) -> Stages.map(loader.load(k), value -> loaded(call, value), LOG))
                    : cache.target().getAsync(key, loader);
        }

        private static Loaded<Object> loaded(Call call, @Nullable Object value) {
            Loaded<Object> loaded = Loaded.of(value);
            return call.isKept(value) ? loaded : loaded.noStore();
        }
    }

    /** Nothing is kept. */
    record Passing(Managed<Group<Object, @Nullable Object>> group) implements Answering {
        @Override
        public @Nullable Object answer(Call call, Object key) {
            return group.target().load(key, new Guarded(group.guard(), call));
        }

        @Override
        public CompletableFuture<@Nullable Object> answerLater(
                Call call, Object key, Supplier<? extends CompletionStage<? extends @Nullable Object>> source) {
            return group.target().loadAsync(key, new GuardedLater(group.guard(), source));
        }
    }

    /** The call as a loader. The guard is put around it when it loads, not for every hit. */
    record Guarded(LoadGuard guard, Call call) implements Loader<Object, @Nullable Object> {
        @Override
        public @Nullable Object load(Object key) throws Exception {
            return guard.<Object, @Nullable Object>loader(k -> call.value()).load(key);
        }

        @Override
        public @Nullable Object load(Object key, Flight<?, ?> flight) throws Exception {
            return guard.<Object, @Nullable Object>loader(k -> call.value()).load(key, flight);
        }
    }

    /** The same for one that answers later. */
    record GuardedLater(LoadGuard guard, Supplier<? extends CompletionStage<? extends @Nullable Object>> source)
            implements AsyncLoader<Object, @Nullable Object> {
        @Override
        public CompletionStage<? extends @Nullable Object> load(Object key) throws Exception {
            return guard.<Object, @Nullable Object>asyncLoader(k -> source.get())
                    .load(key);
        }

        @Override
        public CompletionStage<? extends @Nullable Object> load(Object key, Flight<?, ?> flight) throws Exception {
            return guard.<Object, @Nullable Object>asyncLoader(k -> source.get())
                    .load(key, flight);
        }
    }
}
