package io.skein.spring.annotation;

import io.skein.stream.StreamGroup;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.adapter.JdkFlowAdapter;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.util.context.ContextView;

/**
 * Calls that are answered by a publisher. Each subscription is a caller of its own, and the one that leads subscribes to
 * what the method returns, with its own context. Loaded only where Reactor is.
 */
final class ReactiveCalls {
    private ReactiveCalls() {}

    /** Whether this thread serves many others, as the event loop of a server. */
    static boolean mustNotBlock() {
        return Schedulers.isInNonBlockingThread();
    }

    /** What comes is given to everybody as it comes, to who comes late from the beginning. */
    static Object stream(StreamGroup<Object> streams, Call call, Object key, Shape.Reactive shape) {
        Flux<Object> publisher = Flux.deferContextual(context -> JdkFlowAdapter.flowPublisherToFlux(streams.relay(
                key,
                same -> JdkFlowAdapter.publisherToFlowPublisher(
                        Flux.from(publisher(call, shape)).contextWrite(context)))));
        var adapter = shape.adapter();
        return adapter == null ? publisher : adapter.fromPublisher(publisher);
    }

    static Object answer(Calls.Answering calls, Call call, Object key, Shape.Reactive shape) {
        // A future of this subscriber's own: cancelling it is leaving, and cancels nobody else.
        Mono<Object> answer = Mono.deferContextual(
                context -> Mono.fromFuture(calls.answerLater(call, key, () -> run(call, shape, context))));
        Publisher<?> publisher = shape.isMany() ? answer.flatMapIterable(ReactiveCalls::list) : answer;
        var adapter = shape.adapter();
        return adapter == null ? publisher : adapter.fromPublisher(publisher);
    }

    private static CompletableFuture<@Nullable Object> run(Call call, Shape.Reactive shape, ContextView context) {
        var publisher = publisher(call, shape);
        Mono<?> source = shape.isMany()
                ? Flux.from(publisher).collectList().map(Collections::unmodifiableList)
                : Mono.from(publisher);
        return source.contextWrite(context)
                .doOnNext(call::checkCanBeShared)
                .<@Nullable Object>cast(Object.class)
                .toFuture();
    }

    private static Publisher<?> publisher(Call call, Shape.Reactive shape) {
        var returned = call.run();
        if (returned == null) {
            throw new NullPointerException("it returned null instead of a publisher: " + call.definition());
        }
        var adapter = shape.adapter();
        return adapter == null ? (Publisher<?>) returned : adapter.toPublisher(returned);
    }

    private static List<?> list(Object value) {
        if (value instanceof List<?> list) {
            return list;
        }
        throw new IllegalStateException("the cache holds a " + value.getClass().getName()
                + " where a list is expected: another method keeps something else under the same key");
    }
}
