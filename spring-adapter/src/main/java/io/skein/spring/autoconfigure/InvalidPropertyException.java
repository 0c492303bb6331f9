package io.skein.spring.autoconfigure;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.origin.Origin;

/** A property under {@code skein} has a value that cannot be. */
public final class InvalidPropertyException extends IllegalArgumentException {
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

    /** The full name of the property. */
    public String property() {
        return property;
    }

    /** As it was written. */
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
