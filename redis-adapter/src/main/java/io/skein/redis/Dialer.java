package io.skein.redis;

import io.lettuce.core.resource.ClientResources;
import java.util.concurrent.CompletableFuture;

/** Makes wires. */
interface Dialer {
    /** Makes a wire that tells of all changes from now on. If it fails, nothing is left of it. */
    CompletableFuture<Wire> dial(Wire.Listener listener);

    ClientResources resources();

    /** Ends all wires. Does not wait. */
    void shutdown();
}
