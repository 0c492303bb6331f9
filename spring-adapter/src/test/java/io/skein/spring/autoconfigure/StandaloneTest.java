package io.skein.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The adapter needs Boot and the core only; everything else it makes use of may be missing. A class loader of its own for
 * each application, since one that hides classes from Spring does not hide them from what is loaded already.
 */
class StandaloneTest {
    /** Boot itself, with what it cannot do without. */
    private static final Pattern NEEDED =
            Pattern.compile("(skein|caffeine|jspecify|spring-boot-[0-9]|spring-boot-autoconfigure-[0-9]|commons-logging"
                    + "|spring-(core|jcl|beans|context|aop|expression)-[0-9]"
                    + "|micrometer-(commons|observation)-[0-9]|context-propagation).*");

    /** Starts the application with those jars only, and all of the project's own classes. */
    private static String run(Predicate<String> jars) throws Exception {
        return run(BareApplication.class.getName(), jars);
    }

    private static String run(String application, Predicate<String> jars) throws Exception {
        var urls = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(Path::of)
                .filter(path -> !path.toString().endsWith(".jar")
                        || jars.test(path.getFileName().toString()))
                .map(StandaloneTest::url)
                .toArray(URL[]::new);
        var before = Thread.currentThread().getContextClassLoader();
        try (var loader = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader())) {
            Thread.currentThread().setContextClassLoader(loader);
            var callable =
                    (Callable<?>) loader.loadClass(application).getConstructor().newInstance();
            return (String) callable.call();
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
    }

    private static URL url(Path path) {
        try {
            return path.toUri().toURL();
        } catch (java.net.MalformedURLException e) {
            throw new IllegalArgumentException(path.toString(), e);
        }
    }

    @Test
    void itWorks_withBootAndTheCoreOnly() throws Exception {
        assertThat(run(NEEDED.asMatchPredicate())).isEqualTo("call 1, call 1, monday, may, [42], [reports]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(spring-boot.*(actuator|health|metrics|micrometer)|micrometer-(core|observation-|jakarta)).*",
                "(resilience4j-(retry|bulkhead)|reactor|reactive|kotlin).*",
                "(slf4j|logback|log4j|jul-to|HikariCP|spring-jdbc|spring-tx|spring-boot.*(jdbc|actuator)).*"
            })
    void itWorks_withAllButSome(String missing) throws Exception {
        assertThat(run(jar -> !jar.matches(missing))).isEqualTo("call 1, call 1, monday, may, [42], [reports]");
    }

    @Test
    void publishers_areRefused_withoutReactor() throws Exception {
        assertThat(run(BareApplication.WithPublisher.class.getName(), jar -> !jar.matches("(reactor|reactive).*")))
                .contains("a Publisher is shared by means of Reactor, which is not there");
    }
}
