package io.skein.soak;

/** What loads of the cache's soak fail with; as old as the version their source was at. */
final class SourceDown extends Exception {
    private static final long serialVersionUID = 1L;

    final int key;
    final long version;

    SourceDown(int key, long version, Throwable cause) {
        super("no answer for key " + key + " at version " + version, cause, false, false);
        this.key = key;
        this.version = version;
    }
}
