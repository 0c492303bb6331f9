package io.skein.examples.cluster;

import io.skein.Codec;
import io.skein.cache.CoalescingCache;
import io.skein.redis.RedisTier;
import io.skein.tier.TierException;
import io.skein.tier.TierStats;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * One of the JVMs. It does what it is told, line by line, and answers with numbers in a line: 0 if there is nothing to tell. It waits
 * for nothing for ever; if something goes wrong, it dies of it.
 *
 * <ul>
 *   <li>{@code ask NAME COUNT}: begins to ask for so many keys at once
 *   <li>{@code waiting COUNT}: answers when so many of these wait for another JVM
 *   <li>{@code answers}: its loads of them, the moment when all was there, and the values, {@link #FAILED} for errors
 *   <li>{@code hold NAME COUNT}: begins to load so many keys, and does not end; answers when all loads have begun
 *   <li>{@code watch KEY}: begins to read a key over and over; answers when that goes on
 *   <li>{@code invalidate KEY}: the moments when {@code invalidate} was called and when it had returned
 *   <li>{@code judge CALLED RETURNED}: ends {@code watch} when it has new values, and answers with what {@link KeyReader#judge} says
 *   <li>{@code begin}, {@code counts}, {@code end}: of {@link Traffic}
 *   <li>{@code shared}: the moment, as soon as it is connected with Redis
 * </ul>
 */
final class Node {
    /** What answers begin with. */
    static final String ANSWER = "> ";

    static final long FAILED = Long.MIN_VALUE;
    static final Duration LEASE = Duration.ofSeconds(3);
    static final long LOAD_MILLIS = 50;

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final long LONG_LOAD_MILLIS = 60_000;

    private final RedisTier redis;
    private final CoalescingCache<String, Long> cache;
    private final Source source = new Source();
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        var thread = new Thread(task);
        thread.setDaemon(true);
        return thread;
    });
    private List<CompletableFuture<Long>> asked = List.of();
    private int loadsBefore;
    private long waitsBefore;
    private @Nullable KeyReader reader;
    private @Nullable Traffic traffic;

    private Node(RedisTier redis, CoalescingCache<String, Long> cache) {
        this.redis = redis;
        this.cache = cache;
    }

    /** Takes the URI of Redis. */
    public static void main(String[] args) throws IOException, InterruptedException {
        try (var redis = RedisTier.builder(args[0])
                        .lease(LEASE)
                        .commandTimeout(Duration.ofSeconds(2)) // all of them and Redis may have two busy cores
                        .build();
                var cache = CoalescingCache.<String, Long>builder("demo")
                        .ttl(Duration.ofMinutes(10))
                        .sharedTier(redis.of("int64", Codec.int64()))
                        .build();
                var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            var node = new Node(redis, cache);
            say(node.shared());
            for (var line = in.readLine(); line != null; line = in.readLine()) {
                say(node.obey(line.split(" ")));
            }
        }
    }

    private static void say(String answer) {
        System.out.println(ANSWER + answer);
        System.out.flush();
    }

    private String obey(String[] words) throws InterruptedException {
        return switch (words[0]) {
            case "ask" -> ask(words[1], Integer.parseInt(words[2]));
            case "waiting" -> waiting(Integer.parseInt(words[1]));
            case "answers" -> answers();
            case "hold" -> hold(words[1], Integer.parseInt(words[2]));
            case "watch" -> watch(words[1]);
            case "invalidate" -> invalidate(words[1]);
            case "judge" -> judge(Long.parseLong(words[1]), Long.parseLong(words[2]));
            case "begin" -> begin();
            case "counts" -> numbers(current(traffic).counts());
            case "end" -> numbers(current(traffic).stop());
            case "shared" -> shared();
            default -> throw new IllegalArgumentException("what is " + words[0]);
        };
    }

    private static String numbers(long... numbers) {
        return Arrays.stream(numbers).mapToObj(Long::toString).collect(Collectors.joining(" "));
    }

    private static <T> T current(@Nullable T begun) {
        if (begun == null) {
            throw new IllegalStateException("it has not begun");
        }
        return begun;
    }

    private static void await(String what, BooleanSupplier condition) throws InterruptedException {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - start > PATIENCE.toNanos()) {
                throw new IllegalStateException(what + ": not within " + PATIENCE.toSeconds() + " s");
            }
            TimeUnit.MILLISECONDS.sleep(1);
        }
    }

    private String shared() throws InterruptedException {
        await("connected with Redis", redis::isConnected);
        return numbers(System.nanoTime());
    }

    private String ask(String name, int count) {
        loadsBefore = source.loads();
        waitsBefore = waits();
        asked = IntStream.range(0, count)
                .mapToObj(i -> get(name + i, LOAD_MILLIS))
                .toList();
        return "0";
    }

    private CompletableFuture<Long> get(String key, long millis) {
        return CompletableFuture.supplyAsync(() -> cache.get(key, k -> source.load(millis)), threads);
    }

    private long waits() {
        return cache.tierStats().map(TierStats::waits).orElseThrow();
    }

    private String waiting(int count) throws InterruptedException {
        await("waiting for others", () -> waits() - waitsBefore >= count);
        return "0";
    }

    private String answers() {
        var values = asked.stream()
                .map(answer -> answer.exceptionally(e -> FAILED))
                .mapToLong(CompletableFuture::join)
                .toArray();
        long now = System.nanoTime();
        return numbers(LongStream.concat(LongStream.of(source.loads() - loadsBefore, now), Arrays.stream(values))
                .toArray());
    }

    private String hold(String name, int count) throws InterruptedException {
        int before = source.loads();
        asked = IntStream.range(0, count)
                .mapToObj(i -> get(name + i, LONG_LOAD_MILLIS))
                .toList();
        await("loads", () -> source.loads() >= before + count);
        return "0";
    }

    private String watch(String key) throws InterruptedException {
        var begun = new KeyReader(cache, source, key, threads);
        reader = begun;
        begun.awaitReading();
        return "0";
    }

    /** It says if it was not made, and is tried again for a while. */
    private String invalidate(String key) throws InterruptedException {
        long start = System.nanoTime();
        while (true) {
            long called = System.nanoTime();
            try {
                cache.invalidate(key);
                return numbers(called, System.nanoTime());
            } catch (TierException e) {
                if (called - start > PATIENCE.toNanos()) {
                    throw e;
                }
                TimeUnit.MILLISECONDS.sleep(100);
            }
        }
    }

    private String judge(long called, long returned) {
        return numbers(current(reader).judge(called, returned));
    }

    private String begin() {
        traffic = new Traffic(cache, source, threads);
        return "0";
    }
}
