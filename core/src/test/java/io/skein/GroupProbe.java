package io.skein;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;

/** What proofs in other packages need to see of a group's inside. */
public final class GroupProbe {
    private GroupProbe() {}

    /** Whether nothing is in flight, forgotten flights included. */
    public static boolean isEmpty(Group<?, ?> group) {
        return group.table().isEmpty();
    }

    /** Whether nobody can join this flight any more. */
    public static boolean isGone(Flight<?, ?> flight) {
        return flight.isGone();
    }

    /** The flights that have not landed, in words. */
    public static List<String> inProgress(Group<?, ?> group) {
        var flights = new ArrayList<String>();
        group.table().forEachInProgress(flight -> flights.add(flight.toString()));
        return flights;
    }

    /** Makers of threads of each kind this JVM has. */
    public static List<ThreadFactory> threads() {
        ThreadFactory platform = Callers::platform;
        return Optional.ofNullable(VirtualThreads.FACTORY)
                .map(virtual -> List.of(platform, virtual))
                .orElse(List.of(platform));
    }
}
