package io.skein.benchmarks.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;

/** Keeps runs as JSON, one file for each. Figures are rounded to five digits. */
public final class Results {
    private static final String ENDING = ".json";
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9.-]*");

    private Results() {}

    /**
     * Writes {@code <name of the run>.json}, over what was there.
     *
     * @throws IllegalArgumentException when the run's name is not fit for a file: lower-case letters, digits, dots and hyphens
     */
    public static void write(Path directory, Run run) {
        var file = directory.resolve(checked(run.name()) + ENDING);
        try {
            Files.createDirectories(directory);
            Files.writeString(file, Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(run) + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException("could not write " + file, e);
        }
    }

    /**
     * All runs kept in the directory, sorted by name. The file's name counts, so that a copy is a run of its own.
     *
     * @throws IllegalArgumentException when a file holds no run; names the file
     */
    public static List<Run> readAll(Path directory) {
        try (var files = Files.list(directory)) {
            return files.filter(file -> file.getFileName().toString().endsWith(ENDING))
                    .map(Results::read)
                    .sorted(Comparator.comparing(Run::name))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("could not list " + directory, e);
        }
    }

    /** Writes one part of a run, to be read by {@link #readPart}. */
    public static void write(Path file, Part part) {
        try {
            Files.writeString(file, Json.MAPPER.writeValueAsString(part));
        } catch (IOException e) {
            throw new UncheckedIOException("could not write " + file, e);
        }
    }

    /** Reads what {@link #write(Path, Part)} has written. */
    public static Part readPart(Path file) {
        try {
            return Json.MAPPER.readValue(Files.readString(file), Part.class);
        } catch (IOException e) {
            throw new UncheckedIOException("could not read " + file, e);
        }
    }

    private static Run read(Path file) {
        var fileName = file.getFileName().toString();
        var name = checked(fileName.substring(0, fileName.length() - ENDING.length()));
        try {
            var run = Json.MAPPER.readValue(Files.readString(file), Run.class);
            if (run == null) {
                throw new IllegalArgumentException(file + " holds no run: it is null");
            }
            return new Run(
                    name,
                    run.form(),
                    run.machine(),
                    run.started(),
                    run.took(),
                    run.chapters(),
                    run.verdicts(),
                    run.flaws(),
                    run.setups());
        } catch (JsonProcessingException e) {
            var where =
                    e.getLocation() == null ? "" : " in line " + e.getLocation().getLineNr();
            throw new IllegalArgumentException(file + " holds no run: " + e.getOriginalMessage() + where, e);
        } catch (IOException e) {
            throw new UncheckedIOException("could not read " + file, e);
        }
    }

    private static String checked(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "a run's name is made of lower-case letters, digits, dots and hyphens, was " + name);
        }
        return name;
    }
}
