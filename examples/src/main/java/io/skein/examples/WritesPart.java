package io.skein.examples;

import io.skein.Codec;
import io.skein.cache.CoalescingCache;
import io.skein.write.WriteBehind;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The third part of the demo: posts go viral. Each reaction is written, once straight into the database, and once through a
 * cache that writes behind, with a journal: when {@code write} returns, the reaction is on disk.
 */
final class WritesPart {
    private static final int POSTS = 300;
    private static final int MOST_WRITERS = 200;
    private static final Duration MOMENT = Duration.ofMillis(50);

    private final Options options;
    private final Path folder;
    private final boolean terminal;

    /** @param folder where a folder is made, and deleted */
    WritesPart(Options options, Path folder, boolean terminal) {
        this.options = options;
        this.folder = folder;
        this.terminal = terminal;
    }

    /** One way to write a reaction. */
    @FunctionalInterface
    interface Reacting {
        void react(int post) throws Exception;
    }

    /**
     * Runs, and prints what came of it.
     *
     * @throws IllegalStateException if reactions were lost, or written twice
     * @throws Exception what a writer failed with
     */
    void run(PrintStream out) throws Exception {
        out.println(String.format(
                Locale.ROOT,
                "%,d %s write %,d reactions to %d posts, every other one to the same: %d database connections.",
                writers(),
                options.virtualThreads() ? "virtual threads" : "platform threads",
                options.reactions(),
                POSTS,
                Reports.CONNECTIONS));
        out.println();
        var straight = inFolder(this::straight, out);
        var behind = inFolder(this::behind, out);
        new WritesTable(straight, behind).print(out);
        straight.requireRight();
        behind.requireRight();
    }

    @FunctionalInterface
    private interface Run {
        WritesOutcome in(Path folder, PrintStream out) throws Exception;
    }

    private WritesOutcome inFolder(Run run, PrintStream out) throws Exception {
        Files.createDirectories(folder);
        var own = Files.createTempDirectory(folder, "posts");
        try {
            return run.in(own, out);
        } finally {
            delete(own);
        }
    }

    private static void delete(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private WritesOutcome straight(Path own, PrintStream out) throws Exception {
        try (var posts = new Posts(own, POSTS)) {
            long start = System.nanoTime();
            int accepted =
                    write(post -> posts.write(post, 1L), options.writeLimit(), new Progress(out, terminal, "straight"));
            return outcome(posts, accepted, start);
        }
    }

    private WritesOutcome behind(Path own, PrintStream out) throws Exception {
        var settings = WriteBehind.<Integer, Long>of(100_000, Duration.ofMillis(200))
                .merge(Long::sum)
                .journal(own.resolve("reactions.journal"), Codec.int32(), Codec.int64());
        try (var posts = new Posts(own, POSTS);
                var cache = CoalescingCache.<Integer, Long>builder("reactions")
                        .writeBehind(posts, settings)
                        .build()) {
            long start = System.nanoTime();
            int accepted =
                    write(post -> cache.write(post, 1L), Duration.ofDays(1), new Progress(out, terminal, "behind"));
            cache.flush();
            return outcome(posts, accepted, start);
        }
    }

    private WritesOutcome outcome(Posts posts, int accepted, long start) throws Exception {
        var total = Duration.ofNanos(System.nanoTime() - start);
        return new WritesOutcome(
                options.reactions(), accepted, posts.reactions(), posts.statements(), posts.transactions(), total);
    }

    private int writers() {
        return Math.min(options.callers(), MOST_WRITERS);
    }

    /** Returns when all are written, or the time is up, with how many were. */
    private int write(Reacting way, Duration limit, Progress progress) throws Exception {
        var begun = new AtomicInteger();
        var done = new AtomicInteger();
        ExecutorService threads = options.virtualThreads()
                ? VirtualThreads.executor()
                : Executors.newFixedThreadPool(writers(), WritesPart::platformThread);
        long deadline = System.nanoTime() + limit.toNanos();
        try {
            var all = new ArrayList<CompletableFuture<Void>>();
            for (int i = 0; i < writers(); i++) {
                all.add(CompletableFuture.runAsync(() -> write(way, begun, done, deadline), threads));
            }
            await(CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)), done, progress);
        } finally {
            threads.shutdownNow();
        }
        return done.get();
    }

    private void write(Reacting way, AtomicInteger begun, AtomicInteger done, long deadline) {
        while (System.nanoTime() - deadline < 0 && begun.getAndIncrement() < options.reactions()) {
            var random = ThreadLocalRandom.current();
            try {
                way.react(random.nextBoolean() ? 0 : random.nextInt(POSTS));
            } catch (Exception e) {
                begun.set(options.reactions()); // the others need not go on
                throw new CompletionException(e);
            }
            done.incrementAndGet();
        }
    }

    private void await(CompletableFuture<Void> all, AtomicInteger done, Progress progress) throws Exception {
        while (true) {
            try {
                all.get(MOMENT.toMillis(), TimeUnit.MILLISECONDS);
                progress.end();
                return;
            } catch (TimeoutException e) {
                progress.show(done.get(), options.reactions(), "reactions");
            } catch (ExecutionException e) {
                progress.end();
                throw e.getCause() instanceof Exception cause ? cause : e;
            }
        }
    }

    private static Thread platformThread(Runnable task) {
        var thread = new Thread(task, "writer");
        thread.setDaemon(true);
        return thread;
    }
}
