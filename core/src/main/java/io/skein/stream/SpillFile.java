package io.skein.stream;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A temporary file that is appended to, and read anywhere, by many threads at once. It is gone when it is closed.
 *
 * <p>Each reading thread takes a lane, which is a file descriptor of its own, and if that is busy another; so there are no more
 * descriptors than lanes, however many readers there are. Not a {@code FileChannel}, which an interrupt of one reader would
 * close for all.
 */
final class SpillFile {
    /** So many threads read at once. */
    static final int LANES = 4;

    /** No more is read at once, since as much is allocated outside of the heap for the time of the call. */
    private static final int LARGEST_READ = 128 * 1024;

    private static final System.Logger LOG = System.getLogger(StreamGroup.class.getName());

    private final Path path;
    private final Lane end;
    private final Lane[] lanes = new Lane[LANES];

    /** The file has been made, and is empty. */
    SpillFile(Path path) {
        this.path = path;
        this.end = new Lane("rw");
        for (int i = 0; i < LANES; i++) {
            lanes[i] = new Lane("r");
        }
    }

    /** For one thread at a time; the position is where the file ends. */
    void append(long position, byte[] bytes) throws IOException {
        end.lock.lock();
        try {
            var open = end.open();
            open.seek(position);
            open.write(bytes);
        } finally {
            end.lock.unlock();
        }
    }

    /** Reads some of what has been appended, at least one byte. */
    int read(long position, byte[] target, int offset, int count, int lane) throws IOException {
        var mine = take(lane);
        try {
            var open = mine.open();
            open.seek(position);
            int some = open.read(target, offset, Math.min(count, LARGEST_READ));
            if (some <= 0) {
                throw new IOException("temporary file " + path + " ends at " + open.length() + ", before " + position);
            }
            return some;
        } finally {
            mine.lock.unlock();
        }
    }

    private Lane take(int lane) {
        for (int i = 0; i < LANES; i++) {
            var other = lanes[(lane + i) % LANES];
            if (other.lock.tryLock()) {
                return other;
            }
        }
        lanes[lane].lock.lock();
        return lanes[lane];
    }

    /** Closes what is open; what is needed again is opened again. */
    void rest() {
        end.rest();
        for (var lane : lanes) {
            lane.rest();
        }
    }

    /** Closes and deletes it. Waits for reads and writes in progress. May be called again. */
    void close() {
        end.close();
        for (var lane : lanes) {
            lane.close();
        }
        try {
            Files.deleteIfExists(path);
        } catch (IOException | RuntimeException e) { // as where a virus scanner has it open
            LOG.log(Level.WARNING, "temporary file " + path + " is not deleted before the next start", e);
        }
    }

    /** A file descriptor, opened when it is needed first. */
    private final class Lane {
        final ReentrantLock lock = new ReentrantLock();
        private final String mode;
        private @Nullable RandomAccessFile file; // with the lock, like the next
        private boolean closed;

        Lane(String mode) {
            this.mode = mode;
        }

        RandomAccessFile open() throws IOException {
            if (closed) {
                throw new IOException("temporary file " + path + " is closed, as nobody was to read it any more");
            }
            if (file == null) {
                file = new RandomAccessFile(path.toFile(), mode);
            }
            return file;
        }

        void close() {
            lock.lock();
            try {
                closed = true;
            } finally {
                lock.unlock();
            }
            rest();
        }

        void rest() {
            lock.lock();
            try {
                if (file != null) {
                    file.close();
                    file = null;
                }
            } catch (IOException e) {
                LOG.log(Level.WARNING, "closing temporary file " + path, e);
            } finally {
                lock.unlock();
            }
        }
    }
}
