package io.skein.stream;

import static io.skein.Callers.PATIENCE;
import static io.skein.Callers.awaitParked;
import static io.skein.Callers.awaitTrue;
import static io.skein.Callers.onThread;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.skein.Callers.Call;
import io.skein.LoadCycleException;
import io.skein.LoadRejectedException;
import io.skein.LoadTimeoutException;
import io.skein.ManualClock;
import io.skein.VirtualThreads;
import io.skein.event.FlightEvent;
import io.skein.event.FlightListener;
import io.skein.event.FlightOutcome;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The bytes of a stream: who reads what, and who is told what. */
class StreamTest {
    /** A loader that writes what the test gives it, until it is told to return or throw. */
    static final class Pen implements StreamLoader<String> {
        private interface Stroke {
            /** False to return. */
            boolean on(OutputStream out) throws Exception;
        }

        final AtomicInteger runs = new AtomicInteger();
        final AtomicInteger interrupts = new AtomicInteger();
        final AtomicReference<Throwable> failure = new AtomicReference<>();
        final CountDownLatch over = new CountDownLatch(1);
        private final BlockingQueue<Stroke> strokes = new LinkedBlockingQueue<>();

        @Override
        public void load(String key, OutputStream out) throws Exception {
            runs.incrementAndGet();
            try {
                while (strokes.take().on(out)) {}
            } catch (InterruptedException e) {
                interrupts.incrementAndGet();
                throw e;
            } catch (Throwable e) {
                failure.set(e);
                throw e;
            } finally {
                over.countDown();
            }
        }

        Pen write(String text) {
            return write(text.getBytes(UTF_8));
        }

        Pen write(byte[] bytes) {
            strokes.add(out -> {
                out.write(bytes);
                return true;
            });
            return this;
        }

        Pen end() {
            strokes.add(out -> false);
            return this;
        }

        Pen fail(Exception failure) {
            strokes.add(out -> {
                throw failure;
            });
            return this;
        }

        Pen fail(Error failure) {
            strokes.add(out -> {
                throw failure;
            });
            return this;
        }

        void awaitOver() throws InterruptedException {
            assertThat(over.await(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .as("the loader is over")
                    .isTrue();
        }
    }

    private final StreamGroup<String> group = StreamGroup.create("exports");
    private final Pen pen = new Pen();

    @AfterEach
    void close() {
        group.close();
    }

    private static String text(InputStream in) throws IOException {
        return new String(in.readAllBytes(), UTF_8);
    }

    private static String text(InputStream in, int count) throws IOException {
        return new String(in.readNBytes(count), UTF_8);
    }

    private static Call<String> reading(InputStream in) {
        return onThread(() -> text(in));
    }

    private static StreamLoader<String> never() {
        return (key, out) -> {
            throw new AssertionError("this loader must not run");
        };
    }

    // One run, for all

    @Test
    void oneReader_getsWhatIsWritten() throws IOException {
        try (var in = group.open("key", (key, out) -> out.write((key + "!").getBytes(UTF_8)))) {
            assertThat(text(in)).isEqualTo("key!");
            assertThat(in.read()).isEqualTo(-1);
            assertThat(in.read(new byte[3])).isEqualTo(-1);
            assertThat(in.available()).isZero();
            assertThat(in.skip(1)).isZero();
        }
    }

    @Test
    void nothingWritten_isAnEmptyStream() throws IOException {
        assertThat(text(group.open("key", (key, out) -> {}))).isEmpty();
    }

    @Test
    void G1_whoComesLate_readsFromTheFirstByte_andThenAlong() throws IOException {
        var first = group.open("key", pen);
        pen.write("one ");
        assertThat(text(first, 4)).isEqualTo("one ");

        var second = group.open("key", never());
        assertThat(text(second, 4)).isEqualTo("one ");
        pen.write("two").end();

        assertThat(text(first)).isEqualTo("two");
        assertThat(text(second)).isEqualTo("two");
        assertThat(pen.runs).hasValue(1);
    }

    @RepeatedTest(200)
    void G1_readersThatComeAtOnce_startOneLoader() throws Exception {
        var start = new CountDownLatch(1);
        var calls = new ArrayList<Call<String>>();
        for (int i = 0; i < 8; i++) {
            calls.add(onThread(() -> {
                start.await();
                return text(group.open("key", pen));
            }));
        }
        start.countDown();
        awaitTrue(() -> group.stats().readers() == 8);
        pen.write("value").end();

        for (var call : calls) {
            assertThat(call.get()).isEqualTo("value");
        }
        assertThat(pen.runs).hasValue(1);
    }

    @Test
    void G2_nothingIsRemembered() throws Exception {
        for (int i = 0; i < 10_000; i++) {
            try (var in = group.open("key " + i, (key, out) -> out.write(key.getBytes(UTF_8)))) {
                assertThat(text(in)).isEqualTo("key " + i);
            }
        }

        awaitTrue(() -> group.stats().equals(new StreamStats(0, 0, 0, 0, 0)));
        assertThat(group.flights()).isEmpty();
        assertThat(text(group.open("key", (key, out) -> out.write('1')))).isEqualTo("1");
        awaitTrue(() -> group.flights().isEmpty());
        assertThat(text(group.open("key", (key, out) -> out.write('2')))).isEqualTo("2");
    }

    @Test
    void keysHaveStreamsOfTheirOwn_andItemsAnother() throws IOException {
        var other = new Pen();
        var a = group.open("a", pen);
        var b = group.open("b", other);
        var items = new Subscribed<String>();
        group.publisher("a", (String key, ItemSink<String> sink) -> sink.emit("item"))
                .subscribe(items.all());
        pen.write("of a").end();
        other.write("of b").end();

        assertThat(text(a)).isEqualTo("of a");
        assertThat(text(b)).isEqualTo("of b");
        assertThat(items.ended()).containsExactly("item");
    }

    @Test
    void whatIsWritten_isReadAtOnce_withoutAFlush() throws IOException {
        var in = group.open("key", pen);
        for (int i = 0; i < 100; i++) {
            pen.write("" + i % 10);
            assertThat(in.read()).isEqualTo('0' + i % 10);
        }
        pen.end();
        assertThat(in.read()).isEqualTo(-1);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 5_000, 20_000, 100_000, 1 << 20, Long.MAX_VALUE})
    void everyPositionIsRead_whereverItIs(long memoryLimit) throws IOException {
        try (var limited =
                StreamGroup.<String>builder("limited").memoryLimit(memoryLimit).build()) {
            int size = 700_001;
            var bytes = Pattern.bytes(0, size);
            var first = limited.open("key", (key, out) -> {
                int at = 0;
                for (int step = 1; at < size; step = step * 3 % 10_007 + 1) { // whatever sizes
                    int some = Math.min(step, size - at);
                    out.write(bytes, at, some);
                    at += some;
                }
                out.write(7);
            });
            assertThat(first.readNBytes(size)).isEqualTo(bytes);
            var second = limited.open("key", (key, out) -> out.write(bytes)); // the first again, or another run
            assertThat(second.skip(10)).isPositive();
            assertThat(first.read()).isEqualTo(7);
            assertThat(first.read()).isEqualTo(-1);
            second.close();
        }
    }

    @Test
    void skip_passesOver_andAvailableTells() throws IOException {
        var in = group.open("key", pen);
        pen.write("0123456789");
        assertThat(in.read()).isEqualTo('0');
        assertThat(in.available()).isEqualTo(9);

        assertThat(in.skip(3)).isEqualTo(3);
        assertThat(in.skip(-1)).isZero();
        assertThat(in.read()).isEqualTo('4');
        assertThat(in.skip(100)).isEqualTo(5);
        assertThat(in.available()).isZero();
        var skipping = onThread(() -> in.skip(100));
        awaitParked(skipping.thread());
        pen.write("ab").end();

        assertThat(skipping.get()).isEqualTo(1);
        assertThat(in.read()).isEqualTo('b');
        assertThat(in.skip(1)).isZero();
    }

    @Test
    void badArguments_failAtOnce_andHurtNobody() throws IOException {
        var in = group.open("key", pen);
        assertThatThrownBy(() -> in.read(new byte[2], 1, 2)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> in.read(null, 0, 0)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> group.open(null, pen)).hasMessage("key is null, for group 'exports'");
        assertThatThrownBy(() -> group.open("key", null))
                .hasMessage("loader is null, for key 'key' of group 'exports'");
        pen.write("value").end();
        assertThat(in.read(new byte[0])).isZero();
        assertThat(text(in)).isEqualTo("value");
    }

    // Failures

    @Test
    void G5_aFailure_reachesEveryReader_afterWhatWasWrittenBefore() throws Exception {
        var failure = new IllegalStateException("no more rows");
        var first = group.open("key", pen);
        var second = group.open("key", never());
        pen.write("one two").fail(failure);
        pen.awaitOver();

        for (var in : List.of(first, second)) {
            assertThat(text(in, 7)).isEqualTo("one two");
            for (int again = 0; again < 2; again++) {
                assertThatThrownBy(in::read)
                        .isInstanceOf(IOException.class)
                        .hasMessageStartingWith("streaming key 'key' of group 'exports' failed: ")
                        .hasCause(failure);
            }
        }
        awaitTrue(() -> group.flights().isEmpty());
        assertThat(text(group.open("key", (key, out) -> out.write('!')))).isEqualTo("!");
    }

    @Test
    void G5_anError_isAFailureLikeAnyOther() {
        var failure = new StackOverflowError();
        var in = group.open("key", pen.fail(failure));

        assertThatThrownBy(in::readAllBytes).isInstanceOf(IOException.class).hasCause(failure);
    }

    @Test
    void G5_anExecutorThatRejects_isAFailure() {
        var failure = new RejectedExecutionException("full");
        try (var rejected = StreamGroup.<String>builder("rejected")
                .executor(task -> {
                    throw failure;
                })
                .build()) {
            var in = rejected.open("key", never());

            assertThatThrownBy(in::read).isInstanceOf(IOException.class).hasCause(failure);
            assertThat(rejected.stats()).isEqualTo(new StreamStats(0, 0, 0, 0, 0));
        }
    }

    @Test
    void aLoaderMayClose_andFailNevertheless() throws Exception {
        var in = group.open("key", (key, out) -> {
            out.write('1');
            out.close();
            try {
                out.write('2');
            } catch (IOException e) {
                assertThat(e).hasMessage("closed by the loader, of key 'key' of group 'exports'");
            }
            out.flush();
            out.close();
            throw new IllegalStateException("after all");
        });
        assertThat(in.read()).isEqualTo('1');
        assertThatThrownBy(in::read).hasRootCauseMessage("after all");
    }

    @RepeatedTest(200)
    void G2_whoHasReadTheEnd_andComesBack_getsANewRun() throws Exception {
        var other = group.open("key", pen.write("1")); // holds on to the first
        pen.fail(new IOException("broken"));
        var first = group.open("key", never());
        assertThatThrownBy(first::readAllBytes).isInstanceOf(IOException.class);

        var second = group.open("key", (key, out) -> out.write('2'));
        assertThat(text(second)).isEqualTo("2");
        assertThat(text(group.open("key", (key, out) -> out.write('3')))).isEqualTo("3");
        assertThat(other.read()).isEqualTo('1');
    }

    // Leaving

    @Test
    void G6_aReaderThatLeaves_disturbsNobody() throws Exception {
        var stays = group.open("key", pen);
        var leaves = group.open("key", never());
        pen.write("one ");
        assertThat(text(leaves, 4)).isEqualTo("one ");
        leaves.close();
        leaves.close();
        pen.write("two").end();

        assertThat(text(stays)).isEqualTo("one two");
        assertThatThrownBy(leaves::read)
                .isInstanceOf(IOException.class)
                .hasMessage("this reader of key 'key' of group 'exports' is closed");
        assertThatThrownBy(leaves::available).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> leaves.skip(1)).isInstanceOf(IOException.class);
    }

    @RepeatedTest(100)
    void G6_anInterrupt_endsOneReadersWait() throws Exception {
        var in = group.open("key", pen);
        var interrupted = onThread(() -> {
            var own = group.open("key", never());
            var failure = catchThrowable(own::read);
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
            own.close();
            throw failure;
        });
        awaitParked(interrupted.thread());
        interrupted.thread().interrupt();

        assertThat(interrupted.failure())
                .isInstanceOf(InterruptedIOException.class)
                .hasMessage("interrupted while reading key 'key' of group 'exports'");
        pen.write("value").end();
        assertThat(text(in)).isEqualTo("value");
    }

    @Test
    void anInterruptedThread_readsWhatIsThere() throws Exception {
        var in = group.open("key", pen.write("value"));
        awaitTrue(() -> in.available() == 5);
        Thread.currentThread().interrupt();
        try {
            assertThat(text(in, 5)).isEqualTo("value");
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @RepeatedTest(100)
    void closing_endsAReadThatWaits() throws IOException {
        var in = group.open("key", pen);
        var waiting = onThread(in::read);
        awaitParked(waiting.thread());
        in.close();

        assertThat(waiting.failure())
                .isInstanceOf(IOException.class)
                .hasMessage("this reader of key 'key' of group 'exports' is closed");
    }

    @RepeatedTest(200)
    void G8_theLastReader_cancelsTheLoader_andTheKeyIsFree() throws Exception {
        var first = group.open("key", pen);
        var second = group.open("key", never());
        pen.write("one");
        assertThat(text(first, 3)).isEqualTo("one");
        first.close();
        assertThat(pen.interrupts).hasValue(0);
        second.close();

        var next = group.open("key", (key, out) -> out.write("new".getBytes(UTF_8)));
        assertThat(text(next)).isEqualTo("new");
        pen.awaitOver();
        assertThat(pen.interrupts).hasValue(1);
        assertThat(pen.runs).hasValue(1);
    }

    @RepeatedTest(300)
    void G8_whoComesAsTheLastLeaves_getsAWholeStream() throws Exception {
        var last = group.open("key", pen);
        var other = new Pen().write("value").end();
        var leaving = onThread(() -> {
            last.close();
            return null;
        });
        var in = group.open("key", other);
        leaving.get();
        pen.write("value").end(); // if it has joined in time

        assertThat(text(in)).isEqualTo("value");
        if (other.runs.get() == 1) {
            awaitTrue(() -> pen.runs.get() == pen.interrupts.get() + (pen.failure.get() == null ? 0 : 1));
        } else {
            assertThat(pen.interrupts).hasValue(0);
        }
    }

    @Test
    void G8_writingFailsAtOnce_whenNobodyReads_evenForALoaderThatIsDeaf() throws Exception {
        var entered = new CountDownLatch(1);
        var left = new CountDownLatch(1);
        var failure = new CompletableFuture<Throwable>();
        var in = group.open("key", (key, out) -> {
            entered.countDown();
            boolean deaf = true;
            while (deaf) {
                try {
                    left.await();
                    deaf = false;
                } catch (InterruptedException e) {
                    // deaf
                }
            }
            failure.complete(catchThrowable(() -> out.write(1)));
        });
        entered.await();
        in.close();
        left.countDown();

        assertThat(failure.get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("nothing is wanted any more of key 'key' of group 'exports'")
                .hasCauseInstanceOf(CancellationException.class);
    }

    @Test
    void G8_withoutCancelling_theLoaderGoesOn_andCanBeJoined() throws Exception {
        try (var patient = StreamGroup.<String>builder("patient")
                .cancelWhenAbandoned(false)
                .maxAhead(1)
                .build()) {
            patient.open("key", pen).close();
            pen.write("value");
            var in = patient.open("key", never());
            assertThat(text(in, 5)).isEqualTo("value");
            in.close();
            pen.end();
            pen.awaitOver();

            assertThat(pen.interrupts).hasValue(0);
            awaitTrue(() -> patient.stats().equals(new StreamStats(0, 0, 0, 0, 0)));
        }
    }

    @Test
    void aReaderThatIsGarbage_leaves() throws Exception {
        openAndLose();

        awaitTrue(() -> {
            System.gc();
            return pen.over.getCount() == 0;
        });
        assertThat(pen.interrupts).hasValue(1);
    }

    private void openAndLose() throws IOException {
        var lost = group.open("key", pen.write("value"));
        assertThat(text(lost, 5)).isEqualTo("value");
    }

    // Time

    @Test
    void G9_readTimeout_countsFromEachRead_andTheReaderMayGoOn() throws IOException {
        var clock = new ManualClock();
        try (var timed = StreamGroup.<String>builder("timed")
                .readTimeout(Duration.ofSeconds(5))
                .ticker(clock)
                .build()) {
            var in = timed.open("key", pen);
            var waiting = onThread(in::read);
            awaitParked(waiting.thread());
            clock.pass(Duration.ofSeconds(4));
            pen.write("a");
            assertThat(waiting.get()).isEqualTo('a');
            waiting = onThread(in::read);
            awaitParked(waiting.thread());
            clock.pass(Duration.ofSeconds(5));

            assertThat(waiting.failure())
                    .isInstanceOf(ReadTimeoutException.class)
                    .hasMessage("nothing came within readTimeout PT5S, reading key 'key' of group 'timed'");
            pen.write("b").end();
            assertThat(text(in)).isEqualTo("b");
        }
    }

    @Test
    void G9_readTimeout_byTheSystemsClock() {
        try (var timed = StreamGroup.<String>builder("timed")
                .readTimeout(Duration.ofMillis(5))
                .build()) {
            var in = timed.open("key", pen);

            assertThatThrownBy(in::read).isInstanceOf(ReadTimeoutException.class);
        }
    }

    @RepeatedTest(100)
    void G9_loadTimeout_failsAllReaders_afterWhatWasWritten() throws Exception {
        var clock = new ManualClock();
        try (var timed = StreamGroup.<String>builder("timed")
                .loadTimeout(Duration.ofSeconds(5))
                .ticker(clock)
                .build()) {
            var in = timed.open("key", pen);
            pen.write("one");
            awaitTrue(() -> in.available() == 3);
            clock.pass(Duration.ofSeconds(5));

            assertThat(text(in, 3)).isEqualTo("one");
            assertThatThrownBy(in::read).isInstanceOf(IOException.class).hasCauseInstanceOf(LoadTimeoutException.class);
            pen.awaitOver();
            assertThat(pen.interrupts).hasValue(1);
            assertThat(text(timed.open("key", (key, out) -> out.write('!')))).isEqualTo("!");
        }
    }

    @Test
    void G14_aStuckStream_isReported_andForgotten() throws Exception {
        var clock = new ManualClock();
        var stuck = new CopyOnWriteArrayList<FlightEvent>();
        var stacks = new CopyOnWriteArrayList<StackTraceElement[]>();
        try (var watched = StreamGroup.<String>builder("watched")
                .stuckAfter(Duration.ofSeconds(5))
                .forgetStuck(true)
                .ticker(clock)
                .listener(new FlightListener() {
                    @Override
                    public void onStuck(FlightEvent flight, StackTraceElement[] stack) {
                        stacks.add(stack);
                        stuck.add(flight);
                    }
                })
                .build()) {
            var in = watched.open("key", pen);
            var second = watched.open("key", never());
            pen.write("one ");
            assertThat(text(in, 4)).isEqualTo("one ");
            clock.pass(Duration.ofSeconds(5));
            awaitTrue(() -> stuck.size() == 1 && watched.flights().isEmpty());

            assertThat(stuck.get(0).key()).isEqualTo("key");
            assertThat(stuck.get(0).callers()).isEqualTo(2);
            assertThat(stacks.get(0)).anyMatch(frame -> frame.getClassName().equals(Pen.class.getName()));
            assertThat(text(watched.open("key", (key, out) -> out.write('!')))).isEqualTo("!");
            pen.write("two").end();
            assertThat(text(in)).isEqualTo("two");
            assertThat(text(second)).isEqualTo("one two");
        }
    }

    // Forgetting

    @Test
    void G4_forget_laterReadersStartAnew_presentOnesGoOn() throws Exception {
        var old = group.open("key", pen);
        pen.write("old ");
        assertThat(text(old, 4)).isEqualTo("old ");

        assertThat(group.forget("key")).isTrue();
        assertThat(group.forget("key")).isFalse();
        assertThat(group.flights()).isEmpty();
        assertThat(group.forgottenFlights()).hasSize(1);
        assertThat(group.forgottenFlights().get(0).key()).isEqualTo("key");
        assertThat(text(group.open("key", (key, out) -> out.write("new".getBytes(UTF_8)))))
                .isEqualTo("new");
        pen.write("still").end();
        assertThat(text(old)).isEqualTo("still");
        assertThat(pen.interrupts).hasValue(0);
    }

    @Test
    void G4_forgetAll() throws Exception {
        var old = group.open("key", pen);
        var other = group.open("other", new Pen());
        group.forgetAll();

        assertThat(group.flights()).isEmpty();
        assertThat(group.forgottenFlights()).hasSize(2);
        pen.write("old").end();
        assertThat(text(old)).isEqualTo("old");
        other.close();
        awaitTrue(() -> group.forgottenFlights().isEmpty());
    }

    // Threads

    @Test
    void G10_loadersRunOnTheExecutor() throws Exception {
        var ran = new CompletableFuture<Thread>();
        StreamLoader<String> loader = (key, out) -> ran.complete(Thread.currentThread());
        text(group.open("key", loader));

        var thread = ran.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(thread).isNotSameAs(Thread.currentThread());
        assertThat(thread.getName()).startsWith("skein-exports-");
    }

    @Test
    void G10_anExecutorThatRunsOnTheCallersThread_hasItWrittenBefore_whateverTheBounds() throws Exception {
        try (var direct = StreamGroup.<String>builder("direct")
                .executor(Runnable::run)
                .memoryLimit(0)
                .maxAhead(10)
                .build()) {
            var in = direct.open("key", (key, out) -> out.write(Pattern.bytes(0, 100_000)));

            assertThat(in.readAllBytes()).isEqualTo(Pattern.bytes(0, 100_000));
        }
    }

    @Test
    void G11_aLoaderThatReadsItself_failsAtOnce() {
        var in = group.open("key", (key, out) -> {
            try (var self = group.open(key, never())) {
                self.read();
            }
        });

        assertThatThrownBy(in::read)
                .isInstanceOf(IOException.class)
                .cause()
                .isInstanceOf(LoadCycleException.class)
                .hasMessageContaining("key 'key' of group 'exports'");
    }

    @RepeatedTest(100)
    void G11_aCircleAcrossThreads_isFound() throws Exception {
        var both = new CountDownLatch(2);
        var readers = new ArrayList<InputStream>();
        for (var pair : List.of(List.of("a", "b"), List.of("b", "a"))) {
            readers.add(group.open(pair.get(0), (key, out) -> {
                both.countDown();
                both.await();
                try (var other = group.open(pair.get(1), never())) {
                    other.transferTo(out);
                }
            }));
        }

        for (var in : readers) {
            var failure = catchThrowable(in::readAllBytes);
            assertThat(failure).isInstanceOf(IOException.class);
            assertThat(failure).hasRootCauseInstanceOf(LoadCycleException.class);
        }
    }

    @RepeatedTest(100)
    void G11_twoLoadersThatReadEachOther_inTurns_areNoCircle() throws Exception {
        int turns = 2_000;
        var one = group.open("one", (key, out) -> {
            try (var two = group.open("two", (other, answers) -> {
                try (var questions = group.open("one", never())) {
                    for (int i = 0; i < turns; i++) {
                        answers.write(questions.read());
                    }
                }
            })) {
                for (int i = 0; i < turns; i++) {
                    out.write(i);
                    assertThat(two.read()).isEqualTo(i & 0xff);
                }
            }
        });

        assertThat(one.readAllBytes()).hasSize(turns);
    }

    @Test
    void G11_aLoaderMayReadAnother_andWhatItHasWrittenItself() throws Exception {
        var in = group.open("sum", (key, out) -> {
            try (var part = group.open("part", (k, o) -> o.write("part".getBytes(UTF_8)))) {
                part.transferTo(out);
            }
            try (var self = group.open(key, never())) {
                out.write(self.readNBytes(4));
            }
        });

        assertThat(text(in)).isEqualTo("partpart");
    }

    @Test
    void virtualThreadsRead() throws Exception {
        VirtualThreads.assumeAvailable();
        ThreadFactory factory = VirtualThreads.FACTORY;
        var calls = new ArrayList<Call<String>>();
        for (int i = 0; i < 200; i++) {
            calls.add(onThread(factory, () -> text(group.open("key", pen))));
        }
        awaitTrue(() -> group.stats().readers() == 200);
        pen.write("value").end();

        for (var call : calls) {
            assertThat(call.get()).isEqualTo("value");
        }
    }

    // Bounds

    @Test
    void G13_maxReaders() throws Exception {
        var rejected = new CopyOnWriteArrayList<Object>();
        try (var bounded = StreamGroup.<String>builder("bounded")
                .maxReaders(2)
                .listener(new FlightListener() {
                    @Override
                    public void onReject(String name, Object key) {
                        rejected.add(key);
                    }
                })
                .build()) {
            var first = bounded.open("key", pen);
            var second = bounded.open("key", never());
            assertThatThrownBy(() -> bounded.open("key", never()))
                    .isInstanceOf(LoadRejectedException.class)
                    .hasMessage("maxReaders 2 are aboard, for key 'key' of group 'bounded'");
            assertThat(rejected).containsExactly("key");
            second.close();
            var third = bounded.open("key", never());
            pen.write("value").end();

            assertThat(text(first)).isEqualTo("value");
            assertThat(text(third)).isEqualTo("value");
        }
    }

    @Test
    void G13_maxStreams() throws Exception {
        try (var bounded = StreamGroup.<String>builder("bounded").maxStreams(1).build()) {
            var first = bounded.open("key", pen);
            assertThatThrownBy(() -> bounded.open("other", never()))
                    .isInstanceOf(LoadRejectedException.class)
                    .hasMessageContaining("key 'other' of group 'bounded'");
            assertThat(bounded.stats().readers()).isEqualTo(1);
            pen.write("value").end();
            assertThat(text(first)).isEqualTo("value");
            awaitTrue(() -> bounded.flights().isEmpty());
            assertThat(text(bounded.open("other", (key, out) -> out.write('!'))))
                    .isEqualTo("!");
        }
    }

    @RepeatedTest(200)
    void G13_maxStreams_areNotCounted_onceTheirReadersHaveReadTheEnd() throws Exception {
        try (var bounded = StreamGroup.<String>builder("bounded").maxStreams(1).build()) {
            for (int i = 0; i < 5; i++) {
                assertThat(text(bounded.open("key " + i, (key, out) -> out.write('!'))))
                        .isEqualTo("!");
            }
        }
    }

    @Test
    void maxBytes_isTheEndOfAStream() throws Exception {
        try (var bounded =
                StreamGroup.<String>builder("bounded").maxBytes(100_000).build()) {
            var all = bounded.open("key", (key, out) -> out.write(Pattern.bytes(0, 100_000)));
            assertThat(all.readAllBytes()).hasSize(100_000);
            var more = bounded.open("other", (key, out) -> {
                out.write(Pattern.bytes(0, 100_000));
                out.write(1);
            });
            assertThat(more.readNBytes(100_000)).isEqualTo(Pattern.bytes(0, 100_000));
            assertThatThrownBy(more::read)
                    .hasRootCauseInstanceOf(IllegalStateException.class)
                    .hasRootCauseMessage("more than maxBytes 100000 of key 'other' of group 'bounded'");
        }
    }

    @Test
    void maxAhead_holdsTheLoaderToTheFastestReader() throws Exception {
        try (var bounded = StreamGroup.<String>builder("bounded").maxAhead(10).build()) {
            var loader = new CompletableFuture<Thread>();
            var fast = bounded.open("key", (key, out) -> {
                loader.complete(Thread.currentThread());
                out.write(Pattern.bytes(0, 100));
            });
            var slow = bounded.open("key", never());
            awaitParked(loader.get(PATIENCE.toSeconds(), TimeUnit.SECONDS));
            assertThat(fast.available()).isEqualTo(10);

            assertThat(fast.readNBytes(5)).isEqualTo(Pattern.bytes(0, 5));
            awaitTrue(() -> fast.available() == 10);
            assertThat(slow.available()).isEqualTo(15);
            assertThat(fast.readAllBytes()).isEqualTo(Pattern.bytes(5, 95));
            assertThat(slow.readAllBytes()).isEqualTo(Pattern.bytes(0, 100));
        }
    }

    @Test
    void maxAhead_theFastestLeaves_andTheNextTakesItsPlace() throws Exception {
        try (var bounded = StreamGroup.<String>builder("bounded").maxAhead(10).build()) {
            var fast = bounded.open("key", (key, out) -> out.write(Pattern.bytes(0, 100)));
            var slow = bounded.open("key", never());
            assertThat(fast.readNBytes(50)).isEqualTo(Pattern.bytes(0, 50));
            fast.close();

            assertThat(slow.readAllBytes()).isEqualTo(Pattern.bytes(0, 100));
        }
    }

    @RepeatedTest(50)
    void maxAhead_aLoaderThatWaits_isCancelledWhenTheLastReaderLeaves() throws Exception {
        try (var bounded = StreamGroup.<String>builder("bounded").maxAhead(10).build()) {
            var in = bounded.open("key", pen.write(Pattern.bytes(0, 100)));
            awaitTrue(() -> in.available() == 10);
            in.close();

            pen.awaitOver();
            assertThat(pen.failure.get() == null ? pen.interrupts.get() : 1).isEqualTo(1);
        }
    }

    // News, and looking

    @Test
    void flights_areOfReaders_underTheirKeys() throws Exception {
        var in = group.open("key", pen);
        group.open("key", never());
        pen.write("one");
        assertThat(text(in, 3)).isEqualTo("one");

        assertThat(group.flights()).hasSize(1);
        var flight = group.flights().get(0);
        assertThat(flight.key()).isEqualTo("key");
        assertThat(flight.callers()).isEqualTo(2);
        assertThat(flight.leaderThread()).isNotNull();
        assertThat(group.stats()).isEqualTo(new StreamStats(1, 0, 2, 3, 0));
        assertThat(group.toString()).startsWith("StreamGroup 'exports', ");
    }

    @Test
    void listeners_areToldOfReaders_underTheirKeys() throws Exception {
        var told = new CopyOnWriteArrayList<String>();
        var listener = new FlightListener() {
            private void add(String what, FlightEvent flight) {
                told.add(what + " " + flight.group() + " " + flight.key() + " " + flight.flight() + " "
                        + flight.callers());
            }

            @Override
            public void onTakeOff(FlightEvent flight) {
                add("take-off", flight);
            }

            @Override
            public void onJoin(FlightEvent flight) {
                add("join", flight);
                throw new IllegalStateException("of a listener, on purpose");
            }

            @Override
            public void onForget(FlightEvent flight) {
                add("forget", flight);
            }

            @Override
            public void onLanding(FlightEvent flight, FlightOutcome outcome, Throwable failure) {
                add("landing " + outcome, flight);
            }
        };
        try (var log = new io.skein.Log(FlightListener.class);
                var listened = StreamGroup.<String>builder("listened")
                        .listener(listener)
                        .listener(listener)
                        .build()) {
            var first = listened.open("key", pen);
            var second = listened.open("key", never());
            listened.forget("key");
            pen.write("value").end();
            assertThat(text(first)).isEqualTo("value");
            assertThat(text(second)).isEqualTo("value");
            awaitTrue(() -> told.size() == 4);

            assertThat(log.records()).hasSizeLessThanOrEqualTo(1); // once for each class of listeners
        }
        assertThat(told.subList(0, 3))
                .containsExactly("take-off listened key 1 1", "join listened key 1 2", "forget listened key 1 2");
        assertThat(told.get(3)).startsWith("landing FORGOTTEN listened key 1 ");
    }

    // Keeping

    private StreamGroupBuilder<String> keeping() {
        return StreamGroup.<String>builder("keeping").keepFor(Duration.ofMinutes(1));
    }

    @Test
    void keepFor_whoComesLater_readsAll_withoutALoader() throws Exception {
        var clock = new ManualClock();
        try (var keeping = keeping().ticker(clock).scheduler(clock).build()) {
            var in = keeping.open("key", pen.write("value").end());
            assertThat(text(in)).isEqualTo("value");
            awaitTrue(() -> keeping.flights().isEmpty());

            assertThat(text(keeping.open("key", never()))).isEqualTo("value");
            clock.pass(Duration.ofSeconds(59));
            var late = keeping.open("key", never());
            clock.pass(Duration.ofSeconds(2));

            assertThat(text(keeping.open("key", (key, out) -> out.write('!')))).isEqualTo("!");
            assertThat(text(late)).isEqualTo("value");
        }
    }

    @RepeatedTest(300)
    void keepFor_noSecondRun_inTheGapBetweenLandingAndKeeping() throws Exception {
        try (var keeping = keeping().build()) {
            var runs = new AtomicInteger();
            StreamLoader<String> loader = (key, out) -> {
                runs.incrementAndGet();
                out.write('1');
            };
            var calls = new ArrayList<Call<String>>();
            for (int i = 0; i < 4; i++) {
                calls.add(onThread(() -> {
                    var read = "";
                    for (int j = 0; j < 20; j++) {
                        read += text(keeping.open("key", loader));
                    }
                    return read;
                }));
            }
            for (var call : calls) {
                assertThat(call.get()).isEqualTo("1".repeat(20));
            }
            assertThat(runs).hasValue(1);
        }
    }

    /** One that does something when it is looked up for the second time. */
    private record Key(String text, AtomicInteger looks, Runnable atSecondLook) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Key key && text.equals(key.text);
        }

        @Override
        public int hashCode() {
            if (looks.incrementAndGet() == 2) {
                atSecondLook.run();
            }
            return text.hashCode();
        }
    }

    @Test
    void keepFor_listenersAreNotToldOfReplays() throws Exception {
        var joins = new AtomicInteger();
        try (var keeping = keeping()
                .listener(new FlightListener() {
                    @Override
                    public void onJoin(FlightEvent flight) {
                        joins.incrementAndGet();
                    }
                })
                .build()) {
            text(keeping.open("key", (key, out) -> out.write('1')));
            assertThat(text(keeping.open("key", never()))).isEqualTo("1");
            assertThat(joins).hasValue(0);
        }
    }

    @Test
    void keepFor_noSecondRun_ifItLandsBetweenTheLookAtWhatIsKeptAndThatAtWhatIsInFlight() throws Exception {
        try (var keeping = StreamGroup.<Key>builder("keeping")
                .keepFor(Duration.ofMinutes(1))
                .build()) {
            var ends = new CountDownLatch(1);
            var in = keeping.open(new Key("key", new AtomicInteger(10), () -> {}), (key, out) -> {
                out.write('1');
                ends.await();
            });
            assertThat(in.read()).isEqualTo('1');
            var between = new Key("key", new AtomicInteger(), () -> {
                ends.countDown();
                awaitTrue(() -> keeping.flights().isEmpty());
            });

            assertThat(text(keeping.open(between, (key, out) -> out.write('2'))))
                    .isEqualTo("1");
        }
    }

    @Test
    void keepFor_failuresAreNotKept() throws Exception {
        try (var keeping = keeping().build()) {
            var in = keeping.open("key", pen.write("one").fail(new IOException("broken")));
            assertThatThrownBy(in::readAllBytes).isInstanceOf(IOException.class);
            awaitTrue(() -> keeping.flights().isEmpty());

            assertThat(text(keeping.open("key", (key, out) -> out.write('!')))).isEqualTo("!");
        }
    }

    @Test
    void C2_aForgottenStream_isNotKept() throws Exception {
        try (var keeping = keeping().build()) {
            var in = keeping.open("key", pen);
            keeping.forget("key");
            pen.write("old").end();
            assertThat(text(in)).isEqualTo("old");
            awaitTrue(() -> keeping.forgottenFlights().isEmpty());

            assertThat(text(keeping.open("key", (key, out) -> out.write('!')))).isEqualTo("!");
            awaitTrue(() -> keeping.flights().isEmpty());
            assertThat(keeping.forget("key")).isTrue();
            assertThat(text(keeping.open("key", (key, out) -> out.write('?')))).isEqualTo("?");
            keeping.forgetAll();
            assertThat(text(keeping.open("key", (key, out) -> out.write('.')))).isEqualTo(".");
        }
    }

    @RepeatedTest(500)
    void C2_afterForget_nobodyReadsWhatWasStartedBefore() throws Exception {
        try (var keeping = keeping().build()) {
            var version = new AtomicInteger(1);
            var in = keeping.open("key", (key, out) -> out.write(version.get()));
            var reading = onThread(() -> in.read());
            version.set(2);
            keeping.forget("key");

            assertThat(keeping.open("key", (key, out) -> out.write(version.get()))
                            .read())
                    .isEqualTo(2);
            assertThat(reading.get()).isBetween(1, 2);
        }
    }

    @Test
    void keepSize_boundsWhatIsKept() throws Exception {
        try (var keeping = keeping().keepSize(100_000).memoryLimit(0).build()) {
            for (int i = 0; i < 20; i++) {
                text(keeping.open("key " + i, (key, out) -> out.write(new byte[30_000])));
            }
            awaitTrue(() -> keeping.flights().isEmpty());
            awaitTrue(() -> {
                var stats = keeping.stats();
                return stats.kept() <= 3 && stats.inMemory() + stats.onDisk() <= 90_000;
            });
            assertThat(keeping.stats().kept()).isPositive();
        }
    }

    // Closing

    @Test
    void G15_close_failsReaders_cancelsLoaders_andRefusesNewcomers() throws Exception {
        var in = group.open("key", pen);
        var waiting = reading(in);
        pen.write("one");
        var unread = group.open("key", never());
        awaitTrue(() -> unread.available() == 3);
        group.close();
        group.close();

        assertThat(waiting.failure()).isInstanceOf(IOException.class);
        assertThatThrownBy(unread::read).isInstanceOf(IOException.class).hasMessageContaining("closed");
        pen.awaitOver();
        assertThat(pen.interrupts).hasValue(1);
        assertThatThrownBy(() -> group.open("key", never()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("group 'exports' is closed, asked for key 'key'");
        unread.close();
        awaitTrue(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().startsWith("skein-exports-")));
    }

    @RepeatedTest(200)
    void G15_close_againstOpen_leavesNobodyWaiting() throws Exception {
        var calls = new ArrayList<Call<Integer>>();
        for (int i = 0; i < 4; i++) {
            var key = "key " + i % 2;
            calls.add(onThread(() -> group.open(key, new Pen()).read()));
        }
        group.close();

        for (var call : calls) {
            assertThat(call.failure()).isInstanceOfAny(IOException.class, IllegalStateException.class);
        }
        awaitTrue(() -> group.flights().isEmpty() && group.forgottenFlights().isEmpty());
    }

    @Test
    void messages_escapeKeys() {
        var in = group.open("a\nb", pen.fail(new IOException("broken")));

        assertThatThrownBy(in::read).hasMessageContaining("key 'a\\u000ab' of group 'exports'");
    }
}
