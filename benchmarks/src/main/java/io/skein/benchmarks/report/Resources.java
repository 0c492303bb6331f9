package io.skein.benchmarks.report;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Properties;

/** The scripts and styles that the report is made with. */
final class Resources {
    private static final String PROPERTIES = "/META-INF/maven/org.webjars.npm/echarts/pom.properties";

    private Resources() {}

    /** ECharts, of the version that is on the class path. */
    static String echarts() {
        var properties = new Properties();
        try {
            properties.load(new StringReader(read(PROPERTIES)));
        } catch (IOException e) {
            throw new UncheckedIOException("could not read " + PROPERTIES, e);
        }
        return read(
                "/META-INF/resources/webjars/echarts/" + properties.getProperty("version") + "/dist/echarts.min.js");
    }

    /** @param name of a file beside this class */
    static String own(String name) {
        return read(name);
    }

    private static String read(String path) {
        try (var in = Resources.class.getResourceAsStream(path)) {
            if (in == null) {
                throw new IllegalStateException("not on the class path: " + path);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("could not read " + path, e);
        }
    }
}
