package io.skein.spring.annotation;

import java.lang.reflect.Method;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** What expressions see as {@code #root}: what they see there with Spring's cache annotations. */
public final class Root {
    private final Method method;
    private final Object target;
    private final Class<?> targetClass;
    private final @Nullable Object[] args;
    private final Collection<?> caches;

    /**
     * A root.
     *
     * @param caches those of Spring's that the call is about
     */
    public Root(Method method, Object target, Class<?> targetClass, @Nullable Object[] args, Collection<?> caches) {
        this.method = method;
        this.target = target;
        this.targetClass = targetClass;
        this.args = args;
        this.caches = caches;
    }

    /** The method that is called. */
    public Method getMethod() {
        return method;
    }

    /** Its name. */
    public String getMethodName() {
        return method.getName();
    }

    /** The bean. */
    public Object getTarget() {
        return target;
    }

    /** The class of the bean. */
    public Class<?> getTargetClass() {
        return targetClass;
    }

    /** The arguments of the call. */
    public @Nullable Object[] getArgs() {
        return args;
    }

    /** Spring's caches; none for {@code @Coalesced}. */
    public Collection<?> getCaches() {
        return caches;
    }
}
