package io.skein;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the README shows compiles, and what it tells to run is what CI runs. */
class ReadmeTest {
    private static final Path ROOT = Path.of("").toAbsolutePath().getParent();

    /** What the reader of a block has in mind: a service with a source that may fail. */
    private static final String BEFORE = """
            import io.skein.*;
            import io.skein.cache.*;
            import io.skein.event.*;
            import io.skein.guava.Skein;
            import io.skein.load.*;
            import io.skein.micrometer.*;
            import io.skein.resilience4j.Guard;
            import io.skein.stream.*;
            import io.skein.write.*;
            import com.google.common.cache.LoadingCache;
            import io.github.resilience4j.bulkhead.Bulkhead;
            import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
            import io.github.resilience4j.retry.Retry;
            import io.micrometer.core.instrument.MeterRegistry;
            import io.micrometer.observation.ObservationRegistry;
            import java.io.*;
            import java.nio.file.Path;
            import java.sql.SQLException;
            import java.time.Duration;
            import java.util.*;
            import java.util.concurrent.*;

            class Block {
                record User(String name) {}
                interface Dao { User find(long id) throws SQLException; User find(String key) throws SQLException; }
                interface Client { CompletableFuture<User> fetch(String key); }
                record Product(String name) {}
                interface Catalog {
                    Product find(Long id) throws SQLException;
                    Map<Long, Product> findAll(Set<Long> ids) throws SQLException;
                }
                record Page(String text) {}
                record Response(int status, Page page, String etag, Duration maxAge, String site) {}
                interface Http { Response get(String url, Optional<String> etag); }
                Dao dao;
                Catalog catalog;
                CacheWriter<Long, Product> catalogWriter;
                Codec<Product> productCodec;
                record Row(String text) {}
                interface Bookings {
                    void export(String month, OutputStream out) throws IOException;
                    void forEach(java.util.function.Consumer<Row> row);
                }
                interface Model {
                    void ask(String question, java.util.function.Consumer<String> token);
                    Flow.Publisher<String> stream(String question);
                }
                Bookings bookings;
                Model model;
                Codec<Row> rowCodec;
                OutputStream response;
                StreamGroup<String> answers;
                interface Alarms { void raise(Object key, Throwable failure); }
                Alarms alarms;
                Catalog replica;
                MeterRegistry registry;
                ObservationRegistry observations;
                Http http;
                Client client;
                ExecutorService databaseThreads;
                Group<String, User> users;

                void block() throws Exception {
            """;

    static List<String> javaBlocks() throws IOException {
        var blocks = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
        return blocks.matcher(readme())
                .results()
                .map(match -> match.group(1))
                .filter(block -> !block.contains("org.springframework")) // compiled by the test of the adapter
                .toList();
    }

    private static String readme() throws IOException {
        return Files.readString(ROOT.resolve("README.md"));
    }

    @ParameterizedTest
    @MethodSource("javaBlocks")
    void everyJavaBlockCompiles(String block, @TempDir Path classes) {
        var source = new SimpleJavaFileObject(URI.create("string:///Block.java"), JavaFileObject.Kind.SOURCE) {
            @Override
            public String getCharContent(boolean ignoreEncodingErrors) {
                return BEFORE + block + "\n}}";
            }
        };
        var complaints = new StringWriter();

        boolean compiles = ToolProvider.getSystemJavaCompiler()
                .getTask(
                        complaints,
                        null,
                        null,
                        List.of("--release", "17", "-proc:none", "-d", classes.toString()),
                        null,
                        List.of(source))
                .call();

        assertThat(compiles).as(complaints.toString()).isTrue();
    }

    @Test
    void ciRunsTheTestCommandOfTheReadme() throws IOException {
        assertThat(readme()).contains("\nmvn verify\n");
        assertThat(Files.readString(ROOT.resolve(".ci/run"), UTF_8).lines().map(String::strip))
                .contains("mvn verify");
    }

    @Test
    void linksIntoTheRepositoryLeadSomewhere() throws IOException {
        var links =
                Pattern.compile("\\]\\((?!https?:|#)([^)#]+)").matcher(readme()).results();

        assertThat(links.map(match -> ROOT.resolve(match.group(1)))).allMatch(Files::exists);
    }

    @Test
    void everyMavenProfileItNamesExists() throws IOException {
        var profiles =
                Pattern.compile("-P([a-z-]+)").matcher(readme()).results().map(match -> match.group(1));
        var poms = Stream.of("pom.xml", "core/pom.xml")
                .map(ROOT::resolve)
                .map(ReadmeTest::read)
                .toList();

        assertThat(profiles)
                .allSatisfy(profile -> assertThat(poms).anyMatch(pom -> pom.contains("<id>" + profile + "</id>")));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
