package io.skein.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.handler.DefaultTracingObservationHandler;
import io.micrometer.tracing.otel.bridge.OtelCurrentTraceContext;
import io.micrometer.tracing.otel.bridge.OtelTracer;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.skein.CallerInterruptedException;
import io.skein.Callers;
import io.skein.Gate;
import io.skein.Group;
import io.skein.GroupBuilder;
import io.skein.Loader;
import io.skein.event.FlightEvent;
import io.skein.event.FlightOutcome;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Spans of loads, as OpenTelemetry's SDK exports them. */
class TraceTest {
    private final InMemorySpanExporter exporter = InMemorySpanExporter.create();
    private final SdkTracerProvider provider = SdkTracerProvider.builder()
            .addSpanProcessor(SimpleSpanProcessor.create(exporter))
            .build();
    private final ObservationRegistry registry = ObservationRegistry.create();

    {
        var tracer = new OtelTracer(provider.get("test"), new OtelCurrentTraceContext(), event -> {});
        registry.observationConfig().observationHandler(new DefaultTracingObservationHandler(tracer));
    }

    private final SkeinObservations observations = SkeinObservations.of(registry);

    @AfterEach
    void nothingIsLeft() {
        assertThat(registry.getCurrentObservation()).isNull();
        assertThat(observations.held()).isZero();
        provider.close();
    }

    private GroupBuilder<String, String> users() {
        return Group.<String, String>builder("users").listener(observations);
    }

    private <T> T observed(String name, java.util.concurrent.Callable<T> work) throws Exception {
        return Observation.createNotStarted(name, registry).observeChecked(work::call);
    }

    /** Waits for it, since a span may be ended a moment after those it concerns have gone on. */
    private SpanData span(String name) {
        Callers.awaitTrue(() -> find(name).count() == 1);
        return find(name).findFirst().orElseThrow();
    }

    private Stream<SpanData> find(String name) {
        return exporter.getFinishedSpanItems().stream()
                .filter(span -> span.getName().equals(name));
    }

    private static String attribute(SpanData span, String key) {
        return span.getAttributes().get(AttributeKey.stringKey(key));
    }

    interface Way {
        String load(Group<String, String> group, Loader<String, String> loader) throws Exception;
    }

    static Stream<Named<Way>> ways() {
        return Stream.of(
                Named.of("load", (group, loader) -> group.load("key", loader)),
                Named.of("load on the executor", (group, loader) -> group.load("key", loader, Duration.ofSeconds(30))),
                Named.of("loadFresh", (group, loader) -> group.loadFresh("key", loader)),
                Named.of(
                        "supplyAsync",
                        (group, loader) -> group.supplyAsync("key", loader).join()),
                Named.of(
                        "loadAsync",
                        (group, loader) -> group.loadAsync(
                                        "key", key -> CompletableFuture.completedFuture(loader.load(key)))
                                .join()));
    }

    @ParameterizedTest
    @MethodSource("ways")
    void aLoad_isAChildOfItsLeadersSpan_andWhatItsLoaderObservesItsOwn(Way way) throws Exception {
        var group = users().build();

        observed("request", () -> way.load(group, key -> observed("query", () -> "value")));

        var request = span("request");
        var load = span("load users");
        var query = span("query");
        assertThat(load.getParentSpanId()).isEqualTo(request.getSpanId());
        assertThat(query.getParentSpanId()).isEqualTo(load.getSpanId());
        assertThat(Stream.of(load, query).map(SpanData::getTraceId)).containsOnly(request.getTraceId());
        assertThat(attribute(load, "skein.group")).isEqualTo("users");
        assertThat(attribute(load, "skein.outcome")).isEqualTo("success");
        assertThat(attribute(load, "skein.flight")).isEqualTo("users#1");
        assertThat(attribute(load, "skein.callers")).isEqualTo("1");
        assertThat(attribute(load, "skein.key")).isNull();
        group.close();
    }

    @Test
    void aLoadOfNobodysSpan_isTheRootOfItsOwnTrace() {
        users().build().load("key", key -> "value");

        assertThat(span("load users").getParentSpanContext().isValid()).isFalse();
    }

    @RepeatedTest(20)
    void followers_pointToTheLoad() throws Exception {
        var group = users().build();
        var gate = new Gate<String>();
        var leader = Callers.onThread(() -> observed("leader", () -> group.load("key", gate)));
        gate.awaitEntered();
        var thread = Callers.onThread(() -> observed("thread", () -> group.load("key", gate)));
        var async = observed("async", () -> group.loadAsync("key", key -> new CompletableFuture<>()));
        Callers.awaitTrue(() -> group.flights().get(0).callers() == 3);
        gate.open();
        leader.get();
        thread.get();
        async.join();

        var load = span("load users");
        assertThat(load.getParentSpanId()).isEqualTo(span("leader").getSpanId());
        assertThat(attribute(load, "skein.callers")).isEqualTo("3");
        for (var follower : new String[] {"thread", "async"}) {
            var span = span(follower);
            assertThat(attribute(span, "skein.joined")).isEqualTo("users#1");
            assertThat(attribute(span, "skein.joined.trace.id")).isEqualTo(load.getTraceId());
            assertThat(attribute(span, "skein.joined.span.id")).isEqualTo(load.getSpanId());
            assertThat(span.getEvents()).anyMatch(event -> event.getName().equals("joined a load in flight"));
            assertThat(span.getTraceId()).isNotEqualTo(load.getTraceId());
        }
        assertThat(attribute(span("leader"), "skein.joined")).isNull();
    }

    @Test
    void oneThatJoinsSeveral_pointsToAllOfThem() throws Exception {
        var group = users().build();
        var first = new CompletableFuture<String>();
        var second = new CompletableFuture<String>();
        group.loadAsync("a", key -> first);
        group.loadAsync("b", key -> second);

        observed("page", () -> {
            var both =
                    group.loadAsync("a", key -> first).thenCombine(group.loadAsync("b", key -> second), String::concat);
            first.complete("A");
            second.complete("B");
            return both.join();
        });

        assertThat(attribute(span("page"), "skein.joined")).isEqualTo("users#1,users#2");
        assertThat(attribute(span("page"), "skein.joined.span.id").split(","))
                .hasSize(2)
                .doesNotHaveDuplicates();
    }

    @Test
    void aFailure_isRecorded() {
        var group = users().build();

        assertThatThrownBy(() -> observed(
                        "request",
                        () -> group.load("key", key -> {
                            throw new IOException("down");
                        })))
                .isInstanceOf(IOException.class);

        var load = span("load users");
        assertThat(load.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        assertThat(load.getEvents()).anyMatch(event -> event.getName().equals("exception"));
        assertThat(attribute(load, "skein.outcome")).isEqualTo("failure");
    }

    @RepeatedTest(20)
    void afterAHandOver_theNextLoadIsAChildOfItsOwnLeadersSpan() throws Exception {
        var group = users().build();
        var first = new Gate<String>();
        var second = new Gate<String>();
        var leader = Callers.onThread(() -> observed("leader", () -> group.load("key", first)));
        first.awaitEntered();
        var follower = Callers.onThread(() -> observed("follower", () -> group.load("key", second)));
        Callers.awaitTrue(() -> group.flights().get(0).callers() == 2);
        leader.giveUp();
        assertThat(leader.failure()).isInstanceOf(CallerInterruptedException.class);
        second.open();
        follower.get();

        Callers.awaitTrue(() -> find("load users").count() == 2);
        Function<String, SpanData> load = outcome -> find("load users")
                .filter(span -> attribute(span, "skein.outcome").equals(outcome))
                .findFirst()
                .orElseThrow();
        assertThat(load.apply("handed_over").getParentSpanId())
                .isEqualTo(span("leader").getSpanId());
        assertThat(load.apply("success").getParentSpanId())
                .isEqualTo(span("follower").getSpanId());
    }

    @RepeatedTest(20)
    void theScopeOfALoadThatTimedOut_isClosedByItsOwnThread() throws Exception {
        var current = new CompletableFuture<Observation>();
        var gate = new Gate<String>();
        var threads = new java.util.concurrent.ThreadPoolExecutor(
                1, 1, 0, java.util.concurrent.TimeUnit.SECONDS, new java.util.concurrent.LinkedBlockingQueue<>());
        var group = users().executor(threads).loadTimeout(Duration.ofMillis(20)).build();

        assertThatThrownBy(() -> group.load("key", gate)).hasMessageContaining("loadTimeout");
        threads.execute(() -> current.complete(registry.getCurrentObservation()));

        assertThat(current.join()).isNull();
        assertThat(attribute(span("load users"), "skein.outcome")).isEqualTo("timeout");
        threads.shutdown();
    }

    @Test
    void aLandingThatIsToldBeforeItsTakeOff_endsTheObservationAllTheSame() {
        var flight = new FlightEvent("users", "key", 1, 1, Duration.ZERO);

        observations.onLanding(flight, FlightOutcome.TIMEOUT, new IOException("late"));
        observations.onTakeOff(flight);

        assertThat(attribute(span("load users"), "skein.outcome")).isEqualTo("timeout");
        assertThat(span("load users").getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
    }

    @Test
    void theKey_ifAskedFor_isEscaped() {
        var withKeys = SkeinObservations.of(registry, LoadObservationConvention.WITH_KEYS);
        Group.<String, String>builder("pages").listener(withKeys).build().load("a\nb", key -> "value");

        assertThat(attribute(span("load pages"), "skein.key")).isEqualTo("'a\\u000ab'");
    }

    @Test
    void after100_000Loads_nothingIsLeft() {
        exporter.shutdown();
        var group = users().build();
        for (int i = 0; i < 100_000; i++) {
            var call = group.loadAsync("key" + i, key -> new CompletableFuture<>());
            switch (i % 4) {
                case 0 -> call.cancel(true);
                case 1 -> {
                    group.forget("key" + i);
                    call.cancel(true);
                }
                case 2 ->
                    group.loadAsync("key" + i, key -> new CompletableFuture<>()).cancel(true);
                default -> {}
            }
            if (!call.isDone()) {
                call.completeExceptionally(new IOException("given up"));
            }
        }

        Callers.awaitTrue(() -> observations.held() == 0);
    }
}
