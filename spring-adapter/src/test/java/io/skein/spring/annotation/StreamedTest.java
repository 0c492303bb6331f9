package io.skein.spring.annotation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.skein.CallerInterruptedException;
import io.skein.CallerTimeoutException;
import io.skein.spring.Callers;
import io.skein.spring.Coalesced;
import io.skein.spring.SkeinRegistry;
import io.skein.spring.WebApplication;
import io.skein.spring.autoconfigure.SkeinAutoConfiguration;
import io.skein.stream.ReadTimeoutException;
import io.skein.stream.StreamGroup;
import jakarta.servlet.http.HttpServletRequest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.InputStreamResource;
import org.springframework.core.io.Resource;
import org.springframework.core.task.support.TaskExecutorAdapter;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.test.util.AopTestUtils;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.WebAsyncUtils;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** What comes by and by is written once, and read by everybody from the beginning. */
class StreamedTest {
    private static final String END = "end";
    private static final String FAILURE = "failure";
    private static final String LOST = "lost";

    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(SkeinAutoConfiguration.class))
            .withBean(Exports.class);

    @ResponseStatus(HttpStatus.NOT_FOUND)
    static class NoSuchExport extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    abstract static class Body implements StreamingResponseBody {}

    static final class OwnBody extends Body {
        @Override
        public void writeTo(OutputStream out) {}
    }

    static class Exports {
        final AtomicInteger runs = new AtomicInteger();
        final AtomicInteger cancellations = new AtomicInteger();
        final BlockingQueue<String> parts = new LinkedBlockingQueue<>();
        final List<Sinks.Many<String>> sinks = new CopyOnWriteArrayList<>();

        private InputStream read() {
            runs.incrementAndGet();
            return new InputStream() {
                private InputStream part = InputStream.nullInputStream();

                @Override
                public int read() throws IOException {
                    int one = part.read();
                    if (one < 0) {
                        next();
                        one = part.read();
                    }
                    return one;
                }

                @Override
                public int read(byte[] bytes, int offset, int count) throws IOException {
                    int one = read();
                    if (one < 0) {
                        return -1;
                    }
                    bytes[offset] = (byte) one;
                    return 1;
                }

                private void next() throws IOException {
                    try {
                        var next = parts.take();
                        if (next.equals(FAILURE)) {
                            throw new IOException("the disk is broken");
                        }
                        if (next.equals(LOST)) {
                            throw new EOFException("the backend has gone");
                        }
                        part = new ByteArrayInputStream(next.equals(END) ? new byte[0] : next.getBytes(UTF_8));
                    } catch (InterruptedException e) {
                        cancellations.incrementAndGet();
                        throw new IOException(e);
                    }
                }
            };
        }

        @Coalesced(group = "exports")
        public InputStream stream(String key) {
            return read();
        }

        @Coalesced(group = "exports")
        public InputStream declared(String key) throws IOException {
            return read();
        }

        @Coalesced(group = "exports")
        public Resource resource(String key) {
            return new InputStreamResource(read());
        }

        @Coalesced(group = "exports")
        public InputStreamResource streamResource(String key) {
            return new InputStreamResource(read());
        }

        @Coalesced(group = "exports")
        public StreamingResponseBody body(String key) {
            if (key.equals("nothing")) {
                runs.incrementAndGet();
                throw new NoSuchExport();
            }
            return out -> read().transferTo(out);
        }

        @Coalesced("kept")
        public Resource keptResource(String key) {
            return new ByteArrayResource(("kept " + runs.incrementAndGet()).getBytes(UTF_8));
        }

        @Coalesced("kept")
        public Resource keptOnce(String key) {
            return new InputStreamResource(InputStream.nullInputStream());
        }

        @Coalesced
        public ResponseEntity<?> entityOfOnce(String key) {
            return ResponseEntity.ok(new InputStreamResource(InputStream.nullInputStream()));
        }

        @Coalesced
        public CompletableFuture<Object> onceLater(String key) {
            StreamingResponseBody body = out -> {};
            return CompletableFuture.completedFuture(key.equals("inherited") ? new OwnBody() : body);
        }

        @Coalesced
        public Mono<Object> onceInAMono(String key) {
            return Mono.just(InputStream.nullInputStream());
        }

        @Coalesced(group = "exports")
        public InputStream none(String key) {
            return null;
        }

        @Coalesced(group = "items")
        public Flux<String> items(String key) {
            runs.incrementAndGet();
            Sinks.Many<String> sink = Sinks.many().unicast().onBackpressureBuffer();
            sinks.add(sink);
            return sink.asFlux().doOnCancel(cancellations::incrementAndGet);
        }

        @Coalesced
        public Flux<String> user() {
            return Flux.deferContextual(context -> Flux.just(context.<String>get("user")));
        }

        @Coalesced("kept")
        public Flux<Integer> keptItems(String key) {
            return Flux.just(runs.incrementAndGet(), 0);
        }
    }

    private void run(Consumer<Exports> test) {
        application.run(context -> {
            assertThat(context).hasNotFailed();
            test.accept(context.getBean(Exports.class));
        });
    }

    private static Exports behind(Exports proxy) {
        return AopTestUtils.getTargetObject(proxy);
    }

    private static InputStream open(Exports exports, String way, String key) throws IOException {
        return switch (way) {
            case "stream" -> exports.stream(key);
            case "resource" -> exports.resource(key).getInputStream();
            case "streamResource" -> exports.streamResource(key).getInputStream();
            default -> throw new AssertionError(way);
        };
    }

    private static String rest(InputStream in) {
        try (in) {
            return new String(in.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"stream", "resource", "streamResource"})
    void bytes_areReadByEverybody_fromTheFirst_whileTheyCome(String way) {
        run(exports -> {
            try {
                behind(exports).parts.add("one ");
                var first = open(exports, way, "key");
                assertThat(new String(first.readNBytes(4), UTF_8)).isEqualTo("one ");
                var second = open(exports, way, "key");
                assertThat(new String(second.readNBytes(4), UTF_8)).isEqualTo("one ");
                behind(exports).parts.addAll(List.of("two", END));

                assertThat(rest(first)).isEqualTo("two");
                assertThat(rest(second)).isEqualTo("two");
                assertThat(behind(exports).runs).hasValue(1);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
    }

    @Test
    void aBody_isWrittenToEverybody() {
        run(exports -> {
            behind(exports).parts.add("one ");
            var first = exports.body("key");
            var second = exports.body("key");
            behind(exports).parts.addAll(List.of("two", END));
            for (var body : List.of(first, second)) {
                var out = new ByteArrayOutputStream();
                try {
                    body.writeTo(out);
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
                assertThat(out).hasToString("one two");
            }
            assertThat(behind(exports).runs).hasValue(1);
        });
    }

    @Test
    void whatAMethodThrows_beforeTheFirstByte_isThrownToItsCallers() {
        run(exports -> {
            assertThatThrownBy(() -> exports.body("nothing")).isInstanceOf(NoSuchExport.class);
            assertThatThrownBy(() -> exports.none("key"))
                    .isInstanceOf(NullPointerException.class)
                    .hasMessageContaining("it returned null instead of something to read: @Coalesced");
            behind(exports).parts.add(FAILURE);
            assertThatThrownBy(() -> exports.declared("key"))
                    .isExactlyInstanceOf(IOException.class)
                    .hasMessage("the disk is broken");
        });
    }

    /** A proxy would have to hide it in an exception that nobody expects. */
    @ParameterizedTest
    @ValueSource(strings = {"stream", "resource", "streamResource"})
    void whatAMethodDoesNotDeclare_isThrownToWhoReads(String way) {
        run(exports -> {
            behind(exports).parts.add(FAILURE);
            assertThatThrownBy(() -> {
                        try (var in = open(exports, way, "key")) {
                            assertThatThrownBy(in::read).isInstanceOf(IOException.class);
                            in.read(new byte[10]);
                        }
                    })
                    .isInstanceOf(IOException.class)
                    .hasRootCauseMessage("the disk is broken");
        });
    }

    @Test
    void whatFailsLater_failsTheReaders_afterWhatCameBefore() {
        run(exports -> {
            behind(exports).parts.addAll(List.of("1", FAILURE));
            try (var in = exports.stream("key")) {
                var bytes = new byte[10];
                assertThat(in.read(bytes)).isEqualTo(1);
                assertThat(bytes[0]).isEqualTo((byte) '1');
                assertThatThrownBy(() -> in.read(bytes))
                        .isInstanceOf(IOException.class)
                        .hasRootCauseMessage("the disk is broken");
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
    }

    /** Spring takes some causes for a client that has gone, and ends the response as if it were whole. */
    @Test
    void whatABodyFailsWith_isNoCause() {
        run(exports -> {
            behind(exports).parts.addAll(List.of("1", FAILURE));
            var body = exports.body("key");
            var out = new ByteArrayOutputStream();
            assertThatThrownBy(() -> body.writeTo(out))
                    .isInstanceOf(IOException.class)
                    .hasNoCause()
                    .satisfies(e -> assertThat(e.getSuppressed()[0]).hasRootCauseMessage("the disk is broken"));
            assertThat(out).hasToString("1");
        });
    }

    @Test
    void aTimeout_losesNothing() {
        application.withPropertyValues("skein.streams.exports.read-timeout=2s").run(context -> {
            var exports = context.getBean(Exports.class);
            behind(exports).parts.add("1");
            try (var in = exports.stream("key")) {
                var bytes = new byte[10];
                assertThat(in.read(bytes)).isEqualTo(1);
                assertThatThrownBy(() -> in.read(bytes)).isInstanceOf(ReadTimeoutException.class);
                behind(exports).parts.addAll(List.of("2", END));
                assertThat(rest(in)).isEqualTo("2");
            }
        });
    }

    @Test
    void whatCanBeReadOnce_isNotShared_thoughItsTypeDoesNotTell() {
        run(exports -> {
            var text = "its callers would share one ";
            assertThatThrownBy(() -> exports.keptOnce("key"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(text + "InputStreamResource")
                    .hasMessageContaining("keptOnce");
            assertThatThrownBy(() -> exports.entityOfOnce("key"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(text + "ResponseEntity");
            assertThatThrownBy(() -> exports.onceLater("key").join())
                    .hasCauseInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(text);
            assertThatThrownBy(() -> exports.onceLater("inherited").join())
                    .hasCauseInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(text + "OwnBody");
            assertThatThrownBy(() -> exports.onceInAMono("key").block())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(text);
        });
    }

    @Test
    void aThreadOfAnEventLoop_isNotHeldUp() {
        run(exports -> StepVerifier.create(
                        Mono.fromCallable(() -> exports.stream("key")).subscribeOn(Schedulers.parallel()))
                .verifyErrorMatches(e -> e instanceof IllegalStateException
                        && String.valueOf(e.getMessage()).contains("return a Flux")));
    }

    @Test
    void anInterrupt_andATimeout_endTheWaitForTheFirstByte() {
        application
                .withPropertyValues("skein.streams.exports.read-timeout=10ms")
                .run(context -> {
                    var exports = context.getBean(Exports.class);
                    assertThatThrownBy(() -> exports.stream("key")).isInstanceOf(CallerTimeoutException.class);
                    await().until(() -> behind(exports).runs.get() == 0 // it was given up before
                            || behind(exports).cancellations.get() == 1);
                });
        run(exports -> {
            var failure = new CompletableFuture<Throwable>();
            var thread = new Thread(() -> {
                try {
                    exports.stream("key").close();
                    failure.complete(null);
                } catch (Throwable e) {
                    failure.complete(e);
                }
            });
            thread.start();
            await().until(() -> behind(exports).runs.get() == 1);
            thread.interrupt();
            assertThat(failure.join()).isInstanceOf(CallerInterruptedException.class);
            await().until(() -> behind(exports).cancellations.get() == 1);
        });
    }

    @Test
    void theLastToLeave_cancels() {
        run(exports -> {
            behind(exports).parts.add("one");
            var in = exports.stream("key");
            await().until(() -> in.available() == 3); // and the method waits for more
            try {
                in.close();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
            await().until(() -> behind(exports).cancellations.get() == 1);
        });
    }

    @Test
    void withACacheName_aResourceIsKeptAsItIs_andAFluxAsAList() {
        run(exports -> {
            assertThat(exports.keptResource("key")).isSameAs(exports.keptResource("key"));
            StepVerifier.create(exports.keptItems("list")).expectNext(2, 0).verifyComplete();
            StepVerifier.create(exports.keptItems("list")).expectNext(2, 0).verifyComplete();
        });
    }

    @Test
    void items_comeAsTheyCome_andWhoComesLateGetsThemAll() {
        run(exports -> {
            var first = new CopyOnWriteArrayList<String>();
            var flux = exports.items("key");
            assertThat(behind(exports).runs).hasValue(0);
            flux.subscribe(first::add);
            await().until(() -> behind(exports).sinks.size() == 1);
            behind(exports).sinks.get(0).tryEmitNext("one");
            await().until(() -> first.equals(List.of("one")));
            var second = exports.items("key").collectList().toFuture();
            var leaving = exports.items("key").subscribe();
            leaving.dispose();
            behind(exports).sinks.get(0).tryEmitNext("two");
            behind(exports).sinks.get(0).tryEmitComplete();

            assertThat(second.orTimeout(Callers.PATIENCE.toSeconds(), java.util.concurrent.TimeUnit.SECONDS)
                            .join())
                    .containsExactly("one", "two");
            await().until(() -> first.equals(List.of("one", "two")));
            assertThat(behind(exports).runs).hasValue(1);
            assertThat(behind(exports).cancellations).hasValue(0);
            var alone = exports.items("key").subscribe();
            await().until(() -> behind(exports).sinks.size() == 2);
            alone.dispose();
            await().until(() -> behind(exports).cancellations.get() == 1);
        });
    }

    @Test
    void items_beforeAFailure_areSeen_andTheContextIsTheLeaders() {
        run(exports -> {
            var flux = exports.items("key");
            StepVerifier.create(flux)
                    .then(() -> {
                        await().until(() -> behind(exports).sinks.size() == 1);
                        behind(exports).sinks.get(0).tryEmitNext("one");
                        behind(exports).sinks.get(0).tryEmitError(new IOException("tired"));
                    })
                    .expectNext("one")
                    .verifyErrorMatches(
                            e -> e instanceof IOException && e.getMessage().equals("tired"));
            StepVerifier.create(exports.user().contextWrite(context -> context.put("user", "ada")))
                    .expectNext("ada")
                    .verifyComplete();
        });
    }

    @Configuration(proxyBeanMethods = false)
    static class Injected {
        @Bean
        String sizes(@Qualifier("exports") StreamGroup<String> exports) {
            return exports.name();
        }
    }

    @Test
    void groupsOfStreams_haveProperties_andAreBeans() {
        application
                .withUserConfiguration(Injected.class)
                .withPropertyValues(
                        "skein.streams.exports.keep-for=1h",
                        "skein.streams.exports.keep-size=10MB",
                        "skein.streams.exports.memory-limit=0B",
                        "skein.streams.exports.max-readers=1")
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    assertThat(context.getBean("sizes")).isEqualTo("exports");
                    var registry = context.getBean(SkeinRegistry.class);
                    assertThat(registry.streamNames())
                            .contains("exports", "items")
                            .hasSize(3);
                    assertThat(registry.groupNames()).doesNotContain("exports", "items");
                    assertThat(context.getBean("exports")).isSameAs(registry.streams("exports"));
                    var exports = context.getBean(Exports.class);
                    behind(exports).parts.addAll(List.of("x".repeat(1000), END));
                    assertThat(rest(exports.stream("key"))).hasSize(1000);
                    await().until(() -> registry.streams("exports").flights().isEmpty());

                    assertThat(rest(exports.stream("key"))).hasSize(1000);
                    assertThat(behind(exports).runs).hasValue(1);
                });
    }

    @RestController
    static class Pages {
        private final Exports exports;

        Pages(Exports exports) {
            this.exports = exports;
        }

        @GetMapping("/body/{key}")
        StreamingResponseBody body(@PathVariable("key") String key) {
            return exports.body(key);
        }

        @GetMapping("/resource/{key}")
        Resource resource(@PathVariable("key") String key) {
            return exports.resource(key);
        }

        @GetMapping("/known/{key}")
        ResponseEntity<Void> known(@PathVariable("key") String key) {
            exports.resource(key);
            return ResponseEntity.status(HttpStatus.NOT_MODIFIED).build();
        }

        @GetMapping("/broken/{key}")
        Resource broken(@PathVariable("key") String key) {
            exports.resource(key);
            throw new NoSuchExport();
        }

        @GetMapping("/refused/{key}")
        StreamingResponseBody refused(@PathVariable("key") String key, HttpServletRequest request) {
            WebAsyncUtils.getAsyncManager(request).setTaskExecutor(new TaskExecutorAdapter(task -> {
                throw new RejectedExecutionException("full");
            }));
            return exports.body(key);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Web {
        @Bean
        Exports exports() {
            return new Exports();
        }

        @Bean
        Pages pages(Exports exports) {
            return new Pages(exports);
        }
    }

    @Test
    void overHttp_everybodyGetsTheWhole_andErrorsTheirStatus_andTheEndpointShowsStreams() {
        try (var web = WebApplication.start(Web.class, "skein.streams.exports.max-readers=100")) {
            var exports = behind(web.bean(Exports.class));
            assertThat(web.get("/body/nothing").status()).isEqualTo(404);
            exports.parts.add("one ");
            var first = CompletableFuture.supplyAsync(() -> web.get("/body/key"));
            await().until(() -> exports.runs.get() == 2);
            var second = CompletableFuture.supplyAsync(() -> web.get("/resource/key"));
            await().until(() -> web.get("/actuator/skein/streams/exports")
                    .<Integer>at("$.stats.readers")
                    .equals(2));
            assertThat(web.get("/actuator/skein/streams/exports").<String>at("$.settings['max-readers']"))
                    .isEqualTo("100");
            assertThat(web.get("/actuator/skein").<Integer>at("$.streams.exports.flights[0].callers"))
                    .isEqualTo(2);
            assertThat(web.get("/actuator/skein/streams/exports").<String>at("$.flights[0].key"))
                    .isEqualTo("******");
            assertThat(web.get("/actuator/skein/streams/none").status()).isEqualTo(404);
            exports.parts.addAll(List.of("two", END));

            assertThat(first.join().body()).isEqualTo("one two");
            assertThat(second.join().body()).isEqualTo("one two");
            assertThat(exports.runs).hasValue(2);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"known", "broken", "refused"})
    void whatARequestDoesNotRead_isGivenUpWithIt(String path) {
        try (var web = WebApplication.start(Web.class)) {
            var exports = behind(web.bean(Exports.class));
            exports.parts.add("one");
            web.get("/" + path + "/key");
            assertThat(exports.runs).hasValue(1);
            var streams = web.bean(SkeinRegistry.class).streams("exports");
            await().until(() -> streams.flights().isEmpty() && streams.stats().readers() == 0);
        }
    }

    @Test
    void aResponse_thatCannotBeCompleted_doesNotLookWhole() {
        try (var web = WebApplication.start(Web.class)) {
            var exports = behind(web.bean(Exports.class));
            exports.parts.addAll(List.of("one", LOST));
            int status;
            try {
                status = web.get("/body/key").status();
            } catch (IllegalStateException e) { // what had been sent of it was cut off
                assertThat(e).hasCauseInstanceOf(IOException.class);
                status = 500;
            }
            assertThat(status).isEqualTo(500);
        }
    }
}
