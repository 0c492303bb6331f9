package io.skein.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.skein.spring.autoconfigure.SkeinAutoConfiguration;
import io.skein.write.CacheWriter;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** What the page of the adapter shows compiles and starts. */
class ReadmeTest {
    private static final Path FOLDER = folder();

    /** What the reader of a block has in mind. */
    private static final String BEFORE = """
            import com.fasterxml.jackson.core.type.TypeReference;
            import io.lettuce.core.resource.ClientResources;
            import io.skein.*;
            import io.skein.cache.*;
            import io.skein.redis.*;
            import io.skein.spring.*;
            import io.skein.tier.*;
            import java.io.*;
            import java.time.*;
            import java.util.List;
            import java.util.concurrent.*;
            import org.springframework.beans.factory.annotation.Qualifier;
            import org.springframework.cache.annotation.CachingConfigurer;
            import org.springframework.cache.interceptor.CacheErrorHandler;
            import org.springframework.cache.interceptor.LoggingCacheErrorHandler;
            import org.springframework.context.annotation.Bean;
            import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;
            import reactor.core.publisher.Mono;

            class Block {
                record Product(long id) {}
                record Price(boolean provisional) {}
                record Report(String text) {}
                record Offer(String text) {}
                record Shop(CoalescingCache<Long, Product> products, Group<String, Report> reports) {}
                interface Bookings { void export(YearMonth month, OutputStream out) throws IOException; }
                Bookings bookings;
                interface ProductDao { Product find(long id); }
                interface Prices { Price ask(long id, String currency); }
                interface Reports { Report run(LocalDate day); }
                interface Offers { Mono<Offer> fetch(long id); }
                ProductDao dao;
                Prices prices;
                Reports reports;
                Offers offers;

            """;

    /** The tests run from the folder of the adapter, and from that of its module for the other line of Boot. */
    private static Path folder() {
        var here = Path.of("").toAbsolutePath();
        return Files.exists(here.resolve("README.md")) ? here : here.getParent();
    }

    private static String readme() throws IOException {
        return Files.readString(FOLDER.resolve("README.md"));
    }

    private static String name(String block) {
        var publicClass = Pattern.compile("public class (\\w+)").matcher(block);
        return publicClass.find() ? publicClass.group(1) : "Block";
    }

    private static List<String> blocks(String language) throws IOException {
        return blocks(FOLDER.resolve("README.md"), language);
    }

    private static List<String> blocks(Path page, String language) throws IOException {
        return Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(page))
                .results()
                .map(match -> match.group(1))
                .toList();
    }

    static List<String> javaBlocks() throws IOException {
        return Stream.concat(
                        blocks("java").stream().map(block -> BEFORE + block + "\n}"),
                        blocks(FOLDER.resolve("../README.md"), "java").stream()
                                .filter(block -> block.contains("org.springframework")))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("javaBlocks")
    void everyJavaBlockCompiles(String block, @TempDir Path classes) {
        var source =
                new SimpleJavaFileObject(URI.create("string:///" + name(block) + ".java"), JavaFileObject.Kind.SOURCE) {
                    @Override
                    public String getCharContent(boolean ignoreEncodingErrors) {
                        return block;
                    }
                };
        var complaints = new StringWriter();

        boolean compiles = ToolProvider.getSystemJavaCompiler()
                .getTask(
                        complaints,
                        null,
                        null,
                        List.of("--release", "17", "-proc:none", "-parameters", "-d", classes.toString()),
                        null,
                        List.of(source))
                .call();

        assertThat(compiles).as(complaints.toString()).isTrue();
    }

    @Test
    void itsPropertiesStart_butForTheBreakerTheyName() throws IOException {
        for (var block : blocks("properties")) {
            var properties = new Properties();
            properties.load(new StringReader(block));
            properties.remove("skein.caches.products.circuit-breaker");

            new ApplicationContextRunner()
                    .withConfiguration(AutoConfigurations.of(SkeinAutoConfiguration.class))
                    .withBean("profileWriter", Nowhere.class)
                    .withPropertyValues(properties.entrySet().stream()
                            .map(entry -> entry.getKey() + "=" + entry.getValue())
                            .map(property -> property.replace("com.example.Product", Nowhere.class.getName()))
                            .toArray(String[]::new))
                    .run(context -> assertThat(context).hasNotFailed());
        }
    }

    @Test
    void linksIntoTheRepositoryLeadSomewhere() throws IOException {
        Stream<String> links = Pattern.compile("\\]\\((?!https?:|#)([^)#]+)")
                .matcher(readme())
                .results()
                .map(m -> m.group(1));

        assertThat(links.map(FOLDER::resolve)).allMatch(Files::exists);
    }

    static final class Nowhere implements CacheWriter<Object, Object> {
        @Override
        public void write(Object key, Object value) {}

        @Override
        public void delete(Object key) {}
    }
}
