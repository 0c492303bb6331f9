package io.skein.spring.annotation;

import io.skein.spring.Coalesced;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.MethodClassKey;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Finds the methods that have {@link Coalesced}, on themselves, on their class, or on the method of an interface, and
 * says what is wrong with them when they are first looked at, which is when their bean is created.
 */
public final class CoalescedMethods implements EnvironmentAware {
    private final ConcurrentHashMap<MethodClassKey, Optional<CoalescedMethod>> known = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<Class<?>, Boolean> candidates = new ConcurrentHashMap<>();
    private volatile boolean proxiesClasses = true;

    /** Whether proxies are subclasses even of classes with interfaces. */
    @Override
    public void setEnvironment(Environment environment) {
        proxiesClasses = proxiesClasses(environment);
    }

    /** What the application says of its proxies; Boot has the same default. */
    public static boolean proxiesClasses(Environment environment) {
        return environment.getProperty("spring.aop.proxy-target-class", Boolean.class, true);
    }

    /**
     * Whether a class has such methods. Looks at each: Spring stops at the first that is found, and would not see what is
     * wrong with the next.
     *
     * @throws InvalidCoalescedException if one is wrong
     */
    boolean isCandidate(Class<?> targetClass) {
        if (!AnnotationUtils.isCandidateClass(targetClass, Coalesced.class)) {
            return false;
        }
        var answer = candidates.get(targetClass);
        if (answer == null) {
            answer = hasAny(targetClass);
            candidates.put(targetClass, answer);
        }
        return answer;
    }

    private boolean hasAny(Class<?> targetClass) {
        var types = new LinkedHashSet<>(ClassUtils.getAllInterfacesForClassAsSet(targetClass));
        if (!isMadeOfInterfaces(targetClass)) {
            types.add(ClassUtils.getUserClass(targetClass));
        }
        boolean any = false;
        for (var type : types) {
            for (var method : ReflectionUtils.getAllDeclaredMethods(type)) {
                any |= find(method, targetClass) != null;
            }
        }
        return any;
    }

    /** A class that has no name of its own, nor methods but those of its interfaces: it is proxied by these. */
    private static boolean isMadeOfInterfaces(Class<?> type) {
        return Proxy.isProxyClass(type) || ClassUtils.isLambdaClass(type);
    }

    /**
     * What the annotation of a method says; null if it has none.
     *
     * @param targetClass the class of what is behind the proxy, which may be a proxy again
     * @throws InvalidCoalescedException if it is wrong
     */
    @Nullable
    CoalescedMethod find(Method method, Class<?> targetClass) {
        if (method.getDeclaringClass() == Object.class || isOfTheCompiler(method)) {
            return null;
        }
        var key = new MethodClassKey(method, targetClass);
        var found = known.get(key);
        if (found == null) {
            found = Optional.ofNullable(look(method, targetClass));
            known.putIfAbsent(key, found);
        }
        return found.orElse(null);
    }

    /** Kotlin puts what is in a function into a static one, annotations included. */
    private static boolean isOfTheCompiler(Method method) {
        return method.isSynthetic() && !method.isBridge();
    }

    /** All that were found so far. */
    public Collection<CoalescedMethod> all() {
        return known.values().stream().flatMap(Optional::stream).toList();
    }

    private @Nullable CoalescedMethod look(Method method, Class<?> targetClass) {
        if (!isMadeOfInterfaces(targetClass)) {
            return lookInUserType(method, ClassUtils.getUserClass(targetClass));
        }
        var declared = ClassUtils.getInterfaceMethodIfPossible(method, targetClass);
        return Arrays.stream(targetClass.getInterfaces())
                .filter(declared.getDeclaringClass()::isAssignableFrom)
                .findFirst()
                .map(type -> lookInUserType(declared, type))
                .orElse(null);
    }

    private @Nullable CoalescedMethod lookInUserType(Method method, Class<?> targetClass) {
        var specific = AopUtils.getMostSpecificMethod(method, targetClass);
        var annotation = AnnotatedElementUtils.findMergedAnnotation(specific, Coalesced.class);
        if (annotation == null && specific != method) {
            annotation = AnnotatedElementUtils.findMergedAnnotation(method, Coalesced.class);
        }
        if (annotation == null) {
            annotation = ofType(specific, targetClass);
        }
        if (annotation == null) {
            return null;
        }
        checkCanBeIntercepted(specific, targetClass);
        return new CoalescedMethod(annotation, specific, targetClass);
    }

    /** On a type it is for what may be meant by it. */
    private static @Nullable Coalesced ofType(Method method, Class<?> targetClass) {
        boolean isMeant = Modifier.isPublic(method.getModifiers())
                && !Modifier.isStatic(method.getModifiers())
                && method.getReturnType() != void.class
                && !ReflectionUtils.isObjectMethod(method) // toString and the like, overridden
                && ClassUtils.isUserLevelMethod(method);
        if (!isMeant) {
            return null;
        }
        var annotation = AnnotatedElementUtils.findMergedAnnotation(targetClass, Coalesced.class);
        return annotation != null || method.getDeclaringClass() == targetClass
                ? annotation
                : AnnotatedElementUtils.findMergedAnnotation(method.getDeclaringClass(), Coalesced.class);
    }

    private void checkCanBeIntercepted(Method method, Class<?> targetClass) {
        boolean byInterface = !proxiesClasses && isOfInterface(method, targetClass);
        int modifiers = method.getModifiers();
        for (var obstacle : List.of(
                new Obstacle(Modifier.isStatic(modifiers), "a static method", "Make it a method of the bean."),
                new Obstacle(Modifier.isPrivate(modifiers), "a private method", "Make it public."),
                new Obstacle(
                        Modifier.isFinal(targetClass.getModifiers()) && !byInterface,
                        "a method of a final class",
                        "Make the class open to subclasses (in Kotlin: open, or the Spring compiler plugin), or put the"
                                + " method into an interface and set spring.aop.proxy-target-class=false."),
                new Obstacle(
                        Modifier.isFinal(modifiers) && !byInterface,
                        "a final method",
                        "Make it overridable (in Kotlin: open), or put it into an interface and set spring.aop.proxy-target-class=false."))) {
            if (obstacle.isThere) {
                throw new InvalidCoalescedException(
                        method, targetClass, obstacle.what + " cannot be intercepted", obstacle.remedy, null);
            }
        }
    }

    private record Obstacle(boolean isThere, String what, String remedy) {}

    private static boolean isOfInterface(Method method, Class<?> targetClass) {
        for (var type : ClassUtils.getAllInterfacesForClass(targetClass)) {
            if (ClassUtils.hasMethod(type, method)) {
                return true;
            }
        }
        return false;
    }
}
