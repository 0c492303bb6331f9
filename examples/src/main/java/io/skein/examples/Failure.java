package io.skein.examples;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.SQLException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Tells what went wrong, in one line or at length, but never the password. */
final class Failure {
    private static final int LONGEST_LINE = 300;

    /** Drivers like to show the URL they were given. */
    private static final Pattern PASSWORD_IN_URL =
            Pattern.compile("(password|pwd)=[^;&\\s\"]*|(?<=://)[^/@\\s]+@", Pattern.CASE_INSENSITIVE);

    private final Throwable failure;
    private final @Nullable String password;

    Failure(Throwable failure, @Nullable String password) {
        this.failure = failure;
        this.password = password;
    }

    void print(PrintStream err, boolean atLength) {
        if (atLength) {
            var trace = new StringWriter();
            failure.printStackTrace(new PrintWriter(trace, true));
            err.print(redacted(trace.toString()));
        }
        err.println(line());
    }

    private String line() {
        var cause = cause();
        var message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
        var name = cause instanceof SQLException ? "the database says: " : "failed: ";
        var line = name + redacted(message).replaceAll("[\\s\\p{Cntrl}]+", " ").strip();
        return line.length() > LONGEST_LINE ? line.substring(0, LONGEST_LINE) + "..." : line;
    }

    /** The innermost thing a database said, else the outermost. */
    private Throwable cause() {
        var said = failure;
        for (Throwable e = failure; e != null; e = e.getCause()) {
            if (e instanceof SQLException) {
                said = e;
            }
        }
        return said;
    }

    private String redacted(String text) {
        var without = password == null || password.isEmpty() ? text : text.replace(password, "***");
        return PASSWORD_IN_URL.matcher(without).replaceAll("***");
    }
}
