package io.skein.benchmarks.report;

import java.util.List;

/**
 * A picture of a chapter.
 *
 * @param id names the file; letters, digits and hyphens
 * @param scenarios the rows in it: for bars, each is a colour; for curves, each is a place on the x axis
 * @param places of the scenarios on the x axis, for curves
 * @param tracks what happened over time, for timelines
 */
public record Plot(
        String id,
        Kind kind,
        String title,
        String xTitle,
        List<String> scenarios,
        List<Double> places,
        List<Track> tracks) {
    public enum Kind {
        /** A group of bars for each contender, on a logarithmic scale, with whiskers from quartile to quartile. */
        BARS,
        /** A curve for each contender, both scales logarithmic. */
        CURVES,
        /** A curve for each track, from 0 on. */
        TIMELINE
    }

    /**
     * The course of one contender.
     *
     * @param seconds since the start
     */
    public record Track(String label, List<Double> seconds, List<Double> values) {}

    public static Plot bars(String id, String title, List<String> scenarios) {
        return new Plot(id, Kind.BARS, title, "", scenarios, List.of(), List.of());
    }

    public static Plot curves(String id, String title, String xTitle, List<String> scenarios, List<Double> places) {
        return new Plot(id, Kind.CURVES, title, xTitle, scenarios, places, List.of());
    }

    /** @param yTitle stands for the values of the tracks, which have no row */
    public static Plot timeline(String id, String title, String yTitle, List<Track> tracks) {
        return new Plot(id, Kind.TIMELINE, title, yTitle, List.of(), List.of(), tracks);
    }
}
