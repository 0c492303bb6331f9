package io.skein.stream;

import java.io.IOException;

/**
 * A reader waited as long as {@code readTimeout} allows, and nothing came. It may read on: the stream goes on for everybody. The
 * message names the group and the key, the latter with control characters escaped and cut at 100 characters.
 */
public final class ReadTimeoutException extends IOException {
    private static final long serialVersionUID = 1L;

    ReadTimeoutException(String message) {
        super(message);
    }
}
