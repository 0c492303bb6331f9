package io.skein.examples;

import java.util.concurrent.CompletableFuture;

/** A way to a report. */
interface Way {
    String name();

    /** Blocks until the report is there. */
    Report ask(String key) throws Exception;

    /** Does not block. */
    CompletableFuture<Report> askAsync(String key);
}
