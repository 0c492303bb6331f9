package io.skein.internal;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Tells the log of a listener that throws: once per listener class, since it may throw at every turn. */
public final class Complaints {
    private static final Set<String> MADE = ConcurrentHashMap.newKeySet();

    private Complaints() {}

    public static void about(Object listener, Throwable failure, Logger log) {
        var name = listener.getClass().getName();
        if (MADE.add(name)) {
            log.log(Level.WARNING, "listener " + name + " failed; said once", failure);
        }
    }
}
