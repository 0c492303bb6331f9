package io.skein.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the dashboard shows is there to be shown: each metric and label it names is in a scrape. */
class GrafanaDashboardTest {
    private static final Path DASHBOARD =
            Path.of("").toAbsolutePath().getParent().resolve("examples/grafana/skein.json");

    private static final Set<String> WORDS = Set.of("sum", "by", "rate", "histogram_quantile", "label_values");
    private static final Pattern METRIC = Pattern.compile("([a-z_]+)(?:\\{([^}]*)\\})?");
    private static final Pattern LABEL = Pattern.compile("([a-z_]+)\\s*=~?");
    private static final Pattern GROUPING = Pattern.compile("by \\(([a-z, ]+)\\)");
    private static final Pattern SAMPLE = Pattern.compile("^([a-z_]+)(?:\\{(.*)\\})? [0-9.Ee+-]+$", Pattern.MULTILINE);

    /** The names of the metrics in a scrape, and the labels of each. */
    private static Map<String, Set<String>> scraped() {
        var registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        registry.config().meterFilter(new MeterFilter() {
            @Override
            public DistributionStatisticConfig configure(Meter.Id id, DistributionStatisticConfig config) {
                return id.getName().equals("skein.flights")
                        ? DistributionStatisticConfig.builder()
                                .percentilesHistogram(true)
                                .build()
                                .merge(config)
                        : config;
            }
        });
        var scenario = new Scenario(registry);
        scenario.run();
        var labels = new HashMap<String, Set<String>>();
        SAMPLE.matcher(registry.scrape()).results().forEach(sample -> {
            var known = labels.computeIfAbsent(sample.group(1), name -> new HashSet<>());
            if (sample.group(2) != null) {
                Pattern.compile("([a-z_]+)=\"")
                        .matcher(sample.group(2))
                        .results()
                        .forEach(l -> known.add(l.group(1)));
            }
        });
        assertThat(scenario.products.estimatedSize()).isEqualTo(1); // it must not be collected before
        return labels;
    }

    private static JsonObject dashboard() throws IOException {
        return JsonParser.parseString(Files.readString(DASHBOARD)).getAsJsonObject();
    }

    private static List<String> expressions(JsonObject dashboard) {
        var found = new ArrayList<String>();
        for (var panel : dashboard.getAsJsonArray("panels")) {
            for (var target : panel.getAsJsonObject().getAsJsonArray("targets")) {
                found.add(target.getAsJsonObject().get("expr").getAsString());
            }
        }
        return found;
    }

    @Test
    void everyMetricAndLabelItNames_exists() throws IOException {
        var scraped = scraped();
        var expressions = expressions(dashboard());

        assertThat(expressions).hasSizeGreaterThan(15);
        for (var expression : expressions) {
            var grouped = GROUPING.matcher(expression)
                    .results()
                    .flatMap(by -> Stream.of(by.group(1).split(", ?")))
                    .collect(Collectors.toSet());
            var metrics = METRIC.matcher(GROUPING.matcher(expression).replaceAll(""))
                    .results()
                    .filter(name ->
                            !WORDS.contains(name.group(1)) && name.group(1).contains("_"))
                    .filter(name -> !name.group(1).startsWith("__")) // variables of Grafana's own
                    .toList();
            assertThat(metrics).as(expression).isNotEmpty();
            for (var metric : metrics) {
                assertThat(scraped).as(expression).containsKey(metric.group(1));
                var used = LABEL.matcher(metric.group(2))
                        .results()
                        .map(l -> l.group(1))
                        .collect(Collectors.toSet());
                used.addAll(grouped);
                assertThat(scraped.get(metric.group(1))).as(expression).containsAll(used);
            }
        }
    }

    @Test
    void everyMeterOfSkein_isShown() throws IOException {
        var all = String.join("\n", expressions(dashboard()));

        for (var meter : SkeinMeters.values()) {
            assertThat(all).contains(meter.getName().replace('.', '_'));
        }
    }

    @Test
    void itCanBeImported_andNamesNoSourceOfItsOwn() throws IOException {
        var dashboard = dashboard();

        assertThat(dashboard.get("schemaVersion").getAsInt()).isPositive();
        assertThat(dashboard.get("title").getAsString()).isEqualTo("Skein");
        var variables = new ArrayList<String>();
        for (JsonElement variable : dashboard.getAsJsonObject("templating").getAsJsonArray("list")) {
            variables.add(variable.getAsJsonObject().get("name").getAsString());
        }
        assertThat(variables).containsExactly("datasource", "group", "cache");
        for (JsonElement panel : dashboard.getAsJsonArray("panels")) {
            assertThat(panel.getAsJsonObject()
                            .getAsJsonObject("datasource")
                            .get("uid")
                            .getAsString())
                    .isEqualTo("${datasource}");
        }
    }
}
