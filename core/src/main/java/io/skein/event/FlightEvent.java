package io.skein.event;

import java.time.Duration;

/**
 * A flight at the moment something happened to it.
 *
 * @param group the name of the group
 * @param key the key that is loaded; untrusted input, to be escaped before it is shown
 * @param flight a number that tells this load from every other load of the group; a load that takes over from an
 *     interrupted leader has a number of its own
 * @param callers how many callers were aboard at that moment, the one this event is about included
 * @param age time since the load took off
 */
public record FlightEvent(String group, Object key, long flight, int callers, Duration age) {}
