package io.skein.spring.autoconfigure;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.origin.Origin;
import org.springframework.core.env.Environment;

/** A property under {@code skein}, or one of Boot's that is read along with them, has a value that cannot be. */
public final class InvalidPropertyException extends IllegalArgumentException {
    private static final String MASK = "******";

    private final String property;
    private final String value;
    private final @Nullable Origin origin;
    private final String problem;
    private final String remedy;

    InvalidPropertyException(
            String property,
            String value,
            @Nullable Origin origin,
            String problem,
            String remedy,
            @Nullable Throwable cause) {
        super(property + " = " + value + ": " + problem + ". " + remedy, cause);
        this.property = property;
        this.value = value;
        this.origin = origin;
        this.problem = problem;
        this.remedy = remedy;
    }

    /** Of a property whose value may be secret, or may have a password in it: tells where it was written, and not what. */
    static InvalidPropertyException ofSecret(String property, Environment environment, String problem, String remedy) {
        var written = Sheet.written(property, environment);
        return new InvalidPropertyException(
                property, MASK, written == null ? null : written.getOrigin(), problem, remedy, null);
    }

    /** The full name of the property. */
    public String property() {
        return property;
    }

    /** As it was written, or a mask. */
    public String value() {
        return value;
    }

    /** Where it was written, if that is known. */
    public @Nullable Origin origin() {
        return origin;
    }

    /** What is wrong with it. */
    public String problem() {
        return problem;
    }

    /** What to do. */
    public String remedy() {
        return remedy;
    }
}
