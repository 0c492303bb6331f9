package io.skein.redis;

import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Keys of common types as parts of names. Keys that are equal have one text, all others each their own: a number, and a text that
 * looks like it, are two keys. In texts, a percent sign is followed by four hexadecimal digits, and all others begin with one that is
 * followed by what is none.
 */
final class KeyText {
    /** Of which each has one text that says it all. */
    private static final Set<Class<?>> WRITTEN = Set.of(
            BigDecimal.class,
            BigInteger.class,
            Duration.class,
            Instant.class,
            LocalDate.class,
            LocalDateTime.class,
            LocalTime.class,
            MonthDay.class,
            OffsetDateTime.class,
            Period.class,
            Year.class,
            YearMonth.class,
            ZonedDateTime.class);

    private static final ClassValue<Method[]> COMPONENTS = new ClassValue<>() {
        @Override
        protected Method[] computeValue(Class<?> type) {
            return Stream.of(type.getRecordComponents())
                    .map(RecordComponent::getAccessor)
                    .peek(accessor -> accessor.setAccessible(true))
                    .toArray(Method[]::new);
        }
    };

    private KeyText() {}

    /**
     * The text of a key.
     *
     * @throws IllegalArgumentException if it, or a part of it, is of another type
     */
    static String of(@Nullable Object key) {
        if (key instanceof String text) {
            return Names.text(text);
        } else if (key instanceof Long) {
            return "%L" + key;
        } else if (key instanceof Integer) {
            return "%I" + key;
        } else if (key instanceof UUID) {
            return "%U" + key;
        }
        return Names.bounded(full(key));
    }

    private static String full(@Nullable Object key) {
        if (key == null) { // as a part
            return "%-";
        } else if (key instanceof List<?> parts) {
            return "%(" + parts(parts.stream());
        } else if (key instanceof Record whole) {
            return "%R" + Names.text(whole.getClass().getName()) + '(' + parts(components(whole));
        } else if (key instanceof Enum<?> constant) {
            return "%N" + Names.text(constant.getDeclaringClass().getName()) + '.' + constant.name();
        } else if (key instanceof Double number) {
            return "%D" + Double.toHexString(number); // versions of Java differ in how they write it otherwise
        } else if (key instanceof Float number) {
            return "%F" + Float.toHexString(number);
        } else if (key instanceof Short) {
            return "%S" + key;
        } else if (key instanceof Byte) {
            return "%Y" + key;
        } else if (key instanceof Boolean) {
            return "%T" + key;
        } else if (key instanceof Character) {
            return "%Q" + Names.text(key.toString());
        } else if (WRITTEN.contains(key.getClass())) {
            return "%W" + key.getClass().getSimpleName() + ':' + Names.text(key.toString());
        }
        throw new IllegalArgumentException("a key of " + key.getClass().getName()
                + " has no text of its own by which it is known in Redis: give the tier a function that makes another key of it,"
                + " such as a text, a number, a record, or a list of such");
    }

    /** Each with its length, so that none is taken for two. */
    private static String parts(Stream<?> parts) {
        var text = new StringBuilder();
        parts.forEach(part -> {
            var own = of(part);
            text.append(own.length()).append(':').append(own).append(',');
        });
        return text.append(')').toString();
    }

    private static Stream<?> components(Record whole) {
        try {
            return Stream.of(COMPONENTS.get(whole.getClass())).map(accessor -> component(accessor, whole));
        } catch (RuntimeException e) { // its module does not let us
            throw new IllegalArgumentException("a key of " + whole.getClass().getName() + " cannot be looked into", e);
        }
    }

    private static @Nullable Object component(Method accessor, Record whole) {
        try {
            return accessor.invoke(whole);
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException("a key of " + whole.getClass().getName() + " cannot be looked into", e);
        }
    }
}
