package io.skein.spring.autoconfigure;

import io.skein.spring.LoadGuard;

/** Makes the guards that the properties of a cache or group name. */
@FunctionalInterface
interface Guards {
    /** The guard of one cache or group; {@link LoadGuard#NONE} if its properties name none. */
    LoadGuard of(Sheet<? extends FlightProperties> sheet);
}
