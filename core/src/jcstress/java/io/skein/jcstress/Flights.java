package io.skein.jcstress;

import io.skein.Group;
import io.skein.Result;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * The group of these tests. There is one for all, since a group's table is too large for one per sample: each sample
 * is a key of its own. Everything happens on the threads of the test: loads are futures, and the executor, which
 * follow-up loads run on, is the calling thread.
 */
final class Flights {
    static final Group<Object, String> GROUP = Group.<Object, String>builder("jcstress")
            .executor(Runnable::run)
            .ticker(() -> 0)
            .build();

    private Flights() {}

    static CompletableFuture<Result<String>> board(Object key, CompletableFuture<String> source) {
        return GROUP.loadResultAsync(key, k -> source);
    }

    /** What a caller got, in words. Waits for it. */
    static String got(CompletableFuture<Result<String>> caller) {
        try {
            var result = caller.join();
            return result.value() + (result.shared() ? " shared" : " alone");
        } catch (CancellationException e) {
            return "cancelled";
        } catch (CompletionException e) {
            return e.getCause().toString();
        }
    }
}
