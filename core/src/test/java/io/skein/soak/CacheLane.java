package io.skein.soak;

import io.skein.CallerInterruptedException;
import io.skein.CallerTimeoutException;
import io.skein.LoadCycleException;
import io.skein.LoadRejectedException;
import io.skein.LoadTimeoutException;
import io.skein.cache.CoalescingCache;
import io.skein.cache.Loaded;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;

/** One cache under soak, and what its readers and writers see of it, held against the promises. */
final class CacheLane {
    final CacheSetting setting;
    final Origin origin = new Origin();
    final CoalescingCache<Integer, Version> cache;
    final CacheLoads loads;
    private final Books books = new Books();
    private final Verdict verdict;
    private final Tally tally;
    private final int hotKeys;

    /** Keys that were asked for by calls that the statistics have to count, and by those they may have counted. */
    private final LongAdder answered = new LongAdder();

    private final LongAdder perhapsAnswered = new LongAdder();

    /** @param hotKeys so many keys get most of the traffic */
    CacheLane(
            CacheSetting setting,
            int hotKeys,
            SplittableRandom random,
            ExecutorService small,
            ScheduledExecutorService later,
            Verdict verdict,
            Tally tally) {
        this.setting = setting;
        this.hotKeys = hotKeys;
        this.verdict = verdict;
        this.tally = tally;
        this.loads = new CacheLoads(this, random, later, tally);
        var builder =
                CoalescingCache.<Integer, Version>builder(setting.cacheName()).listener(books);
        setting.apply(builder, loads, small);
        this.cache = builder.build();
    }

    int someKey(SplittableRandom random) {
        return random.nextInt(random.nextInt(5) == 0 ? Origin.KEYS : hotKeys);
    }

    static String tagOfMany(int key) {
        return "many" + key % 7;
    }

    /** Of each version another: it is invalidated before there has ever been an entry with it, in era after era. */
    static String tagOfOne(int key, long version) {
        return key + "/" + version;
    }

    Loaded<Version> loaded(int key, long version) {
        var loaded = Loaded.of(Version.of(key, version));
        return setting.tags() ? loaded.tags(tagOfMany(key), tagOfOne(key, version)) : loaded;
    }

    /** Writes a new version and overwrites the older ones in some way, unless another writer is at it. */
    void write(int key, CacheWrite way, SplittableRandom random) {
        if (!origin.lock(key)) {
            return;
        }
        try {
            long version = origin.raise(key);
            if (way.write(this, key, version, random)) {
                origin.acknowledge(key, version, way);
                tally.count("invalidations");
            }
        } finally {
            origin.unlock(key);
        }
    }

    /** One reader's call for one key, from before it begins. */
    final class Reading {
        final int key;
        final String path;
        private final Origin.Written written;
        private final long atLeast;

        /** @param fresh whether it has to see what is in the source, overwritten in the cache or not (G12) */
        Reading(int key, String path, boolean fresh) {
            this.key = key;
            this.path = path;
            this.written = origin.written(key);
            this.atLeast = fresh ? origin.version(key) : written.version();
        }

        void got(Version version) {
            if (version == null) {
                if (!origin.hasHadNothing(key, atLeast)) {
                    broken("was told that there is nothing, as there has not been since");
                }
            } else if (version.key() != key || version.number() < atLeast || version.number() > origin.version(key)) {
                broken("got " + version);
            } else {
                tally.count("values");
            }
        }

        /** The same for a call that gets null for other reasons, too. */
        void gotIfAny(Version version) {
            if (version != null) {
                got(version);
            }
        }

        /** A bulk call fails for all keys with the failure of one; and joining a load that fails fences no tag. */
        private boolean isOlder(SourceDown failure) {
            return !setting.isBulk() && !setting.tags() && (failure.key != key || failure.version < atLeast);
        }

        private void broken(String how) {
            verdict.broken(
                    "C2",
                    path + " of " + setting + " " + how + ", though version " + atLeast
                            + " was there when it began, and " + written + ": " + origin.describe(key));
        }

        void failed(Throwable e, boolean leaving) {
            if (e instanceof SourceDown failure) {
                tally.count("failures");
                if (isOlder(failure)) {
                    broken("failed as older loads did: " + failure.getMessage());
                }
            } else {
                CacheLane.this.failed(path + " of key " + key, e, leaving);
            }
        }
    }

    /** Counts a failure that is not the source's. */
    void failed(String call, Throwable e, boolean leaving) {
        if (e instanceof LoadTimeoutException && setting.endsLoads()) {
            tally.count("load timeouts");
        } else if (e instanceof CallerTimeoutException && setting.endsCalls()) {
            tally.count("caller timeouts");
        } else if (e instanceof CallerInterruptedException) {
            tally.count("interrupted");
        } else if (e instanceof CancellationException && leaving) {
            tally.count("cancelled");
        } else if (e instanceof TimeoutException && leaving) {
            tally.count("timed out futures");
        } else if (setting.rejects()
                && (e instanceof LoadRejectedException || e instanceof RejectedExecutionException)) {
            tally.count("rejected");
        } else if (e instanceof LoadCycleException && setting.nests()) {
            tally.count("cycles");
        } else {
            verdict.broken("G5", call + " of " + setting + " failed with " + Report.of(e));
        }
    }

    /** @param surely whether the call waited for its answer, so that it has to be counted */
    void answered(int keys, boolean surely) {
        (surely ? answered : perhapsAnswered).add(keys);
    }

    // At rest

    /** After the last caller: everything has to land, and the books have to agree. */
    void comeToRest() {
        verdict.await(
                () -> cache.flights().isEmpty() && books.isBalanced() && loads.running() == 0,
                "G2, G8",
                () -> "in " + cache + " these never end: " + cache.flights() + ", " + books + ", loads running "
                        + loads.running());
        if (verdict.isClean()) {
            verdict.await(
                    () -> requestsAgree() && loadsAgree(),
                    "statistics",
                    () -> "those of " + setting + " do not add up: " + cache.stats() + ", answered " + answered
                            + ", perhaps " + perhapsAnswered + ", loads made " + loads.made());
        }
        var stats = cache.stats();
        tally.add("hits", stats.hits());
        tally.add("stale serves", stats.staleHits());
        tally.add("refreshes", stats.refreshes());
        cache.close();
        if (!cache.asMap().isEmpty()) {
            verdict.broken("G15", "values stay in closed " + cache);
        }
    }

    private boolean requestsAgree() {
        long requests = cache.stats().requests();
        return answered.sum() <= requests && requests <= answered.sum() + perhapsAnswered.sum();
    }

    /** A bulk call that was cancelled before its loader was called counts as a load that failed. */
    private boolean loadsAgree() {
        long counted = cache.stats().loads();
        return setting.isBulk() ? counted >= loads.made() : counted == loads.made();
    }

    @Override
    public String toString() {
        return cache + " " + cache.flights();
    }
}
