package io.skein.stream;

import java.io.IOException;
import java.util.concurrent.ThreadLocalRandom;

/** How far one reader has read. For one thread at a time. */
final class ByteCursor {
    private final ByteRecording<?> recording;
    private final int lane = ThreadLocalRandom.current().nextInt(SpillFile.LANES);
    private volatile long position; // others may ask how much there is to read

    ByteCursor(ByteRecording<?> recording) {
        this.recording = recording;
    }

    /** Reads some bytes, without waiting; 0 if there are none yet. */
    int read(byte[] target, int offset, int count) throws IOException {
        int some = recording.copy(position, target, offset, count, lane);
        move(some);
        return some;
    }

    /** Passes over so many bytes, which must be there. */
    void move(long count) {
        if (count > 0) {
            long reached = position + count;
            position = reached;
            recording.readTo(reached);
        }
    }

    long available() {
        return recording.length() - position;
    }
}
