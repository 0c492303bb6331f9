package io.skein.spring.autoconfigure;

import io.skein.Codec;
import io.skein.cache.CoalescingCacheBuilder;
import io.skein.write.CacheWriter;
import io.skein.write.DeadLetters;
import io.skein.write.WriteBehind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;

/** What the properties of one cache say of writing behind. */
final class WriteBehindSheet {
    /** Of the names of its properties, behind that of the cache. */
    static final String PREFIX = "write-behind.";

    private static final int DEFAULT_MAX_PENDING = 1_000;
    private static final Duration DEFAULT_MAX_DELAY = Duration.ofSeconds(1);

    private final Sheet<CacheProperties> sheet;
    private final BeanFactory beans;
    private final Map<String, Object> found = new LinkedHashMap<>();

    private WriteBehindSheet(Sheet<CacheProperties> sheet, BeanFactory beans) {
        this.sheet = sheet;
        this.beans = beans;
    }

    /** @param own what is set for this cache alone */
    static void apply(
            Sheet<CacheProperties> sheet,
            BeanFactory beans,
            CoalescingCacheBuilder<Object, Object> builder,
            @Nullable CacheProperties own) {
        new WriteBehindSheet(sheet, beans).apply(builder, own);
    }

    private void apply(CoalescingCacheBuilder<Object, Object> builder, @Nullable CacheProperties own) {
        bean("writer", WriteBehindProperties::getWriter, CacheWriter.class);
        var writer = (CacheWriter<?, ?>) found.get("writer");
        if (writer == null) {
            if (own != null) {
                checkNothingElse(own.getWriteBehind());
            }
            return;
        }
        find("max-pending", WriteBehindProperties::getMaxPending);
        find("max-delay", WriteBehindProperties::getMaxDelay);
        var settings = settings();
        sheet.apply(PREFIX + "max-batch", of(WriteBehindProperties::getMaxBatch), settings::maxBatch);
        sheet.apply(PREFIX + "max-buffered", of(WriteBehindProperties::getMaxBuffered), settings::maxBuffered);
        sheet.apply(PREFIX + "max-wait", of(WriteBehindProperties::getMaxWait), settings::maxWait);
        bean("merge", WriteBehindProperties::getMerge, BinaryOperator.class);
        bean("dead-letters", WriteBehindProperties::getDeadLetters, DeadLetters.class);
        beans(settings);
        sheet.apply(
                PREFIX + "retries",
                of(WriteBehindProperties::getRetries),
                times -> settings.retry(times, settings.pause(), settings.longestPause()));
        sheet.apply(
                PREFIX + "longest-pause",
                of(WriteBehindProperties::getLongestPause),
                pause -> settings.retry(settings.retries(), min(settings.pause(), pause), pause));
        sheet.apply(
                PREFIX + "first-pause",
                of(WriteBehindProperties::getFirstPause),
                pause -> settings.retry(settings.retries(), pause, settings.longestPause()));
        sheet.apply(PREFIX + "close-timeout", of(WriteBehindProperties::getCloseTimeout), settings::closeTimeout);
        journal(settings, own == null ? null : own.getWriteBehind());
        builder.writeBehind(unchecked(writer), settings);
    }

    private static Duration min(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private WriteBehind<Object, Object> settings() {
        var pending = (Integer) found.getOrDefault("max-pending", DEFAULT_MAX_PENDING);
        var delay = (Duration) found.getOrDefault("max-delay", DEFAULT_MAX_DELAY);
        try {
            return WriteBehind.of(pending, delay);
        } catch (IllegalArgumentException e) {
            var setting = pending > 0 ? "max-delay" : "max-pending";
            throw sheet.invalid(PREFIX + setting, String.valueOf(e.getMessage()), "Change it, or leave it out.", e);
        }
    }

    private void checkNothingElse(WriteBehindProperties own) {
        var others = new LinkedHashMap<String, @Nullable Object>();
        others.put("max-pending", own.getMaxPending());
        others.put("max-delay", own.getMaxDelay());
        others.put("max-batch", own.getMaxBatch());
        others.put("max-buffered", own.getMaxBuffered());
        others.put("max-wait", own.getMaxWait());
        others.put("merge", own.getMerge());
        others.put("retries", own.getRetries());
        others.put("first-pause", own.getFirstPause());
        others.put("longest-pause", own.getLongestPause());
        others.put("dead-letters", own.getDeadLetters());
        others.put("close-timeout", own.getCloseTimeout());
        others.put("journal", own.getJournal());
        others.put("journal-keys", own.getJournalKeys());
        others.put("journal-values", own.getJournalValues());
        others.forEach((setting, value) -> {
            if (value != null) {
                throw sheet.invalid(
                        PREFIX + setting,
                        "it needs write-behind.writer, which is not set",
                        "Name a CacheWriter bean there, or leave it out.",
                        null);
            }
        });
    }

    @SuppressWarnings("unchecked") // nothing is known of the beans' types
    private void beans(WriteBehind<Object, Object> settings) {
        if (found.get("merge") instanceof BinaryOperator<?> merge) {
            settings.merge((BinaryOperator<Object>) merge);
        }
        if (found.get("dead-letters") instanceof DeadLetters<?, ?> listener) {
            settings.deadLetters((DeadLetters<Object, Object>) listener);
        }
    }

    private void journal(WriteBehind<Object, Object> settings, @Nullable WriteBehindProperties own) {
        find("journal", WriteBehindProperties::getJournal);
        codec("journal-keys", WriteBehindProperties::getJournalKeys);
        codec("journal-values", WriteBehindProperties::getJournalValues);
        if (found.get("journal") instanceof Path file) {
            settings.journal(file, codec("journal-keys"), codec("journal-values"));
        } else if (own != null && own.getJournalKeys() != null) {
            throw needsJournal("journal-keys");
        } else if (own != null && own.getJournalValues() != null) {
            throw needsJournal("journal-values");
        }
    }

    private InvalidPropertyException needsJournal(String setting) {
        return sheet.invalid(
                PREFIX + setting,
                "it needs write-behind.journal, which is not set",
                "Name a file there, or leave it out.",
                null);
    }

    private void codec(String setting, Function<WriteBehindProperties, @Nullable String> getter) {
        sheet.apply(PREFIX + setting, of(getter), name -> {
            var known = beans.containsBean(name) ? null : known(name);
            if (known != null) {
                found.put(setting, known);
            } else {
                bean(setting, getter, Codec.class);
            }
        });
    }

    private static @Nullable Codec<?> known(String name) {
        return switch (name) {
            case "utf8" -> Codec.utf8();
            case "int64" -> Codec.int64();
            case "int32" -> Codec.int32();
            case "bytes" -> Codec.bytes();
            default -> null;
        };
    }

    @SuppressWarnings("unchecked") // nothing is known of the beans' types
    private Codec<Object> codec(String setting) {
        if (found.get(setting) instanceof Codec<?> codec) {
            return (Codec<Object>) codec;
        }
        throw sheet.invalid(
                PREFIX + "journal",
                "it needs write-behind." + setting + ", which is not set",
                "Name a Codec bean there, or one of utf8, int64, int32 and bytes.",
                null);
    }

    private <T> void find(String setting, Function<WriteBehindProperties, @Nullable T> getter) {
        sheet.apply(PREFIX + setting, of(getter), value -> found.put(setting, value));
    }

    private <T> void bean(String setting, Function<WriteBehindProperties, @Nullable String> getter, Class<T> type) {
        sheet.applyBean(PREFIX + setting, of(getter), type, value -> found.put(setting, value));
    }

    private static <T> Function<CacheProperties, @Nullable T> of(Function<WriteBehindProperties, @Nullable T> getter) {
        return properties -> getter.apply(properties.getWriteBehind());
    }

    @SuppressWarnings("unchecked") // nothing is known of the bean's types
    private static CacheWriter<Object, Object> unchecked(CacheWriter<?, ?> writer) {
        return (CacheWriter<Object, Object>) writer;
    }
}
