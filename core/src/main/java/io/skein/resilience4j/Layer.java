package io.skein.resilience4j;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** What a guard puts around a load, in both forms a load can have. Each attempt of a load passes it once. */
interface Layer {
    /** Around a load that keeps its thread until it ends. */
    <T extends @Nullable Object> Callable<T> blocking(Callable<T> load, LoadRun run);

    /** Around one that answers with a promise. */
    <T extends @Nullable Object> AsyncCall<T> async(AsyncCall<T> load, LoadRun run);
}
