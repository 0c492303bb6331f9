package io.skein.examples;

import io.skein.Group;
import io.skein.Loader;
import java.util.concurrent.CompletableFuture;

/** Every caller asks a group: those that want the same report at the same moment share one query. */
final class Coalesced implements Way {
    private final Group<String, Report> group;
    private final Loader<String, Report> loader;

    Coalesced(Group<String, Report> group, Loader<String, Report> loader) {
        this.group = group;
        this.loader = loader;
    }

    @Override
    public String name() {
        return "coalesced";
    }

    @Override
    public Report ask(String key) {
        return group.load(key, loader);
    }

    @Override
    public CompletableFuture<Report> askAsync(String key) {
        return group.supplyAsync(key, loader);
    }
}
