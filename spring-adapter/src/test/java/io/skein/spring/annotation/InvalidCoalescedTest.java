package io.skein.spring.annotation;

import static org.assertj.core.api.Assertions.assertThat;

import io.skein.spring.Coalesced;
import io.skein.spring.autoconfigure.FailureTexts;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.Resource;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpEntity;
import org.springframework.http.ResponseEntity;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Whatever cannot be shared is told when the application starts, with the method and a remedy. */
class InvalidCoalescedTest {

    @EnableAutoConfiguration
    @Configuration
    static class Application {}

    static class Nothing {
        @Coalesced("c")
        public void run() {}
    }

    static class AStream {
        @Coalesced("c")
        public Stream<String> run() {
            return Stream.of();
        }
    }

    static class NumberStream {
        @Coalesced
        public IntStream run() {
            return IntStream.of();
        }
    }

    static class Bytes {
        @Coalesced
        public ByteArrayInputStream run() {
            return new ByteArrayInputStream(new byte[0]);
        }
    }

    static class KeptBytes {
        @Coalesced("bytes")
        public InputStream run() {
            return InputStream.nullInputStream();
        }
    }

    static class KeptBody {
        @Coalesced("bytes")
        public StreamingResponseBody run() {
            return out -> {};
        }
    }

    static class Response {
        @Coalesced
        public ResponseEntity<StreamingResponseBody> run() {
            return ResponseEntity.ok(out -> {});
        }
    }

    static class ResponseOfResource {
        @Coalesced
        public HttpEntity<Resource> run() {
            return ResponseEntity.noContent().build();
        }
    }

    static class MonoOfResource {
        @Coalesced
        public Mono<ResponseEntity<Resource>> run() {
            return Mono.empty();
        }
    }

    static class Events {
        @Coalesced
        public SseEmitter run() {
            return new SseEmitter();
        }
    }

    static class Buffers {
        @Coalesced
        public Flux<DataBuffer> run() {
            return Flux.empty();
        }
    }

    static class MaybeBytes {
        @Coalesced
        public Optional<InputStream> run() {
            return Optional.empty();
        }
    }

    static class LaterBytes {
        @Coalesced
        public CompletableFuture<Iterator<String>> run() {
            return new CompletableFuture<>();
        }
    }

    static class MonoOfStream {
        @Coalesced
        public Mono<Stream<String>> run() {
            return Mono.empty();
        }
    }

    static class PlainFuture {
        @Coalesced
        public Future<String> run() {
            return new CompletableFuture<>();
        }
    }

    static class OwnFuture extends CompletableFuture<String> {}

    static class FutureOfOnesOwn {
        @Coalesced
        public OwnFuture run() {
            return new OwnFuture();
        }
    }

    static final class FinalClass {
        @Coalesced
        public String run() {
            return "";
        }
    }

    record ARecord() {
        @Coalesced
        public String run() {
            return "";
        }
    }

    static class FinalMethod {
        @Coalesced
        public final String run() {
            return "";
        }
    }

    static class PrivateMethod {
        @Coalesced
        private String run() {
            return "";
        }
    }

    static class StaticMethod {
        @Coalesced
        public static String run() {
            return "";
        }
    }

    static class UnknownVariable {
        @Coalesced(cacheNames = "c", key = "#idd + 1")
        public String run(long id, String name) {
            return "";
        }
    }

    static class ResultInKey {
        @Coalesced(cacheNames = "c", key = "#result")
        public String run(long id) {
            return "";
        }
    }

    static class NoExpression {
        @Coalesced(cacheNames = "c", condition = "#id >")
        public String run(long id) {
            return "";
        }
    }

    static class KeyTwice {
        @Coalesced(cacheNames = "c", key = "#id", keyGenerator = "generator")
        public String run(long id) {
            return "";
        }
    }

    static class UnlessNothingIsKept {
        @Coalesced(unless = "#result == null")
        public String run(long id) {
            return "";
        }
    }

    static class TwoCaches {
        @Coalesced({"a", "b"})
        public String run(long id) {
            return "";
        }
    }

    static class BlankCache {
        @Coalesced(" ")
        public String run(long id) {
            return "";
        }
    }

    static class CacheAndGroup {
        @Coalesced(cacheNames = "a", group = "b")
        public String run(long id) {
            return "";
        }
    }

    static Stream<Arguments> invalid() {
        return Stream.of(
                Arguments.of(Nothing.class, "returns nothing", "leave the annotation out"),
                Arguments.of(AStream.class, "share one Stream", "Return what has been read"),
                Arguments.of(NumberStream.class, "share one IntStream", "Return what has been read"),
                Arguments.of(Bytes.class, "share one ByteArrayInputStream", "a byte array"),
                Arguments.of(
                        KeptBytes.class,
                        "a cache keeps no InputStream",
                        "set keep-for of its group under skein.streams"),
                Arguments.of(KeptBody.class, "a cache keeps no StreamingResponseBody", "Leave the cache name out"),
                Arguments.of(Buffers.class, "share one DataBuffer", "a byte array"),
                Arguments.of(
                        Response.class, "share one StreamingResponseBody", "Return the StreamingResponseBody itself"),
                Arguments.of(ResponseOfResource.class, "share one Resource", "Return the Resource itself"),
                Arguments.of(MonoOfResource.class, "share one Resource", "Return the Resource itself"),
                Arguments.of(Events.class, "share one SseEmitter", "a Flux"),
                Arguments.of(MaybeBytes.class, "share one InputStream", "Return the InputStream itself"),
                Arguments.of(LaterBytes.class, "share one Iterator", "a List"),
                Arguments.of(MonoOfStream.class, "share one Stream", "a List"),
                Arguments.of(PlainFuture.class, "share one Future", "Return a CompletableFuture"),
                Arguments.of(FutureOfOnesOwn.class, "share one OwnFuture", "Return a CompletableFuture"),
                Arguments.of(FinalClass.class, "a method of a final class cannot be intercepted", "open to subclasses"),
                Arguments.of(ARecord.class, "a method of a final class cannot be intercepted", "open to subclasses"),
                Arguments.of(FinalMethod.class, "a final method cannot be intercepted", "Make it overridable"),
                Arguments.of(PrivateMethod.class, "a private method cannot be intercepted", "Make it public"),
                Arguments.of(StaticMethod.class, "a static method cannot be intercepted", "a method of the bean"),
                Arguments.of(
                        UnknownVariable.class,
                        "key = \"#idd + 1\" uses #idd, which is not there",
                        "There is #id, #name, #p0, #a0, #p1, #a1, #root."),
                Arguments.of(ResultInKey.class, "uses #result, which is not there", "There is #id"),
                Arguments.of(NoExpression.class, "condition = \"#id >\" is no SpEL expression", "Correct it"),
                Arguments.of(KeyTwice.class, "both a key and a keyGenerator", "Leave one out"),
                Arguments.of(UnlessNothingIsKept.class, "without a cache name nothing is", "Give it a cache name"),
                Arguments.of(TwoCaches.class, "it has 2 cache names", "Leave all but one out"),
                Arguments.of(BlankCache.class, "the cache name is blank", "Leave it out to keep nothing"),
                Arguments.of(CacheAndGroup.class, "both a cache name and a group", "Leave one out"));
    }

    @ParameterizedTest
    @MethodSource("invalid")
    void whatCannotBeShared_stopsTheStart_andSaysWhy(Class<?> bean, String problem, String remedy) {
        assertThat(FailureTexts.of(List.of(Application.class, bean)))
                .contains("@Coalesced on " + bean.getName() + ".run(")
                .contains(problem)
                .contains(remedy);
    }

    @Test
    void aGeneratorThatIsNotThere_isTold() {
        assertThat(FailureTexts.of(List.of(Application.class, GeneratorMissing.class)))
                .contains("missing")
                .contains("KeyGenerator");
    }

    static class GeneratorMissing {
        @Coalesced(cacheNames = "c", keyGenerator = "missing")
        public String run(long id) {
            return "";
        }
    }
}
