package io.skein.write.behind;

import static java.util.Objects.requireNonNull;

import io.skein.internal.LoadThreads;
import io.skein.internal.Sneaky;
import io.skein.internal.Text;
import io.skein.write.WriteBehind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.h2.mvstore.DataUtils;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.MVStoreException;
import org.h2.mvstore.type.ByteArrayDataType;
import org.h2.mvstore.type.LongDataType;
import org.jspecify.annotations.Nullable;

/**
 * The pending writes of a cache on disk: a record for each number.
 *
 * <p><b>Group commit.</b> Changes are gathered in the open {@link Commit}, in the order in which they are made. One thread at a
 * time takes it away, opens the next, writes it to disk, and goes on until nothing has come meanwhile. That thread is never
 * one of the user's: an interrupt in the middle of writing closes the file.
 */
final class JournalFile {
    private static final System.Logger LOG = System.getLogger(WriteBehind.class.getName());
    private static final String MAP = "writes.1"; // with the version of the records' form
    private static final Set<Path> OPEN = ConcurrentHashMap.newKeySet();

    private final Path file;
    private final MVStore store;
    private final MVMap<Long, byte[]> records;
    private final List<Map.Entry<Long, byte[]>> found = new ArrayList<>();
    private Commit open = new Commit(); // guarded by this, like what follows
    private Commit writing = new Commit(); // the last that was taken away
    private boolean committing;
    private boolean closed;
    private @Nullable Throwable failure;

    /**
     * Changes that get to the disk together.
     *
     * @param onDisk done when they are there
     */
    private record Commit(Map<Long, byte @Nullable []> changes, CompletableFuture<Void> onDisk) {
        Commit() {
            this(new HashMap<>(), new CompletableFuture<>());
        }
    }

    private JournalFile(Path file, MVStore store) {
        this.file = file;
        this.store = store;
        if (store.isReadOnly()) {
            throw new IllegalStateException("it cannot be written");
        }
        if (!store.getMapNames().isEmpty() && !store.hasMap(MAP)) {
            throw new IllegalStateException("it holds something else");
        }
        var types = new MVMap.Builder<Long, byte[]>()
                .keyType(LongDataType.INSTANCE)
                .valueType(ByteArrayDataType.INSTANCE); // never those that deserialize whatever there is
        this.records = store.openMap(MAP, types);
        for (var cursor = records.cursor(null); cursor.hasNext(); ) { // here: not on a thread that may be interrupted
            found.add(Map.entry(requireNonNull(cursor.next()), requireNonNull(cursor.getValue())));
        }
        store.setRetentionTime(0); // each commit is on disk before the next is written
        writing.onDisk.complete(null);
    }

    /**
     * Opens the file, or makes it. On a thread that nobody interrupts, which would close it.
     *
     * @throws IllegalStateException if it is in use, or is no journal
     * @throws UncheckedIOException if it cannot be made
     */
    static JournalFile open(String cache, Path file) {
        try {
            return CompletableFuture.supplyAsync(() -> openHere(cache, file), LoadThreads.sharedPlatform())
                    .join();
        } catch (CompletionException e) {
            throw Sneaky.rethrow(requireNonNull(e.getCause()));
        }
    }

    private static JournalFile openHere(String cache, Path file) {
        var journal = "the journal of cache " + Text.quote(cache);
        Path real;
        try {
            create(file);
            real = file.toRealPath();
        } catch (IOException e) {
            throw new UncheckedIOException(journal + " cannot be made: " + file, e);
        }
        if (!OPEN.add(real)) { // else the attempt would take the lock from who has it
            throw new IllegalStateException(journal + " cannot be opened, another cache of this JVM uses it: " + file);
        }
        MVStore store = null;
        try {
            store = new MVStore.Builder()
                    .fileName(real.toString())
                    .autoCommitDisabled() // what has been changed is on disk when commit and sync say so, and not in
                    // parts
                    .autoCommitBufferSize(0)
                    .open();
            return new JournalFile(real, store);
        } catch (Throwable e) {
            OPEN.remove(real);
            if (store != null) {
                store.closeImmediately();
            }
            boolean locked = e instanceof MVStoreException known && known.getErrorCode() == DataUtils.ERROR_FILE_LOCKED;
            var why = locked ? "another JVM uses it" : "is it a journal, and of this version?";
            throw new IllegalStateException(journal + " cannot be opened, " + why + ": " + file, e);
        }
    }

    private static void create(Path file) throws IOException {
        var folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        try {
            if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
                Files.createFile(
                        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            } else {
                Files.createFile(file);
            }
        } catch (FileAlreadyExistsException e) {
            // it is there: of an earlier run
        }
    }

    /** The records that the file held when it was opened, in the order of their numbers. To be called once. */
    void forEach(BiConsumer<Long, byte[]> action) {
        var all = List.copyOf(found);
        found.clear();
        all.forEach(record -> action.accept(record.getKey(), record.getValue()));
    }

    /** Why nothing can be written any more, if that is so. */
    synchronized @Nullable Throwable failure() {
        return failure;
    }

    /** Puts a record in the place of the one that there may be; null for none. Touches no disk: see {@link #commit}. */
    synchronized void change(long number, byte @Nullable [] record) {
        open.changes.put(number, record);
    }

    /**
     * Has the changes written that have been made.
     *
     * @return done when they are on disk. What depends on it runs on the thread that writes to the disk: it must be short, and
     *     no code of a user's
     */
    CompletableFuture<Void> commit() {
        Commit last;
        synchronized (this) {
            last = open.changes.isEmpty() ? writing : open;
            if (committing || last == writing) {
                return last.onDisk; // who commits looks for more before ending
            }
            if (closed) {
                return CompletableFuture.failedFuture(new IllegalStateException("the journal is closed: " + file));
            }
            committing = true;
        }
        try {
            LoadThreads.sharedPlatform().execute(this::commitAll);
        } catch (Throwable e) { // no thread to be had
            boolean interrupted = Thread.interrupted(); // it would close the file
            commitAll();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        return last.onDisk;
    }

    private void commitAll() {
        for (var commit = take(); commit != null; commit = take()) {
            write(commit);
        }
    }

    private synchronized @Nullable Commit take() {
        if (open.changes.isEmpty()) {
            end();
            return null;
        }
        writing = open;
        open = new Commit();
        return writing;
    }

    private synchronized void end() {
        committing = false;
        notifyAll();
    }

    private void write(Commit commit) {
        var before = failure();
        if (before != null) { // what is on disk is not to have gaps
            commit.onDisk.completeExceptionally(before);
            return;
        }
        try {
            commit.changes.forEach((number, record) -> {
                if (record == null) {
                    records.remove(number);
                } else {
                    records.put(number, record);
                }
            });
            store.commit();
            store.sync();
        } catch (Throwable e) {
            fail(commit, e);
            return;
        }
        commit.onDisk.complete(null);
    }

    private void fail(Commit commit, Throwable why) {
        synchronized (this) {
            failure = why;
        }
        LOG.log(Level.ERROR, "nothing can be written to the journal any more: " + file, why);
        commit.onDisk.completeExceptionally(why);
    }

    /**
     * Waits until all is on disk, and lets go of the file. What is changed after that is not kept.
     *
     * @param isEmpty whether all has been written to the source: if the file could not be told so, it goes, lest the next cache
     *     writes what is in it over what is newer
     */
    void close(boolean isEmpty) {
        var unused = commit();
        boolean interrupted = awaitCommits();
        if (failure() == null) {
            letGo(store::close);
        } else {
            letGo(store::closeImmediately);
            if (isEmpty) {
                delete();
            } else {
                LOG.log(Level.ERROR, "the journal holds writes that may be older than what the source has: " + file);
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void delete() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.log(Level.ERROR, "the journal holds writes that the source has, and cannot be deleted: " + file, e);
        }
    }

    /** Lets go of the file, which stays as it was opened. */
    void abandon() {
        letGo(store::closeImmediately);
    }

    private void letGo(Runnable closing) {
        try {
            CompletableFuture.runAsync(closing, LoadThreads.sharedPlatform()).join();
        } catch (CompletionException e) {
            LOG.log(Level.WARNING, "the journal could not be closed: " + file, e.getCause());
        } finally {
            OPEN.remove(file);
        }
    }

    private synchronized boolean awaitCommits() {
        boolean interrupted = false;
        while (committing) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        closed = true;
        return interrupted;
    }
}
