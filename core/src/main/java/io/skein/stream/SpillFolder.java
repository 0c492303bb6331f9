package io.skein.stream;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Where one group has its temporary files: a folder of its own, made when it is needed first, that its owner only can enter.
 *
 * <p>As long as the group lives, it has a lock on a file in there, which the system takes away when the process dies, however it
 * dies. So the next one to come finds out which folders nobody has any more, and deletes them. Folders of its own process it
 * does not even look at, since on some systems closing a file gives up all locks on it the process has.
 */
final class SpillFolder {
    private static final System.Logger LOG = System.getLogger(StreamGroup.class.getName());
    private static final String PREFIX = "skein-streams-";
    private static final String SUFFIX = ".stream";
    private static final String LOCK = "lock";

    /** So long after it was made a folder may have no lock yet. */
    private static final Duration BEING_MADE = Duration.ofMinutes(1);

    private final Path base;

    private @Nullable Path folder; // guarded by this, like all
    private @Nullable FileChannel lock;
    private @Nullable Thread hook;
    private long count;
    private boolean closed;

    SpillFolder(Path base) {
        this.base = base;
    }

    /** The same for all who use Skein in this process, whatever class loader has loaded it for them. */
    private static String process() {
        var known = System.getProperties()
                .computeIfAbsent("io.skein.process", name -> UUID.randomUUID().toString());
        return String.valueOf(known);
    }

    synchronized SpillFile newFile() throws IOException {
        if (closed) {
            throw new IOException("group is closed");
        }
        var made = folder;
        if (made != null && !Files.exists(made.resolve(LOCK))) { // who tidies up has found it too old
            repair(made);
        }
        if (folder == null) {
            make();
        }
        var file = requireNonNull(folder).resolve(count++ + SUFFIX);
        Files.createFile(file, attributes(file, "rw-------"));
        return new SpillFile(file);
    }

    private void repair(Path made) throws IOException {
        requireNonNull(lock).close();
        lock = Files.isDirectory(made) ? lock(made) : null;
        folder = lock == null ? null : made;
    }

    private void make() throws IOException {
        Files.createDirectories(base);
        while (folder == null) {
            var made = Files.createTempDirectory(base, PREFIX + process() + "-", attributes(base, "rwx------"));
            try {
                lock = lock(made);
            } catch (IOException e) {
                Files.deleteIfExists(made.resolve(LOCK));
                Files.deleteIfExists(made);
                throw e;
            }
            folder = lock == null ? null : made;
        }
        deleteAtExit();
    }

    /** Null if another has taken it for one that nobody has. */
    private static @Nullable FileChannel lock(Path folder) throws IOException {
        FileChannel channel;
        try {
            var path = folder.resolve(LOCK);
            channel = FileChannel.open(
                    path,
                    Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                    attributes(path, "rw-------"));
        } catch (NoSuchFileException e) {
            return null;
        }
        try {
            if (channel.tryLock() != null) {
                return channel;
            }
        } catch (IOException e) { // a file system without locks: then leftovers stay there
            LOG.log(Level.DEBUG, "no lock on " + folder, e);
            return channel;
        }
        channel.close();
        return null;
    }

    private static FileAttribute<?>[] attributes(Path path, String permissions) {
        if (!path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            return new FileAttribute<?>[0];
        }
        Set<PosixFilePermission> set = PosixFilePermissions.fromString(permissions);
        return new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(set)};
    }

    private void deleteAtExit() {
        if (hook != null) {
            return;
        }
        var thread = new Thread(null, this::delete, "skein-streams-exit", 0, false);
        try {
            Runtime.getRuntime().addShutdownHook(thread);
            hook = thread;
        } catch (IllegalStateException e) { // the process is about to end: the next start will find them
            LOG.log(Level.DEBUG, "no time to delete " + folder + " at the end", e);
        }
    }

    /** Deletes everything. There are no files after this. */
    void close() {
        Thread registered;
        synchronized (this) {
            closed = true;
            registered = hook;
            hook = null;
        }
        if (registered != null) {
            try {
                Runtime.getRuntime().removeShutdownHook(registered);
            } catch (IllegalStateException e) { // the process is about to end: once more does no harm
                LOG.log(Level.DEBUG, "deleting " + folder + " twice", e);
            }
        }
        delete();
    }

    private synchronized void delete() {
        closed = true;
        var made = folder;
        folder = null;
        if (made == null) {
            return;
        }
        try {
            deleteAll(made, lock);
        } catch (IOException | RuntimeException e) {
            LOG.log(Level.WARNING, "temporary folder " + made + " is not deleted before the next start", e);
        }
    }

    private static void deleteAll(Path folder, @Nullable FileChannel lock) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + SUFFIX)) {
            for (var file : files) {
                try {
                    Files.deleteIfExists(file);
                } catch (IOException e) { // the others may go nevertheless
                    LOG.log(Level.DEBUG, "not deleted", e);
                }
            }
        }
        if (lock != null) {
            lock.close();
        }
        Files.deleteIfExists(folder.resolve(LOCK));
        Files.deleteIfExists(folder);
    }

    /** Deletes what processes have left behind that are not any more. What cannot be deleted stays, and is told of. */
    void sweep() {
        if (!Files.isDirectory(base)) {
            return;
        }
        try (DirectoryStream<Path> found = Files.newDirectoryStream(base, PREFIX + "*")) {
            UserPrincipal me = null;
            for (var other : found) {
                boolean isOther = !String.valueOf(other.getFileName()).startsWith(PREFIX + process())
                        && Files.isDirectory(other, LinkOption.NOFOLLOW_LINKS);
                if (isOther) {
                    me = me == null ? owner() : me;
                    sweep(other, me);
                }
            }
        } catch (IOException | RuntimeException e) {
            LOG.log(Level.WARNING, "temporary files of earlier processes may be left in " + base, e);
        }
    }

    /** Whose files we make; the name of the user may not be known. */
    private UserPrincipal owner() throws IOException {
        var probe = Files.createTempFile(base, "skein-", ".probe");
        try {
            return Files.getOwner(probe);
        } finally {
            Files.deleteIfExists(probe);
        }
    }

    /** Anybody may write into the usual folder for temporary files, and make what looks like ours. */
    private static void sweep(Path folder, UserPrincipal me) {
        try {
            if (Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS).equals(me)) {
                sweep(folder);
            }
        } catch (NoSuchFileException e) {
            LOG.log(Level.DEBUG, "swept by another this moment", e);
        } catch (IOException | RuntimeException e) {
            LOG.log(Level.WARNING, "temporary files of an earlier process are left in " + folder, e);
        }
    }

    private static void sweep(Path folder) throws IOException {
        try (var lock = FileChannel.open(folder.resolve(LOCK), StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
            if (lock.tryLock() != null) {
                deleteAll(folder, lock);
            }
        } catch (OverlappingFileLockException e) {
            LOG.log(Level.DEBUG, "another sweeps " + folder, e);
        } catch (NoSuchFileException e) {
            if (Files.isDirectory(folder)
                    && Files.getLastModifiedTime(folder)
                            .toInstant()
                            .isBefore(Instant.now().minus(BEING_MADE))) {
                deleteAll(folder, null);
            }
        }
    }
}
