package io.skein.redis;

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

/** What the page of the adapter shows compiles, and what it links to is there. */
class ReadmeTest {
    private static final Path README = Path.of("README.md").toAbsolutePath();

    /** What the reader of a block has in mind. */
    private static final String BEFORE = """
            import io.skein.cache.*;
            import io.skein.redis.*;
            import java.time.*;

            class Block {
                record Product(long id) {}
                interface ProductDao { Product find(long id); }
                ProductDao dao;

                void block() {
            """;

    static Stream<String> blocks() throws IOException {
        return Pattern.compile("```java\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(README))
                .results()
                .map(match -> match.group(1));
    }

    @ParameterizedTest
    @MethodSource("blocks")
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
                        List.of("-d", classes.toString(), "-cp", System.getProperty("java.class.path"), "-proc:none"),
                        null,
                        List.of(source))
                .call();
        assertThat(compiles).as(complaints.toString()).isTrue();
    }

    @Test
    void everyLinkLeadsSomewhere() throws IOException {
        Pattern.compile("]\\(([^):]+)\\)")
                .matcher(Files.readString(README))
                .results()
                .map(match -> README.resolveSibling(match.group(1)))
                .forEach(target -> assertThat(target).exists());
    }
}
