package io.skein.redis;

import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.skein.tier.TierException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * What is done in one step, by Redis. What a script reads is tracked, and with it all names that the script is given, before Redis
 * 7.2: so it writes first where it can, lest it is told of what it has written itself.
 */
enum Script {
    /** The value with the time it has left, else the lease: won, or whose it is, with the time it has left. */
    ACQUIRE("""
            local won = redis.call('SET', KEYS[2], ARGV[1], 'NX', 'PX', ARGV[2])
            local value = redis.call('GET', KEYS[1])
            if value then
              if won then redis.call('DEL', KEYS[2]) end
              return {'V', value, redis.call('PTTL', KEYS[1])}
            end
            local holder = redis.call('GET', KEYS[2])
            if won or holder == ARGV[1] then return {'L'} end
            return {'W', holder, redis.call('PTTL', KEYS[2])}
            """),

    /** The lease, whether there is a value or not; by force, from whoever has it, and fencing all others. */
    LEASE("""
            local won
            if ARGV[3] == '1' then
              redis.call('DEL', KEYS[2])
              won = redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
            else won = redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) end
            local holder = redis.call('GET', KEYS[1])
            if won or holder == ARGV[1] then return {'L'} end
            return {'W', holder, redis.call('PTTL', KEYS[1])}
            """),

    /** Stores the value of who has the lease, and ends it. */
    FINISH("""
            if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
            redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
            redis.call('DEL', KEYS[2])
            return 1
            """),

    /** Removes the value on behalf of who has the lease, and ends that. */
    RETRACT("""
            if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
            redis.call('DEL', KEYS[1], KEYS[2])
            return 1
            """),

    /** The fence that is there, or this one; for the whole time from now on. */
    FENCE("""
            redis.call('SET', KEYS[1], ARGV[1], 'NX')
            redis.call('PEXPIRE', KEYS[1], ARGV[2])
            return redis.call('GET', KEYS[1])
            """),

    /** Stores a value, or removes it, if the fence is still there. */
    SETTLE("""
            if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
            if ARGV[3] == '0' then redis.call('DEL', KEYS[1])
            else redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) end
            return 1
            """),

    /** Ends the lease of who has it. */
    ABORT("""
            if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
            redis.call('DEL', KEYS[1])
            return 1
            """),

    /** Prolongs the lease of who has it; that is a change, so it has to be read again to be told of the next. */
    RENEW("""
            if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
            redis.call('PEXPIRE', KEYS[1], ARGV[2])
            redis.call('GET', KEYS[1])
            return 1
            """),

    /** The number of the last invalidation. Of the first it is the time, and so it is if the number has been lost, or is none. */
    EPOCH("""
            %s
            redis.call('SET', KEYS[1], text(now()), 'NX')
            local epoch = number(KEYS[1])
            if not epoch then
              epoch = now()
              redis.call('SET', KEYS[1], text(epoch))
              redis.call('GET', KEYS[1])
            end
            return text(epoch)
            """),

    /** Invalidates a tag, or all, at a new number: the time, so that it grows even where the one before has been lost. */
    INVALIDATE("""
            %s
            local epoch = now()
            local last = number(KEYS[1])
            if last and epoch <= last then epoch = last + 1 end
            redis.call('SET', KEYS[1], text(epoch))
            if ARGV[1] == '0' then redis.call('SET', KEYS[2], text(epoch))
            else redis.call('SET', KEYS[2], text(epoch), 'PX', ARGV[1]) end
            return text(epoch)
            """),

    /**
     * When a tag was invalidated last. Of one that has been lost nobody knows, so it may have been by the last invalidation of any:
     * that one which is given, or another since.
     */
    EPOCH_OF_TAG("""
            %s
            local function set(n, ...)
              if ARGV[2] == '0' then return redis.call('SET', KEYS[2], text(n), ...) end
              return redis.call('SET', KEYS[2], text(n), 'PX', ARGV[2], ...)
            end
            local made = set(tonumber(ARGV[1]), 'NX')
            local of_tag = number(KEYS[2])
            local epoch = number(KEYS[1]) or now()
            if not of_tag or (made and epoch > of_tag) then
              of_tag = epoch
              set(of_tag)
              redis.call('GET', KEYS[2])
            end
            return text(of_tag)
            """);

    /** For scripts with numbers. What is no number, or of another type, or too large to be counted on, is as if it were not there. */
    private static final class Numbers {
        static final String FUNCTIONS = """
                local function text(n) return string.format('%.0f', n) end
                local function now()
                  local time = redis.call('TIME')
                  return time[1] * 1000000 + time[2]
                end
                local function number(key)
                  local found = redis.pcall('GET', key)
                  local n = type(found) == 'string' and tonumber(found)
                  if n and n >= 0 and n < 4503599627370496 then return n end
                  return false
                end
                """;
    }

    private static final int ATTEMPTS = 3;
    private static final long FIRST_PAUSE = 5;

    private final String text;
    private final String digest;

    Script(String text) {
        this.text = text.replace("%s\n", Numbers.FUNCTIONS);
        try {
            var sha1 = MessageDigest.getInstance("SHA-1").digest(this.text.getBytes(StandardCharsets.UTF_8));
            this.digest = HexFormat.of().formatHex(sha1);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JVM has SHA-1", e);
        }
    }

    /**
     * Has it run; sends the whole text if Redis does not know it, as after a restart; and tries again for a moment while the slot is on
     * its way to another node.
     */
    <T> CompletableFuture<T> run(Link link, ScriptOutputType type, String[] keys, byte[]... arguments) {
        return run(link, 0, type, keys, arguments);
    }

    private <T> CompletableFuture<T> run(
            Link link, int attempt, ScriptOutputType type, String[] keys, byte[]... arguments) {
        CompletableFuture<T> known = send(link, commands -> commands.evalsha(digest, type, keys, arguments));
        return known.exceptionallyCompose(failure -> {
                    if (Link.cause(failure) instanceof RedisNoScriptException) {
                        return send(link, commands -> commands.<T>eval(text, type, keys, arguments));
                    }
                    return CompletableFuture.failedFuture(failure);
                })
                .exceptionallyCompose(failure -> {
                    if (!Link.isToTryAgain(failure)) {
                        return CompletableFuture.failedFuture(failure);
                    } else if (attempt == ATTEMPTS) {
                        return CompletableFuture.failedFuture(
                                new TierException("a slot of the cluster is on its way to another node", failure));
                    }
                    var pause = new CompletableFuture<Void>();
                    return pause.completeOnTimeout(null, FIRST_PAUSE << attempt, TimeUnit.MILLISECONDS)
                            .thenCompose(over -> run(link, attempt + 1, type, keys, arguments));
                });
    }

    private <T> CompletableFuture<T> send(Link link, Link.Command<T> command) {
        return begins() ? link.run(command) : link.runAlways(command);
    }

    /** Whether it is the begin of something, which may be done without; others have to be done however much is under way. */
    private boolean begins() {
        return switch (this) {
            case ACQUIRE, LEASE, FENCE, EPOCH, EPOCH_OF_TAG -> true;
            case FINISH, RETRACT, SETTLE, ABORT, RENEW, INVALIDATE -> false;
        };
    }

    /** Has it run on a wire of which nothing is known yet, in any case by its whole text. */
    <T> CompletionStage<T> send(
            RedisClusterAsyncCommands<String, byte[]> commands,
            ScriptOutputType type,
            String[] keys,
            byte[]... arguments) {
        return commands.eval(text, type, keys, arguments);
    }
}
