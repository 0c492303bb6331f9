package io.skein.spring;

import java.util.Map;

/**
 * A cache or group of the application.
 *
 * @param target the cache or group
 * @param guard what loaders of a call's own have to be given to, for this cache or group
 * @param settings what it was built with, by the names of the properties; empty if it was not built from properties
 * @param <T> the cache or group
 */
public record Managed<T>(T target, LoadGuard guard, Map<String, Object> settings) {
    public Managed {
        settings = Map.copyOf(settings);
    }
}
