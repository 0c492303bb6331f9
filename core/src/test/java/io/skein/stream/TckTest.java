package io.skein.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.skein.Codec;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.reactivestreams.tck.TestEnvironment;
import org.reactivestreams.tck.flow.FlowPublisherVerification;
import org.testng.ITestResult;
import org.testng.TestListenerAdapter;
import org.testng.TestNG;

/** The publishers keep to Reactive Streams: its own tests, which are made for TestNG, one by one. */
class TckTest {
    private static final long TIMEOUT_MILLIS = 500;
    private static final long NO_SIGNAL_MILLIS = 50;

    /** Of all kinds: what the source is, and how late the subscriber comes. */
    private abstract static class Verification extends FlowPublisherVerification<Long> {
        private final StreamGroup<Long> group =
                StreamGroup.<Long>builder("tck").memoryLimit(0).build();

        Verification() {
            super(new TestEnvironment(TIMEOUT_MILLIS, NO_SIGNAL_MILLIS));
        }

        abstract Flow.Publisher<Long> publisher(StreamGroup<Long> from, long elements);

        @Override
        public Flow.Publisher<Long> createFlowPublisher(long elements) {
            return publisher(group, elements);
        }

        @Override
        public Flow.Publisher<Long> createFailedFlowPublisher() {
            var closed = StreamGroup.<Long>create("closed");
            closed.close();
            return publisher(closed, 1);
        }
    }

    static void emit(long elements, ItemSink<Long> sink) {
        for (long i = 0; i < elements; i++) {
            sink.emit(i);
        }
    }

    /** Objects that all share. */
    public static final class Plain extends Verification {
        @Override
        Flow.Publisher<Long> publisher(StreamGroup<Long> from, long elements) {
            return from.publisher(elements, TckTest::emit);
        }

        @Override
        public long maxElementsFromPublisher() {
            return 1_000_000;
        }
    }

    /** Bytes, for the most part in a file. */
    public static final class Encoded extends Verification {
        @Override
        Flow.Publisher<Long> publisher(StreamGroup<Long> from, long elements) {
            return from.publisher(elements, Codec.int64(), TckTest::emit);
        }
    }

    /** Another publisher, followed while it goes on. */
    public static final class Relayed extends Verification {
        private final StreamGroup<Long> source = StreamGroup.create("source");
        private final StreamGroup<Long> bounded =
                StreamGroup.<Long>builder("bounded").maxItemsAhead(3).build();

        @Override
        Flow.Publisher<Long> publisher(StreamGroup<Long> from, long elements) {
            var to = from.name().equals("closed") ? from : bounded;
            return to.relay(elements, count -> source.publisher(count, TckTest::emit));
        }

        @Override
        public long maxElementsFromPublisher() {
            return 1_000_000;
        }
    }

    @TestFactory
    Stream<DynamicTest> publishers() {
        return Stream.of(Plain.class, Encoded.class, Relayed.class).flatMap(TckTest::results);
    }

    private static Stream<DynamicTest> results(Class<?> verification) {
        var listener = new TestListenerAdapter();
        var tests = new TestNG(false);
        tests.setVerbose(0);
        tests.setTestClasses(new Class<?>[] {verification});
        tests.addListener(listener);
        tests.run();
        assertThat(listener.getPassedTests()).as("passed tests").hasSizeGreaterThan(25);
        List<ITestResult> all = new ArrayList<>(listener.getPassedTests());
        all.addAll(listener.getFailedTests());
        all.addAll(listener.getConfigurationFailures());
        return all.stream()
                .map(result -> DynamicTest.dynamicTest(verification.getSimpleName() + " " + result.getName(), () -> {
                    if (result.getThrowable() != null) {
                        throw result.getThrowable();
                    }
                }));
    }
}
