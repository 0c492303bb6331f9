package io.skein.soak;

import io.skein.Group;
import io.skein.LoadRejectedException;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** After all landings of a bounded group, exactly as many flights can take off as it allows (G13). */
final class Permits {
    private Permits() {}

    static void areAllBack(Group<Integer, Run> group, Verdict verdict) {
        var callers = new ArrayList<CompletableFuture<Run>>();
        for (int key = 0; key < Setting.MOST_FLIGHTS; key++) {
            callers.add(group.loadAsync(key, k -> new CompletableFuture<>()));
        }
        if (callers.stream().anyMatch(CompletableFuture::isDone)) {
            verdict.broken("G13", "a flight took its permit with it: " + callers);
        }
        var tooMany = group.loadAsync(Setting.MOST_FLIGHTS, k -> new CompletableFuture<>());
        try {
            tooMany.getNow(null);
            verdict.broken("G13", "one flight too many: " + group.flights());
        } catch (CompletionException e) {
            if (!(e.getCause() instanceof LoadRejectedException)) {
                verdict.broken("G13", Report.of(e));
            }
        }
        callers.forEach(caller -> caller.cancel(true));
        tooMany.cancel(true);
    }
}
