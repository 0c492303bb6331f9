package io.skein.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.core.io.support.SpringFactoriesLoader;

/** What a user reads when an application does not start. */
public final class FailureTexts {
    private FailureTexts() {}

    /** What is printed by the analyzers there are when an application of these classes is started. */
    public static String of(List<Class<?>> application, String... properties) {
        var arguments = new ArrayList<String>(List.of("--spring.main.banner-mode=off", "--logging.level.root=off"));
        for (var property : properties) {
            arguments.add("--" + property);
        }
        try (var context = new SpringApplicationBuilder(application.toArray(new Class<?>[0]))
                .web(WebApplicationType.NONE)
                .run(arguments.toArray(new String[0]))) {
            throw new AssertionError("it started: " + context);
        } catch (RuntimeException e) {
            var analysis = analyze(e);
            assertThat(analysis).as("an analysis of " + e).isNotNull();
            return analysis.getDescription() + "\n" + analysis.getAction();
        } finally {
            // Logging is the JVM's: other tests look at what is logged.
            LoggingSystem.get(FailureTexts.class.getClassLoader())
                    .setLogLevel(LoggingSystem.ROOT_LOGGER_NAME, LogLevel.INFO);
        }
    }

    private static FailureAnalysis analyze(Throwable failure) {
        var analyzers =
                new ArrayList<>(SpringFactoriesLoader.forDefaultResourceLocation(FailureTexts.class.getClassLoader())
                        .load(FailureAnalyzer.class, SpringFactoriesLoader.FailureHandler.handleMessage((m, e) -> {})));
        for (var analyzer : analyzers) {
            var analysis = analyzer.analyze(failure);
            if (analysis != null) {
                return analysis;
            }
        }
        return null;
    }
}
