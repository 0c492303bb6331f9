package io.skein.soak;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/** Words for violations. */
final class Report {
    private Report() {}

    static String of(Throwable e) {
        var words = new StringWriter();
        e.printStackTrace(new PrintWriter(words));
        return words.toString();
    }

    /** Where a thread is, and which flight it waits for. */
    static String of(Thread thread) {
        return thread + " " + thread.getState() + ", blocked by " + LockSupport.getBlocker(thread)
                + lines(thread.getStackTrace());
    }

    static String ofAllThreads() {
        return Thread.getAllStackTraces().entrySet().stream()
                .map(e -> e.getKey() + lines(e.getValue()))
                .collect(Collectors.joining("\n"));
    }

    private static String lines(StackTraceElement[] stack) {
        return Arrays.stream(stack).map(line -> "\n    at " + line).collect(Collectors.joining());
    }
}
