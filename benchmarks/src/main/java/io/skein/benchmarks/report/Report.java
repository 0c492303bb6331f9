package io.skein.benchmarks.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Makes the pages of all runs that are kept in a directory. The same JSON gives the same bytes. */
public final class Report {
    /** The form of a run that has measured everything at length. */
    public static final String FULL = "full";

    private static final String PICTURE = ".svg";

    private Report() {}

    /**
     * Writes for each {@code <name>.json} a page {@code <name>.md} with its pictures in {@code <name>/}, for all of them
     * {@code index.html}, and for the full ones, which are there to stay, {@code README.md}. Pictures of plots that are no
     * more are removed.
     *
     * @throws IllegalArgumentException when a file holds no run, or two plots of a run have the same id
     */
    public static void write(Path directory) {
        var runs = Results.readAll(directory);
        try {
            for (var run : runs) {
                var sketch = new Sketch(run);
                pictures(directory.resolve(run.name()), run, sketch);
                Files.writeString(directory.resolve(run.name() + ".md"), Markdown.of(run, sketch));
            }
            var full = runs.stream().filter(run -> run.form().equals(FULL)).toList();
            Files.writeString(directory.resolve("README.md"), Index.of(full));
            Files.writeString(directory.resolve("index.html"), Page.of(runs));
        } catch (IOException e) {
            throw new UncheckedIOException("could not write the report in " + directory, e);
        }
    }

    private static void pictures(Path directory, Run run, Sketch sketch) throws IOException {
        var drawings = run.chapters().stream()
                .flatMap(chapter -> sketch.drawings(chapter).stream())
                .toList();
        var names = names(run, drawings);
        if (!drawings.isEmpty()) {
            Files.createDirectories(directory);
        }
        for (var drawing : drawings) {
            Files.writeString(
                    directory.resolve(drawing.id() + PICTURE),
                    Painter.instance().svg(drawing));
        }
        if (Files.isDirectory(directory)) {
            removeAllBut(names, directory);
        }
    }

    private static Set<String> names(Run run, List<Drawing> drawings) {
        var names = new HashSet<String>();
        for (var drawing : drawings) {
            if (!drawing.id().matches("[A-Za-z0-9-]+")) {
                throw new IllegalArgumentException(
                        "a plot's id is made of letters, digits and hyphens, was " + drawing.id());
            }
            if (!names.add(drawing.id() + PICTURE)) {
                throw new IllegalArgumentException("two plots of " + run.name() + " have the id " + drawing.id());
            }
        }
        return names;
    }

    private static void removeAllBut(Set<String> names, Path directory) throws IOException {
        try (var files = Files.list(directory)) {
            for (var file : files.toList()) {
                var name = file.getFileName().toString();
                if (name.endsWith(PICTURE) && !names.contains(name)) {
                    Files.delete(file);
                }
            }
        }
    }
}
