package io.skein.benchmarks.scenario;

import java.util.List;

/**
 * The heap of a JVM that measures. All of it is there from the beginning: until a JVM has used a page for the first time, each page
 * costs as much as many flights, and what allocates little looks a few times faster for seconds than what allocates much.
 */
final class Heap {
    private Heap() {}

    /** @param size like {@code 512m} */
    static List<String> of(String size) {
        return List.of("-Xms" + size, "-Xmx" + size, "-XX:+AlwaysPreTouch");
    }
}
