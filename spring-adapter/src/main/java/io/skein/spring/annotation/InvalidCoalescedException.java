package io.skein.spring.annotation;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A method that has {@link io.skein.spring.Coalesced} cannot have it, or not like that. */
public final class InvalidCoalescedException extends IllegalStateException {
    private final String problem;
    private final String remedy;

    InvalidCoalescedException(
            Method method, Class<?> targetClass, String problem, String remedy, @Nullable Throwable cause) {
        super("@Coalesced on " + text(method, targetClass) + ": " + problem + ". " + remedy, cause);
        this.problem = "@Coalesced on " + text(method, targetClass) + ": " + problem + ".";
        this.remedy = remedy;
    }

    /** Where, and what is wrong. */
    public String problem() {
        return problem;
    }

    /** What to do. */
    public String remedy() {
        return remedy;
    }

    /** {@code com.acme.Catalogue.find(long)}. */
    static String text(Method method, Class<?> targetClass) {
        return text(method, targetClass, Class::getSimpleName);
    }

    /** The same, with the types of the parameters named in another way. */
    static String text(Method method, Class<?> targetClass, Function<Class<?>, String> nameOf) {
        return targetClass.getName() + "." + method.getName()
                + Arrays.stream(method.getParameterTypes()).map(nameOf).collect(Collectors.joining(", ", "(", ")"));
    }
}
