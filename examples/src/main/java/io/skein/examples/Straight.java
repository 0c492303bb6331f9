package io.skein.examples;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** Every caller runs the query itself. */
final class Straight implements Way {
    private final Reports reports;
    private final Executor databaseThreads;

    Straight(Reports reports, Executor databaseThreads) {
        this.reports = reports;
        this.databaseThreads = databaseThreads;
    }

    @Override
    public String name() {
        return "straight";
    }

    @Override
    public Report ask(String key) throws Exception {
        return reports.load(key);
    }

    @Override
    public CompletableFuture<Report> askAsync(String key) {
        var report = new CompletableFuture<Report>();
        databaseThreads.execute(() -> {
            try {
                report.complete(reports.load(key));
            } catch (Throwable e) {
                report.completeExceptionally(e);
            }
        });
        return report;
    }
}
