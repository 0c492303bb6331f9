package io.skein.redis;

import io.skein.Codec;
import io.skein.Loader;
import io.skein.cache.CoalescingCache;
import io.skein.cache.Loaded;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Another JVM, with a cache of its own, that does what it is told line by line. */
public final class Jvm implements AutoCloseable {
    private final Process process;
    private final PrintWriter commands;
    private final BlockingQueue<String> said = new LinkedBlockingQueue<>();

    /** Starts it; it is ready when it has said so. */
    public Jvm(String uri, Duration lease) {
        this(uri, lease, "text");
    }

    /** @param schema of what it writes */
    Jvm(String uri, Duration lease, String schema) {
        try {
            process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xmx96m",
                            "-XX:+UseSerialGC",
                            "-XX:TieredStopAtLevel=1", // two cores for all of them have no time for the second compiler
                            "-cp",
                            System.getProperty("java.class.path"),
                            Jvm.class.getName(),
                            uri,
                            lease.toString(),
                            schema)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        commands = new PrintWriter(process.getOutputStream(), true, StandardCharsets.UTF_8);
        var listener = new Thread(this::listen, "of a JVM");
        listener.setDaemon(true);
        listener.start();
    }

    private void listen() {
        try (var lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                said.add(line);
            }
        } catch (IOException e) {
            said.add("gone " + e);
        }
    }

    /**
     * Tells it to do something.
     *
     * <ul>
     *   <li>{@code get KEY MILLIS}: asks for a key, with a loader that takes so long; says {@code loaded KEY NANOS} when that has
     *       ended, and {@code served KEY NANOS VALUE}. Values are the time at which their load began
     *   <li>{@code fresh KEY MILLIS}: the same, with a load in any case
     *   <li>{@code tagged KEY MILLIS TAG}: the same as {@code get}, with a tag for what is loaded
     *   <li>{@code keys COUNT MILLIS NAME}: the same for so many keys at once
     *   <li>{@code present KEY}: says {@code present KEY NANOS VALUE}, or {@code null}, without a load
     *   <li>{@code invalidate KEY}, {@code invalidateTag TAG}, {@code invalidateAll all}: says {@code invalidated KEY NANOS} with the
     *       time before
     *   <li>{@code churn COUNT NAME KEYS}: does all of it at random; says {@code churned}
     *   <li>{@code coherent}: says {@code coherent false} or {@code coherent true}
     * </ul>
     *
     * {@code failed KEY EXCEPTION} is what it says if something is thrown.
     */
    public void tell(String command) {
        commands.println(command);
    }

    /** The next line that begins with this; others are left out, but that something has failed is an error. */
    public List<String> hear(String what) {
        try {
            while (true) {
                var line = said.poll(60, TimeUnit.SECONDS);
                if (line == null) {
                    throw new AssertionError("it does not say " + what);
                }
                if (line.startsWith("failed")) {
                    throw new AssertionError(line);
                }
                if (line.startsWith(what)) {
                    return List.of(line.split(" "));
                }
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** As a machine that fails. */
    public void kill() {
        try {
            process.destroyForcibly().waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        kill();
    }

    // In the other JVM

    /** As many requests are answered at once. */
    private static final int THREADS = 16;

    /** What it does. */
    public static void main(String... args) throws IOException {
        var threads = Executors.newFixedThreadPool(THREADS, task -> {
            var thread = new Thread(task);
            thread.setDaemon(true);
            return thread;
        });
        try (var tier = RedisTier.builder(args[0])
                        .lease(Duration.parse(args[1]))
                        .commandTimeout(Duration.ofSeconds(5))
                        .failFast(true)
                        .build();
                var cache = CoalescingCache.<String, String>builder("jvms")
                        .ttl(Duration.ofHours(1))
                        .sharedTier(tier.of(args[2], Codec.utf8()))
                        .build();
                var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            var self = new Jvm.Self(cache, tier, threads);
            say("ready");
            for (var line = in.readLine(); line != null; line = in.readLine()) {
                var words = line.split(" ");
                self.obey(words[0], words);
                flush();
            }
        }
    }

    private record Self(CoalescingCache<String, String> cache, RedisTier tier, Executor threads) {
        void obey(String command, String... words) {
            switch (command) {
                case "get", "fresh", "tagged" ->
                    threads.execute(() -> {
                        ask(words);
                        flush();
                    });
                case "keys" -> {
                    var all = new ArrayList<CompletableFuture<Void>>();
                    for (int i = 0; i < Integer.parseInt(words[1]); i++) {
                        var key = words[3] + '-' + i;
                        all.add(CompletableFuture.runAsync(() -> ask("get", key, words[2]), threads));
                    }
                    CompletableFuture.allOf(all.toArray(new CompletableFuture<?>[0]))
                            .join();
                }
                case "present" -> note("present", words[1], cache.getIfPresent(words[1]));
                case "invalidate" -> change(words[1], () -> cache.invalidate(words[1]));
                case "invalidateTag" -> change(words[1], () -> cache.invalidateTag(words[1]));
                case "invalidateAll" -> change(words[1], cache::invalidateAll);
                case "churn" -> churn(Integer.parseInt(words[1]), words[2], Integer.parseInt(words[3]));
                case "coherent" -> NOTES.add("coherent " + tier.isConnected());
                case "stats" -> NOTES.add("stats " + (cache.tierStats() + " " + tier.stats()).replace(' ', '_'));
                default -> NOTES.add("what is " + command);
            }
        }

        private void change(String what, Runnable change) {
            long before = System.nanoTime();
            try {
                change.run();
                NOTES.add("invalidated " + what + ' ' + before);
            } catch (RuntimeException e) {
                NOTES.add("failed " + what + ' ' + e);
            }
        }

        private void ask(String... words) {
            var key = words[1];
            Loader<String, String> loader = k -> {
                var value = Long.toString(System.nanoTime());
                Thread.sleep(Long.parseLong(words[2]));
                note("loaded", k, value);
                return value;
            };
            try {
                var value = switch (words[0]) {
                    case "fresh" -> cache.getFresh(key, loader);
                    case "tagged" ->
                        cache.getWith(
                                key, (k, context) -> Loaded.of(loader.load(k)).tags(words[3]));
                    default -> cache.get(key, loader);
                };
                note("served", key, value);
            } catch (RuntimeException e) {
                NOTES.add("failed " + key + ' ' + e);
            }
        }

        private void churn(int count, String name, int keys) {
            var random = ThreadLocalRandom.current();
            for (int i = 0; i < count; i++) {
                var key = name + '-' + random.nextInt(keys);
                switch (random.nextInt(20)) {
                    case 0 -> cache.invalidate(key);
                    case 1 -> cache.invalidateTag(name);
                    case 2 -> cache.put(key, "put-" + System.nanoTime());
                    case 3 -> cache.getFresh(key, k -> "fresh-" + System.nanoTime());
                    case 4, 5, 6 ->
                        cache.getWith(
                                key,
                                (k, context) ->
                                        Loaded.of("tagged-" + System.nanoTime()).tags(name));
                    default -> cache.get(key, k -> "got-" + System.nanoTime());
                }
            }
            NOTES.add("churned");
        }
    }

    private static final Queue<String> NOTES = new ConcurrentLinkedQueue<>();

    /** To be said when there is time. */
    private static void note(String what, String key, @Nullable String value) {
        NOTES.add(what + ' ' + key + ' ' + System.nanoTime() + ' ' + value);
    }

    private static synchronized void flush() {
        for (var line = NOTES.poll(); line != null; line = NOTES.poll()) {
            say(line);
        }
    }

    private static synchronized void say(String line) {
        System.out.println(line);
        System.out.flush();
    }
}
