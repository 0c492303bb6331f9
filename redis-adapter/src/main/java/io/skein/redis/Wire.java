package io.skein.redis;

import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What commands are sent by, and changes told by, until one end of it is lost; then another is made. */
interface Wire {
    /** Where commands are sent. */
    RedisClusterAsyncCommands<String, byte[]> commands();

    /** Whether nothing of it has been lost so far. */
    boolean isOpen();

    /** Its connections, each of which has to be alive. */
    List<Line> lines();

    /** A command has been answered. */
    void answered();

    /** For each master, the name of something that it would have; with this in it. */
    List<String> names(String part);

    /** Does not wait. */
    void close();

    /** What happens on a wire is told to this, by its event loops. */
    interface Listener {
        /** Names have been changed; null if all may have. */
        void pushed(@Nullable List<?> names);

        /** It is of no use any more. */
        void lost(String why);
    }
}
