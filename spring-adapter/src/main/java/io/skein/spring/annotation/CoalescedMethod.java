package io.skein.spring.annotation;

import io.skein.spring.Coalesced;
import io.skein.spring.SkeinRegistry;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.cache.interceptor.KeyGenerator;
import org.springframework.core.KotlinDetector;
import org.springframework.expression.Expression;
import org.springframework.util.ReflectionUtils;

/** What the annotation of one method of one class says, checked as far as that goes without a call. Immutable. */
public final class CoalescedMethod {
    private final Method method;
    private final Class<?> targetClass;
    private final @Nullable String cacheName;
    private final String groupName;
    private final String keyGenerator;
    private final @Nullable Expression key;
    private final int keyParameter;
    private final @Nullable Expression condition;
    private final @Nullable Expression unless;
    private final Expressions expressions;
    private final Shape shape;
    private final int parameterCount;

    CoalescedMethod(Coalesced annotation, Method method, Class<?> targetClass) {
        this.method = method;
        this.targetClass = targetClass;
        this.parameterCount = method.getParameterCount() - (KotlinDetector.isSuspendingFunction(method) ? 1 : 0);
        this.cacheName = cacheName(annotation);
        this.shape = Shape.of(method, targetClass, cacheName != null);
        this.groupName = annotation.group().isBlank() ? ownGroup(method, targetClass) : annotation.group();
        this.keyGenerator = annotation.keyGenerator();
        this.expressions = new Expressions(method, targetClass, parameterCount);
        this.key = expressions.parse("key", annotation.key());
        this.keyParameter = expressions.parameter(key);
        this.condition = expressions.parse("condition", annotation.condition());
        this.unless = expressions.parse("unless", annotation.unless(), "result");
        check(annotation);
    }

    /** A name as it is told in messages; with whole names of types where another method would have it too. */
    private static String ownGroup(Method method, Class<?> targetClass) {
        var brief = InvalidCoalescedException.text(method, targetClass);
        boolean isUnique = Arrays.stream(ReflectionUtils.getAllDeclaredMethods(targetClass))
                .filter(other -> !other.isBridge()
                        && InvalidCoalescedException.text(other, targetClass).equals(brief))
                .allMatch(other -> Arrays.equals(other.getParameterTypes(), method.getParameterTypes()));
        return isUnique ? brief : InvalidCoalescedException.text(method, targetClass, Class::getTypeName);
    }

    private @Nullable String cacheName(Coalesced annotation) {
        var names = annotation.cacheNames();
        if (names.length > 1) {
            throw invalid(
                    "it has " + names.length + " cache names, but a result is kept in one cache",
                    "Leave all but one out.");
        }
        if (names.length == 1 && names[0].isBlank()) {
            throw invalid("the cache name is blank", "Leave it out to keep nothing.");
        }
        return names.length == 0 ? null : names[0];
    }

    private void check(Coalesced annotation) {
        if (key != null && !keyGenerator.isBlank()) {
            throw invalid("it has both a key and a keyGenerator", "Leave one out.");
        }
        if (unless != null && cacheName == null) {
            throw invalid("unless says what is not kept, but without a cache name nothing is", "Give it a cache name.");
        }
        if (cacheName != null && !annotation.group().isBlank()) {
            throw invalid("it has both a cache name and a group, but a cache has a group of its own", "Leave one out.");
        }
    }

    private InvalidCoalescedException invalid(String problem, String remedy) {
        return new InvalidCoalescedException(method, targetClass, problem, remedy, null);
    }

    /**
     * Looks for the beans it names, when they are all defined.
     *
     * @throws InvalidCoalescedException if one is not there
     */
    public void checkBeans(BeanFactory beans) {
        boolean isThere = keyGenerator.isBlank()
                || (beans.containsBean(keyGenerator) && beans.isTypeMatch(keyGenerator, KeyGenerator.class));
        if (!isThere) {
            throw invalid("there is no KeyGenerator bean '" + keyGenerator + "'", "Define it, or use key.");
        }
    }

    /** The method, of the class if it overrides it. */
    public Method method() {
        return method;
    }

    /** The class of the bean. */
    public Class<?> targetClass() {
        return targetClass;
    }

    /** Whether everybody reads the result for himself while it comes, rather than get it as a whole. */
    boolean isStreamed() {
        return cacheName == null
                && (shape instanceof Shape.Bytes || (shape instanceof Shape.Reactive reactive && reactive.isMany()));
    }

    /** Builds what its calls need, so that what is wrong with it is told now. */
    public void build(SkeinRegistry registry) {
        var unused = Calls.of(this, registry);
    }

    /** The cache it is kept in, if it is. */
    public Optional<String> cacheName() {
        return Optional.ofNullable(cacheName);
    }

    /** The group whose flights, or streams, are joined if it is not kept. */
    public String groupName() {
        return groupName;
    }

    String keyGenerator() {
        return keyGenerator;
    }

    @Nullable
    Expression key() {
        return key;
    }

    /** The position of the parameter that is the key; -1 if it is to be evaluated. */
    int keyParameter() {
        return keyParameter;
    }

    @Nullable
    Expression condition() {
        return condition;
    }

    @Nullable
    Expression unless() {
        return unless;
    }

    Expressions expressions() {
        return expressions;
    }

    Shape shape() {
        return shape;
    }

    /** How many parameters are the caller's: not the continuation of a Kotlin function. */
    int parameterCount() {
        return parameterCount;
    }

    @Override
    public String toString() {
        return "@Coalesced " + InvalidCoalescedException.text(method, targetClass);
    }
}
