package io.skein.examples.catalogue;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The service's own settings.
 *
 * @param queryTime how long, on average, each query waits for its answer besides, so that there is something to coalesce
 * @param exportTime how long the prices of the past take to come
 */
@ConfigurationProperties(prefix = "catalogue", ignoreUnknownFields = false)
public record CatalogueProperties(
        @DefaultValue("20ms") Duration queryTime,
        @DefaultValue("3s") Duration exportTime) {}
