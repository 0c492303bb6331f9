package io.skein.examples;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/** Tells how far something is: a bar that moves on a terminal, a line now and then elsewhere. For one thread. */
final class Progress {
    private static final Duration BETWEEN_BARS = Duration.ofMillis(100);
    private static final Duration BETWEEN_LINES = Duration.ofSeconds(5);
    private static final int BAR = 30;

    private final PrintStream out;
    private final boolean terminal;
    private final String title;
    private final long start = System.nanoTime();
    private long shown;
    private int width; // of what stands on the terminal's line

    Progress(PrintStream out, boolean terminal, String title) {
        this.out = out;
        this.terminal = terminal;
        this.title = title;
        this.shown = start;
    }

    /** Shows that this many of so many are done, unless something was shown a moment ago. */
    void show(int done, int of, String what) {
        long now = System.nanoTime();
        if (now - shown < (terminal ? BETWEEN_BARS : BETWEEN_LINES).toNanos()) {
            return;
        }
        shown = now;
        var numbers = String.format(Locale.ROOT, "%,d of %,d %s", done, of, what);
        if (terminal) {
            int full = (int) ((long) BAR * done / of);
            draw(title + " [" + "#".repeat(full) + ".".repeat(BAR - full) + "] " + numbers);
        } else {
            out.println(title + ", " + (now - start) / 1_000_000_000 + " s: " + numbers);
        }
    }

    /** Shows this at once. */
    void say(String what) {
        if (terminal) {
            draw(title + ": " + what);
        } else {
            out.println(title + ": " + what);
        }
    }

    /** Wipes the bar. */
    void end() {
        if (width > 0) {
            draw("");
            out.print('\r');
            out.flush();
        }
    }

    private void draw(String line) {
        out.print('\r' + line + " ".repeat(Math.max(0, width - line.length())));
        out.flush();
        width = line.length();
    }
}
