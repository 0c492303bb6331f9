package io.skein.stream;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.Objects;

/** What a loader writes to. */
final class RecordingOutput extends OutputStream {
    private final ByteRecording<?> recording;
    private volatile boolean closed;

    RecordingOutput(ByteRecording<?> recording) {
        this.recording = recording;
    }

    @Override
    public void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
    }

    /**
     * Writes all of it.
     *
     * @throws InterruptedIOException if this thread was interrupted while it waited for readers; its interrupt flag stays set
     */
    @Override
    public void write(byte[] bytes, int offset, int count) throws IOException {
        Objects.checkFromIndexSize(offset, count, bytes.length);
        if (closed) {
            throw new IOException("closed by the loader, of " + recording.describe());
        }
        try {
            recording.append(bytes, offset, count, true);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            var interrupted = new InterruptedIOException(e.getMessage());
            interrupted.initCause(e);
            throw interrupted;
        }
    }

    /** Tells a loader that has something to flush whether anybody still reads. */
    @Override
    public void flush() throws IOException {
        if (!closed) {
            recording.checkGrowing();
        }
    }

    /** The loader writes no more. The stream ends when it returns, since it may still fail. */
    @Override
    public void close() {
        closed = true;
    }
}
