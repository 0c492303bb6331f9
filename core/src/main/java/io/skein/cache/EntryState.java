package io.skein.cache;

/** How far an entry can be trusted. */
public enum EntryState {
    /** Inside its time to live. */
    FRESH,
    /** Past it, but kept to be served while it is loaded anew, or while the source fails. */
    STALE,
    /** Remembers that there is nothing under the key. */
    NEGATIVE,
    /** Remembers how the load failed. */
    FAILED
}
