package io.skein.redis;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The names of what one cache has in Redis. Whatever its keys are, none is taken for another, nor for something else. The value and
 * the lease of a key are in one slot of a cluster, and so are all numbers of invalidations.
 */
final class Names {
    private static final int LONGEST = 200;

    /** What has a meaning in names, for Redis or here. */
    private static final String SPECIAL = "{}%#";

    private static final String EMPTY = "%."; // between braces, nothing would be no name of a slot
    private static final String LEASE = ":l";
    private static final String FENCE = ":f";

    private final String values;
    private final String tags;
    private final String epoch;
    private final String all;

    Names(String namespace, String cache) {
        var own = namespace + ':' + escaped(cache, SPECIAL + ':');
        this.values = own + ":v1:{";
        this.tags = '{' + own + "}:tag:"; // in one slot, as one script looks at more than one of them
        this.epoch = '{' + own + "}:epoch";
        this.all = '{' + own + "}:all";
    }

    /** @param key as text, as {@link #text} makes it */
    String value(String key) {
        return values + key + '}';
    }

    static String leaseOf(String value) {
        return value + LEASE;
    }

    /** There is one while somebody means to store a value without a lease; what fences deletes it. Nobody needs to be told of it. */
    static String fenceOf(String value) {
        return value + FENCE;
    }

    static boolean isLease(String name) {
        return name.endsWith('}' + LEASE);
    }

    static String valueOf(String lease) {
        return lease.substring(0, lease.length() - LEASE.length());
    }

    boolean isValueOrLease(String name) {
        return name.startsWith(values);
    }

    String tag(String tag) {
        return tags + text(tag);
    }

    boolean isTag(String name) {
        return name.startsWith(tags);
    }

    /** The number of the last invalidation of a tag or of all. */
    String epoch() {
        return epoch;
    }

    /** Stands for a tag that all values have. */
    String all() {
        return all;
    }

    /** A text as a part of a name. */
    static String text(String text) {
        return text.isEmpty() ? EMPTY : bounded(escaped(text, SPECIAL));
    }

    /** Itself, if it is not long. */
    static String bounded(String escaped) {
        return escaped.length() <= LONGEST / 3 || escaped.getBytes(StandardCharsets.UTF_8).length <= LONGEST
                ? escaped
                : '#' + hash(escaped);
    }

    private static String escaped(String text, String special) {
        StringBuilder escaped = null;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean isPlain = c >= ' ' && c != 0x7f && special.indexOf(c) < 0 && !isHalf(text, i);
            if (!isPlain && escaped == null) {
                escaped = new StringBuilder(text.length() + 16).append(text, 0, i);
            }
            if (escaped != null) {
                if (isPlain) {
                    escaped.append(c);
                } else {
                    escaped.append('%').append(HexFormat.of().withUpperCase().toHexDigits(c));
                }
            }
        }
        return escaped == null ? text : escaped.toString();
    }

    /** Half of a surrogate pair, which UTF-8 makes a question mark of. */
    private static boolean isHalf(String text, int i) {
        char c = text.charAt(i);
        if (Character.isHighSurrogate(c)) {
            return i + 1 == text.length() || !Character.isLowSurrogate(text.charAt(i + 1));
        }
        return Character.isLowSurrogate(c) && (i == 0 || !Character.isHighSurrogate(text.charAt(i - 1)));
    }

    private static String hash(String text) {
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JVM has SHA-256", e);
        }
    }
}
