package io.skein.stream;

import static io.skein.Callers.PATIENCE;
import static io.skein.Callers.awaitTrue;
import static io.skein.Callers.onThread;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skein.Callers.Call;
import io.skein.Codec;
import io.skein.Log;
import io.skein.event.FlightEvent;
import io.skein.event.FlightListener;
import io.skein.event.FlightOutcome;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The items of a stream: who gets what, and when. */
class ItemStreamTest {
    /** How items come into a stream. */
    enum Way {
        EMITTED {
            @Override
            <T> Flow.Publisher<T> of(
                    StreamGroup<String> group, String key, Codec<T> codec, ItemLoader<String, T> loader) {
                return group.publisher(key, loader);
            }
        },
        ENCODED {
            @Override
            <T> Flow.Publisher<T> of(
                    StreamGroup<String> group, String key, Codec<T> codec, ItemLoader<String, T> loader) {
                return group.publisher(key, codec, loader);
            }
        },
        RELAYED {
            @Override
            <T> Flow.Publisher<T> of(
                    StreamGroup<String> group, String key, Codec<T> codec, ItemLoader<String, T> loader) {
                return group.relay(
                        key, again -> SOURCE.publisher(group.name() + key, (name, sink) -> loader.load(key, sink)));
            }
        },
        RELAYED_ENCODED {
            @Override
            <T> Flow.Publisher<T> of(
                    StreamGroup<String> group, String key, Codec<T> codec, ItemLoader<String, T> loader) {
                return group.relay(
                        key,
                        codec,
                        again -> SOURCE.publisher(group.name() + key, (name, sink) -> loader.load(key, sink)));
            }
        };

        private static final StreamGroup<String> SOURCE = StreamGroup.create("source");

        abstract <T> Flow.Publisher<T> of(
                StreamGroup<String> group, String key, Codec<T> codec, ItemLoader<String, T> loader);
    }

    /** A loader that emits what the test gives it. */
    private static final class Feed implements ItemLoader<String, Integer> {
        static final int END = -1;

        final AtomicInteger runs = new AtomicInteger();
        final CountDownLatch over = new CountDownLatch(1);
        final AtomicReference<Throwable> thrown = new AtomicReference<>();
        final CompletableFuture<ItemSink<Integer>> sink = new CompletableFuture<>();
        private final BlockingQueue<Integer> items = new LinkedBlockingQueue<>();
        private volatile Exception failure;

        @Override
        public void load(String key, ItemSink<Integer> to) throws Exception {
            runs.incrementAndGet();
            sink.complete(to);
            try {
                for (int item = items.take(); item != END; item = items.take()) {
                    to.emit(item);
                }
                if (failure != null) {
                    throw failure;
                }
            } catch (Throwable e) {
                thrown.set(e);
                throw e;
            } finally {
                over.countDown();
            }
        }

        Feed emit(int... more) {
            IntStream.of(more).forEach(items::add);
            return this;
        }

        Feed end() {
            return emit(END);
        }

        Feed fail(Exception with) {
            failure = with;
            return end();
        }

        void awaitOver() throws InterruptedException {
            assertThat(over.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        }
    }

    private final StreamGroup<String> group = StreamGroup.create("answers");
    private final Feed feed = new Feed();

    @AfterEach
    void close() {
        group.close();
    }

    private static ItemLoader<String, Integer> never() {
        return (key, sink) -> {
            throw new AssertionError("this loader must not run");
        };
    }

    private static <T> Subscribed<T> all(Flow.Publisher<T> publisher) {
        var subscribed = new Subscribed<T>().all();
        publisher.subscribe(subscribed);
        return subscribed;
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void G1_whoComesLate_getsAllFromTheFirst_andThenAlong(Way way) {
        var first = all(way.of(group, "key", Codec.int32(), feed));
        feed.emit(1, 2);
        first.awaitItems(2);
        var second = all(way.of(group, "key", Codec.int32(), never()));
        second.awaitItems(2);
        feed.emit(3).end();

        assertThat(first.ended()).containsExactly(1, 2, 3);
        assertThat(second.ended()).containsExactly(1, 2, 3);
        assertThat(feed.runs).hasValue(1);
        awaitTrue(() -> group.stats().equals(new StreamStats(0, 0, 0, 0, 0)));
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void eachSubscriptionOfOnePublisher_isAReaderOfItsOwn(Way way) {
        var publisher = way.of(group, "key", Codec.int32(), feed);
        assertThat(group.flights()).isEmpty();
        var first = all(publisher);
        var second = all(publisher);
        feed.emit(1).end();

        assertThat(first.ended()).containsExactly(1);
        assertThat(second.ended()).containsExactly(1);
        awaitTrue(() -> group.flights().isEmpty());
        feed.emit(2).end();
        assertThat(all(publisher).ended()).containsExactly(2);
        assertThat(feed.runs).hasValue(2);
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void demandIsHeeded_ofEachSubscriberOnItsOwn(Way way) throws Exception {
        var publisher = way.of(group, "key", Codec.int32(), feed);
        var slow = new Subscribed<Integer>();
        publisher.subscribe(slow);
        var fast = all(publisher);
        feed.emit(1, 2, 3);
        fast.awaitItems(3);
        assertThat(slow.items).isEmpty();

        slow.subscription.request(1);
        slow.awaitItems(1);
        feed.emit(4).end();
        assertThat(fast.ended()).containsExactly(1, 2, 3, 4);
        slow.subscription.request(2);
        slow.awaitItems(3);
        assertThat(slow.isEnded()).isFalse();
        slow.subscription.request(1);
        assertThat(slow.ended()).containsExactly(1, 2, 3, 4);
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void theEndIsTold_withoutDemand(Way way) {
        var none = new Subscribed<Integer>();
        way.of(group, "key", Codec.int32(), feed).subscribe(none);
        var exact = new Subscribed<Integer>();
        way.of(group, "exact", Codec.int32(), (String key, ItemSink<Integer> sink) -> sink.emit(1))
                .subscribe(exact);
        exact.subscription.request(1);
        feed.end();

        assertThat(none.ended()).isEmpty();
        assertThat(exact.ended()).containsExactly(1);
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void G5_aFailure_comesAfterWhatWasEmittedBefore(Way way) {
        var failure = new IOException("the model is tired");
        var first = all(way.of(group, "key", Codec.int32(), feed));
        var second = all(way.of(group, "key", Codec.int32(), never()));
        feed.emit(1).fail(failure);

        assertThat(first.ended()).containsExactly(1);
        assertThat(second.ended()).containsExactly(1);
        assertThat(first.failure).isSameAs(failure);
        assertThat(second.failure).isSameAs(failure);
        awaitTrue(() -> group.flights().isEmpty());
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void G8_theLastSubscriber_cancelsTheLoader(Way way) throws Exception {
        var first = all(way.of(group, "key", Codec.int32(), feed));
        var second = all(way.of(group, "key", Codec.int32(), never()));
        feed.emit(1);
        first.awaitItems(1);
        first.subscription.cancel();
        first.subscription.cancel();
        feed.emit(2);
        second.awaitItems(2);
        second.subscription.cancel();

        feed.awaitOver();
        assertThat(feed.sink.get().isCancelled()).isTrue();
        assertThatThrownBy(() -> feed.sink.get().emit(3)).isInstanceOf(CancellationException.class);
        awaitTrue(() -> group.stats().equals(new StreamStats(0, 0, 0, 0, 0)));
        assertThat(all(way.of(group, "key", Codec.int32(), (String key, ItemSink<Integer> sink) -> sink.emit(7)))
                        .ended())
                .containsExactly(7);
    }

    @RepeatedTest(300)
    void subscribersThatComeAndGo_getAllOrLeave() throws Exception {
        int items = 500;
        ItemLoader<String, Integer> loader = (key, sink) -> {
            for (int i = 0; i < items; i++) {
                sink.emit(i);
            }
        };
        var calls = new ArrayList<Call<Void>>();
        for (int i = 0; i < 4; i++) {
            boolean leaves = i == 3;
            calls.add(onThread(() -> {
                var subscribed = new Subscribed<Integer>();
                group.publisher("key", loader).subscribe(subscribed);
                if (leaves) {
                    subscribed.subscription.request(10);
                    subscribed.awaitItems(10);
                    subscribed.subscription.cancel();
                } else {
                    for (int asked = 0; asked < items; asked += 50) {
                        subscribed.subscription.request(50);
                    }
                    assertThat(subscribed.ended())
                            .containsExactlyElementsOf(
                                    IntStream.range(0, items).boxed().toList());
                    assertThat(subscribed.complete).isTrue();
                }
                return null;
            }));
        }
        for (var call : calls) {
            call.get();
        }
        awaitTrue(() -> group.stats().equals(new StreamStats(0, 0, 0, 0, 0)));
    }

    @Test
    void maxItemsAhead_holdsTheLoaderToTheFastestSubscriber() throws Exception {
        try (var bounded =
                StreamGroup.<String>builder("bounded").maxItemsAhead(3).build()) {
            var fast = new Subscribed<Integer>();
            bounded.publisher("key", feed.emit(1, 2, 3, 4, 5, 6, 7).end()).subscribe(fast);
            awaitTrue(() -> feed.items.size() == 4); // of eight: three are there, and one is being emitted
            assertThat(feed.over.getCount()).isEqualTo(1);

            fast.subscription.request(2);
            fast.awaitItems(2);
            awaitTrue(() -> feed.items.size() == 2);
            var slow = all(bounded.publisher("key", never()));
            assertThat(slow.ended()).containsExactly(1, 2, 3, 4, 5, 6, 7);
            fast.subscription.request(100);
            assertThat(fast.ended()).containsExactly(1, 2, 3, 4, 5, 6, 7);
        }
    }

    @Test
    void maxItemsAhead_isAllThatAPublisherIsAskedFor() {
        try (var bounded =
                StreamGroup.<String>builder("bounded").maxItemsAhead(3).build()) {
            var asked = new AtomicLong();
            var most = new AtomicLong();
            Flow.Publisher<Integer> numbers = subscriber -> subscriber.onSubscribe(new Flow.Subscription() {
                private int next;

                @Override
                public void request(long count) {
                    asked.addAndGet(count);
                    most.accumulateAndGet(count, Math::max);
                    for (long i = 0; i < count && next < 100; i++) {
                        subscriber.onNext(next++);
                        if (next == 100) {
                            subscriber.onComplete();
                        }
                    }
                }

                @Override
                public void cancel() {}
            });
            var subscribed = new Subscribed<Integer>();
            bounded.relay("key", key -> numbers).subscribe(subscribed);
            awaitTrue(() -> asked.get() == 3);
            subscribed.subscription.request(2);
            subscribed.awaitItems(2);
            subscribed.subscription.request(1000);

            assertThat(subscribed.ended()).hasSize(100);
            assertThat(most).hasValueLessThanOrEqualTo(3);
        }
    }

    @Test
    void maxItems_isTheEndOfAStream_withAHint() {
        try (var bounded = StreamGroup.<String>builder("bounded").maxItems(2).build()) {
            var subscribed = all(bounded.publisher("key", feed.emit(1, 2, 3).end()));

            assertThat(subscribed.ended()).containsExactly(1, 2);
            assertThat(subscribed.failure)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage(
                            "more than maxItems 2 of key 'key' of group 'bounded': allow more, or give a codec, with "
                                    + "which they are kept in a file");
            assertThat(feed.thrown.get()).isSameAs(subscribed.failure);
            assertThat(all(bounded.publisher("key", Codec.int32(), (String key, ItemSink<Integer> sink) -> {
                                for (int i = 0; i < 5; i++) {
                                    sink.emit(i);
                                }
                            }))
                            .ended())
                    .hasSize(5);
        }
    }

    @Test
    void withACodec_manyItemsAreInAFile_andEachSubscriberHasItsOwn() throws Exception {
        try (var small = StreamGroup.<String>builder("small").memoryLimit(0).build()) {
            var publisher = small.publisher("key", Codec.utf8(), (String key, ItemSink<String> sink) -> {
                for (int i = 0; i < 20_000; i++) {
                    sink.emit("item " + i + " " + "x".repeat(i % 97));
                }
                feed.load(key, new ItemSink<>() {
                    @Override
                    public void emit(Integer item) {
                        sink.emit("" + item);
                    }

                    @Override
                    public boolean isCancelled() {
                        return sink.isCancelled();
                    }
                });
            });
            var first = all(publisher);
            first.awaitItems(20_000);
            var second = all(publisher);
            second.awaitItems(20_000);
            assertThat(small.stats().onDisk()).isGreaterThan(1_000_000);
            feed.emit(1).end();

            assertThat(second.ended()).isEqualTo(first.ended());
            assertThat(first.items.get(12_345)).isEqualTo("item 12345 " + "x".repeat(12_345 % 97));
            assertThat(second.items.get(777)).isNotSameAs(first.items.get(777));
        }
    }

    @Test
    void aCodecThatFails_failsTheLoader_orTheOneSubscriber() {
        Codec<Integer> bad = Codec.of(
                number -> {
                    if (number == 3) {
                        throw new IllegalArgumentException("cannot write 3");
                    }
                    return new byte[] {(byte) (int) number};
                },
                bytes -> {
                    if (bytes[0] == 2) {
                        throw new IllegalArgumentException("cannot read 2");
                    }
                    return (int) bytes[0];
                });
        var subscribed = all(group.publisher("key", bad, (String key, ItemSink<Integer> sink) -> {
            sink.emit(1);
            sink.emit(3);
        }));
        assertThat(subscribed.ended()).containsExactly(1);
        assertThat(subscribed.failure).hasMessage("cannot write 3");

        subscribed = all(group.publisher("other", bad, feed));
        feed.emit(1, 2, 1).end();
        assertThat(subscribed.ended()).containsExactly(1);
        assertThat(subscribed.failure).hasMessage("cannot read 2");
    }

    @Test
    void aSlowSubscriber_holdsUpNobody() throws Exception {
        var gate = new CountDownLatch(1);
        var got = new CompletableFuture<Integer>();
        group.publisher("key", feed).subscribe(new Flow.Subscriber<>() {
            @Override
            public void onSubscribe(Flow.Subscription subscription) {
                subscription.request(Long.MAX_VALUE);
            }

            @Override
            public void onNext(Integer item) {
                try {
                    gate.await();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            }

            @Override
            public void onError(Throwable failure) {}

            @Override
            public void onComplete() {
                got.complete(1);
            }
        });
        var fast = all(group.publisher("key", never()));
        feed.emit(1, 2, 3).end();

        assertThat(fast.ended()).containsExactly(1, 2, 3);
        assertThat(got).isNotDone();
        gate.countDown();
        assertThat(got.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo(1);
    }

    @Test
    void aSubscriberThatThrows_isCancelled_andLogged() {
        try (var log = new Log(StreamGroup.class)) {
            group.publisher("key", feed).subscribe(new Flow.Subscriber<>() {
                @Override
                public void onSubscribe(Flow.Subscription subscription) {
                    subscription.request(Long.MAX_VALUE);
                }

                @Override
                public void onNext(Integer item) {
                    throw new IllegalStateException("of the subscriber, on purpose");
                }

                @Override
                public void onError(Throwable failure) {}

                @Override
                public void onComplete() {}
            });
            var other = all(group.publisher("key", never()));
            feed.emit(1, 2);
            other.awaitItems(2);
            awaitTrue(() -> group.stats().readers() == 1);
            feed.end();

            assertThat(other.ended()).containsExactly(1, 2);
            assertThat(log.records()).hasSize(1);
            assertThat(log.records().get(0).getMessage())
                    .contains("of key 'key' of group 'answers' failed, and is cancelled");
        }
    }

    @Test
    void badArguments_failAtOnce() {
        assertThatThrownBy(() -> group.publisher(null, feed)).hasMessage("key is null, for group 'answers'");
        assertThatThrownBy(() -> group.publisher("key", (ItemLoader<String, Integer>) null))
                .hasMessage("loader is null, for key 'key' of group 'answers'");
        assertThatThrownBy(() -> group.relay("key", null))
                .hasMessage("loader is null, for key 'key' of group 'answers'");
        assertThatThrownBy(() -> group.publisher("key", null, feed)).hasMessage("codec");
        assertThatThrownBy(() -> group.publisher("key", feed).subscribe(null)).hasMessage("subscriber");
        var subscribed = all(group.publisher("key", (String key, ItemSink<Integer> sink) -> sink.emit(null)));
        assertThat(subscribed.ended()).isEmpty();
        assertThat(subscribed.failure).isInstanceOf(NullPointerException.class).hasMessage("item");
    }

    @Test
    void noPublisher_isAFailure() {
        var subscribed = all(group.<Integer>relay("key", key -> null));

        assertThat(subscribed.ended()).isEmpty();
        assertThat(subscribed.failure)
                .isInstanceOf(NullPointerException.class)
                .hasMessage("there is no publisher, but null, for key 'key' of group 'answers'");
    }

    @Test
    void noThreadForASubscriber_isAFailureOfThatOne() {
        var failure = new RejectedExecutionException("full");
        try (var rejected = StreamGroup.<String>builder("rejected")
                .subscriberExecutor(task -> {
                    throw failure;
                })
                .build()) {
            var subscribed = all(rejected.publisher("key", feed));

            assertThat(subscribed.ended()).isEmpty();
            assertThat(subscribed.failure).isSameAs(failure);
            assertThat(rejected.stats().readers()).isZero();
        }
    }

    @Test
    void onADirectExecutor_aSubscriberMaySubscribeAgain_andAskOneByOne() {
        try (var direct = StreamGroup.<String>builder("direct")
                .executor(Runnable::run)
                .subscriberExecutor(Runnable::run)
                .maxItems(2_000_000)
                .build()) {
            var got = new AtomicInteger();
            var done = new CompletableFuture<Integer>();
            direct.publisher("key", (String key, ItemSink<Integer> sink) -> {
                        for (int i = 0; i < 2_000_000; i++) {
                            sink.emit(i);
                        }
                    })
                    .subscribe(new Flow.Subscriber<>() {
                        private Flow.Subscription own;

                        @Override
                        public void onSubscribe(Flow.Subscription subscription) {
                            own = subscription;
                            subscription.request(1);
                        }

                        @Override
                        public void onNext(Integer item) {
                            got.incrementAndGet();
                            own.request(1); // must not go deeper and deeper
                        }

                        @Override
                        public void onError(Throwable failure) {
                            done.completeExceptionally(failure);
                        }

                        @Override
                        public void onComplete() {
                            done.complete(got.get());
                        }
                    });

            assertThat(done).isCompletedWithValue(2_000_000);
        }
    }

    @Test
    void relay_followsAPublisherOfTheJdk() {
        var source = new SubmissionPublisher<Integer>();
        var first = all(group.relay("key", key -> source));
        awaitTrue(source::hasSubscribers);
        source.submit(1);
        first.awaitItems(1);
        var second = all(group.relay("key", key -> source));
        source.submit(2);
        source.close();

        assertThat(first.ended()).containsExactly(1, 2);
        assertThat(second.ended()).containsExactly(1, 2);
        assertThat(source.getNumberOfSubscribers()).isZero();
    }

    @Test
    void relay_cancelsThePublisher_whenTheLastSubscriberLeaves() {
        try (var source = new SubmissionPublisher<Integer>()) {
            var only = all(group.relay("key", key -> source));
            awaitTrue(source::hasSubscribers);
            source.submit(1);
            only.awaitItems(1);
            only.subscription.cancel();

            awaitTrue(() -> {
                source.submit(2);
                return source.getNumberOfSubscribers() == 0;
            });
        }
    }

    @Test
    void relay_thatIsAbandonedBeforeItRuns_asksNobody() {
        var tasks = new LinkedBlockingQueue<Runnable>();
        var asked = new AtomicInteger();
        try (var late = StreamGroup.<String>builder("late").executor(tasks::add).build()) {
            var only = all(late.<Integer>relay("key", key -> {
                asked.incrementAndGet();
                return endless(new AtomicInteger(), new AtomicInteger());
            }));
            awaitTrue(() -> !tasks.isEmpty());
            only.subscription.cancel();
            awaitTrue(() -> late.flights().isEmpty());
            tasks.forEach(Runnable::run);
            assertThat(asked).hasValue(0);
        }
    }

    /** One that emits as much as it is asked for, at once, on the thread that asks. */
    private static Flow.Publisher<Integer> endless(AtomicInteger emitted, AtomicInteger cancelled) {
        return subscriber -> subscriber.onSubscribe(new Flow.Subscription() {
            private volatile boolean isCancelled;

            @Override
            public void request(long count) {
                for (long i = 0; i < count && !isCancelled; i++) {
                    subscriber.onNext(emitted.incrementAndGet());
                }
            }

            @Override
            public void cancel() {
                isCancelled = true;
                cancelled.incrementAndGet();
            }
        });
    }

    @RepeatedTest(50)
    void relay_ofAPublisherThatNeverEnds_isCancelledByTheLastSubscriber_boundedOrNot() {
        var outcomes = new CopyOnWriteArrayList<FlightOutcome>();
        var listener = new FlightListener() {
            @Override
            public void onLanding(FlightEvent flight, FlightOutcome outcome, Throwable failure) {
                outcomes.add(outcome);
            }
        };
        for (var builder : List.of(
                StreamGroup.<String>builder("bounded").maxItemsAhead(10),
                StreamGroup.<String>builder("unbounded").maxItems(Integer.MAX_VALUE))) {
            try (var any = builder.listener(listener).build()) {
                var emitted = new AtomicInteger();
                var cancelled = new AtomicInteger();
                var only = new Subscribed<Integer>();
                any.relay("key", key -> endless(emitted, cancelled)).subscribe(only);
                only.subscription.request(5);
                only.awaitItems(5);
                only.subscription.cancel();
                awaitTrue(() -> cancelled.get() == 1);
                awaitTrue(() -> any.stats().equals(new StreamStats(0, 0, 0, 0, 0)));
                int then = emitted.get();
                only.subscription.request(5);
                assertThat(emitted.get()).isLessThanOrEqualTo(then + 1);
            }
        }
        awaitTrue(() -> outcomes.equals(List.of(FlightOutcome.CANCELLED, FlightOutcome.CANCELLED)));
    }

    @Test
    void relay_anInterruptOfTheFirstSubscribersThread_hurtsNobody() {
        Thread.currentThread().interrupt();
        Subscribed<Integer> first;
        try {
            first = all(group.relay("key", key -> Way.SOURCE.publisher("interrupted", feed)));
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
        var second = all(group.<Integer>relay("key", key -> null));
        feed.emit(1).end();

        assertThat(first.ended()).containsExactly(1);
        assertThat(second.ended()).containsExactly(1);
    }

    @Test
    void keepFor_laterSubscribersGetAllAgain() {
        try (var keeping =
                StreamGroup.<String>builder("keeping").keepFor(PATIENCE).build()) {
            assertThat(all(keeping.publisher("key", feed.emit(1, 2).end())).ended())
                    .containsExactly(1, 2);

            assertThat(all(keeping.publisher("key", never())).ended()).containsExactly(1, 2);
            assertThat(keeping.forget("key")).isTrue();
            assertThat(all(keeping.publisher("key", (String key, ItemSink<Integer> sink) -> sink.emit(3)))
                            .ended())
                    .containsExactly(3);
        }
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void G15_close_failsSubscribers(Way way) throws Exception {
        var waiting = all(way.of(group, "key", Codec.int32(), feed));
        feed.emit(1);
        waiting.awaitItems(1);
        var unread = new Subscribed<Integer>();
        way.of(group, "key", Codec.int32(), never()).subscribe(unread);
        group.close();

        assertThat(waiting.ended()).containsExactly(1);
        assertThat(waiting.failure).isNotNull();
        unread.subscription.request(1);
        assertThat(unread.ended()).isEmpty();
        assertThat(unread.failure).isInstanceOf(IOException.class);
        feed.awaitOver();
        var late = all(way.of(group, "key", Codec.int32(), never()));
        assertThat(late.failure).isInstanceOf(IllegalStateException.class);
        assertThat(List.copyOf(late.items)).isEmpty();
    }
}
