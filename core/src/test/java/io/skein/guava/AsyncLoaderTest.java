package io.skein.guava;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.util.concurrent.AsyncFunction;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import io.skein.CallerInterruptedException;
import io.skein.Callers;
import io.skein.Group;
import io.skein.cache.CoalescingCache;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Guava's futures as Skein's asynchronous loads. */
class AsyncLoaderTest {
    private static final Duration LONG = Duration.ofHours(1);

    private final Answer<String> answer = new Answer<>();
    private final AtomicInteger calls = new AtomicInteger();

    /** What a client looks like that answers with Guava's futures. */
    private ListenableFuture<String> fetch(Object key) {
        calls.incrementAndGet();
        return answer;
    }

    private CompletableFuture<String> stage() throws Exception {
        return stage(this::fetch);
    }

    @SuppressWarnings("unchecked") // a String has no subtypes
    private static CompletableFuture<String> stage(AsyncFunction<String, String> function) throws Exception {
        return (CompletableFuture<String>)
                Skein.asyncLoader(function).load("key").toCompletableFuture();
    }

    // Ends

    @Test
    void theValueArrives_oncePerFlight_atAllCallers() throws Exception {
        var group = Group.<String, String>create("async");
        var callers = new ArrayList<CompletableFuture<String>>();
        for (int i = 0; i < 20; i++) {
            callers.add(group.loadAsync("key", Skein.asyncLoader(this::fetch)));
        }

        answer.set("value");

        assertThat(callers)
                .allSatisfy(own -> assertThat(own.get(30, TimeUnit.SECONDS)).isEqualTo("value"));
        assertThat(calls).hasValue(1);
    }

    @Test
    void aFutureThatIsDoneAlready_andOneOfNull_areAnswersLikeOthers() throws Exception {
        assertThat(stage(key -> Futures.immediateFuture("done"))).isCompletedWithValue("done");
        assertThat(stage(key -> Futures.immediateFuture(null))).isCompletedWithValue(null);
    }

    @ParameterizedTest
    @MethodSource
    void theFailureArrives_asItIs(Throwable failure) throws Exception {
        var seen = new CompletableFuture<Throwable>();
        var future = stage();
        future.whenComplete((value, e) -> seen.complete(e));
        var group = Group.<String, String>create("async");
        var caller = group.loadAsync("key", Skein.asyncLoader(this::fetch));

        answer.setException(failure);

        assertThat(seen).isCompletedWithValue(failure);
        assertThatThrownBy(() -> caller.get(30, TimeUnit.SECONDS)).cause().isSameAs(failure);
    }

    static Stream<Throwable> theFailureArrives_asItIs() {
        return Stream.of(
                new IOException("down"),
                new IllegalStateException("broken"),
                new AssertionError("wrong"),
                new InterruptedException("somebody else's"));
    }

    @Test
    void theCancellationOfTheFuture_isACancellation() throws Exception {
        var future = stage();
        var dependent = stage().thenApply(value -> value);
        var group = Group.<String, String>create("async");
        var caller = Callers.onThread(() -> {
            try (var cache = CoalescingCache.<String, String>builder("async")
                    .asyncLoader(Skein.asyncLoader(this::fetch))
                    .build()) {
                return cache.get("key");
            }
        });
        var own = group.loadAsync("key", Skein.asyncLoader(this::fetch));
        Callers.awaitTrue(() -> calls.get() == 4);

        answer.cancel(false);

        assertThat(future).isCancelled();
        assertThatThrownBy(() -> future.get(30, TimeUnit.SECONDS)).isInstanceOf(CancellationException.class);
        assertThat(dependent).isCompletedExceptionally();
        assertThatThrownBy(() -> own.get(30, TimeUnit.SECONDS)).isInstanceOf(CancellationException.class);
        assertThat(caller.failure()).isInstanceOf(CancellationException.class);
    }

    // Cancelling

    @Test
    void cancellingTheStage_cancelsTheFuture_withAnInterrupt() throws Exception {
        var future = stage();

        assertThat(future.cancel(false)).isTrue();

        assertThat(future).isCancelled();
        assertThat(answer.isCancelledWithInterrupt()).isTrue();
        assertThat(future.cancel(true)).as("it is cancelled").isTrue();
    }

    @Test
    void cancellingTooLate_doesNothing() throws Exception {
        var future = stage();
        answer.set("value");

        assertThat(future.cancel(true)).isFalse();

        assertThat(future).isCompletedWithValue("value");
    }

    @ParameterizedTest
    @MethodSource
    void whateverElseIsDoneToTheStage_doesNotTouchTheFuture(Consumer<CompletableFuture<String>> deed) throws Exception {
        var future = stage();

        deed.accept(future);

        assertThat(answer.isDone()).isFalse();
        future.cancel(true);
        assertThat(answer.isDone()).as("cancelled after the end").isFalse();
    }

    static Stream<Named<Consumer<CompletableFuture<String>>>> whateverElseIsDoneToTheStage_doesNotTouchTheFuture() {
        return Stream.of(
                Named.of("complete", future -> future.complete("other")),
                Named.of("completeExceptionally", future -> future.completeExceptionally(new IOException())),
                Named.of("cancellation", future -> future.completeExceptionally(new CancellationException())),
                Named.of("obtrudeValue", future -> future.obtrudeValue("other")),
                Named.of("obtrudeException", future -> future.obtrudeException(new CancellationException())),
                Named.of("timeout", future -> {
                    future.orTimeout(1, TimeUnit.NANOSECONDS);
                    Callers.awaitTrue(future::isDone);
                }));
    }

    @Test
    void cancellingADependent_doesNotTouchTheFuture() throws Exception {
        var dependent = stage().thenApply(value -> value);
        var copy = stage().copy();

        dependent.cancel(true);
        copy.cancel(true);

        assertThat(answer.isDone()).isFalse();
    }

    @Test
    void G8_theLastCallerThatLeaves_cancelsTheFuture() {
        var group = Group.<String, String>create("async");
        var first = group.loadAsync("key", Skein.asyncLoader(this::fetch));
        var second = group.loadAsync("key", Skein.asyncLoader(this::fetch));

        first.cancel(true);
        assertThat(answer.isDone()).as("there is another caller").isFalse();
        second.cancel(true);

        assertThat(answer.isCancelledWithInterrupt()).isTrue();
        assertThat(calls).hasValue(1);
    }

    @Test
    void G8_theLastCallerOfACacheThatLeaves_cancelsTheFuture() {
        var cache = CoalescingCache.<String, String>builder("async")
                .ttl(LONG)
                .asyncLoader(Skein.asyncLoader(this::fetch))
                .build();
        var blocking = Callers.onThread(() -> cache.get("key"));
        Callers.awaitTrue(() -> calls.get() == 1);
        var own = cache.getAsync("key");

        own.cancel(true);
        assertThat(answer.isDone()).as("there is another caller").isFalse();
        blocking.giveUp();

        assertThat(blocking.failure()).isInstanceOf(CallerInterruptedException.class);
        assertThat(answer.isCancelledWithInterrupt()).isTrue();
    }

    @Test
    void G6_oneCallersTimeout_doesNotTouchTheFuture() throws Exception {
        var group = Group.<String, String>create("async");
        var patient = group.loadAsync("key", Skein.asyncLoader(this::fetch));
        var impatient = group.loadAsync("key", Skein.asyncLoader(this::fetch)).orTimeout(1, TimeUnit.NANOSECONDS);

        Callers.awaitTrue(impatient::isDone);

        assertThat(answer.isDone()).isFalse();
        answer.set("value");
        assertThat(patient.get(30, TimeUnit.SECONDS)).isEqualTo("value");
    }

    // Faults

    @Test
    @SuppressWarnings("AsyncFunctionReturnsNull") // that is the point
    void noFuture_isAFailureThatSaysSo() {
        AsyncFunction<String, String> function = key -> null;
        var group = Group.<String, String>create("async");

        var own = group.loadAsync("bad\nkey", Skein.asyncLoader(function));

        assertThatThrownBy(() -> own.get(30, TimeUnit.SECONDS))
                .cause()
                .isInstanceOf(NullPointerException.class)
                .hasMessage(function.getClass().getName()
                        + " returned null instead of a ListenableFuture, for key 'bad\\u000akey'");
    }

    @Test
    void aFunctionThatThrows_failsTheLoad() {
        var failure = new IOException("no connection");
        var group = Group.<String, String>create("async");

        var own = group.loadAsync("key", Skein.asyncLoader(key -> {
            throw failure;
        }));

        assertThatThrownBy(() -> own.get(30, TimeUnit.SECONDS)).cause().isSameAs(failure);
    }

    @Test
    void noFunction_failsAtOnce() {
        assertThatThrownBy(() -> Skein.asyncLoader(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("function");
    }

    // Types: that these compile is the test

    @Test
    void functionsOfMoreGeneralKeys_andLambdas_andMoreSpecialValues_fit() {
        AsyncFunction<Object, String> general = this::fetch;
        answer.set("value");

        for (var cache : List.of(
                CoalescingCache.<String, CharSequence>builder("general")
                        .asyncLoader(Skein.asyncLoader(general))
                        .build(),
                CoalescingCache.<String, CharSequence>builder("lambda")
                        .asyncLoader(Skein.asyncLoader(key -> fetch(key.trim())))
                        .build(),
                CoalescingCache.<String, CharSequence>builder("reference")
                        .asyncLoader(Skein.asyncLoader(this::fetch))
                        .build())) {
            assertThat(cache.get("key")).as(cache.name()).isEqualTo("value");
        }
    }
}
