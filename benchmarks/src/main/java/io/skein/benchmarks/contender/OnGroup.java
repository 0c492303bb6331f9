package io.skein.benchmarks.contender;

import io.skein.Group;
import io.skein.Loader;
import java.util.function.Function;

/** {@code Group}. */
record OnGroup(Loader<String, Object> loader, Group<String, Object> group) implements BlockingContender {
    static OnGroup create(Function<String, Object> loader) {
        return new OnGroup(loader::apply, Group.create("bench"));
    }

    @Override
    public Object load(String key) {
        return group.load(key, loader);
    }

    /** A group remembers nothing. */
    @Override
    public void drop(String key) {}

    @Override
    public boolean hasAboard(int callers) {
        var flights = group.flights();
        return flights.size() == 1 && flights.get(0).callers() == callers;
    }

    @Override
    public void close() {
        group.close();
    }
}
