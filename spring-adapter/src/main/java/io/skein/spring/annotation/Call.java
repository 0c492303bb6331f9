package io.skein.spring.annotation;

import io.skein.internal.Sneaky;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.ProxyMethodInvocation;
import org.springframework.cache.interceptor.KeyGenerator;
import org.springframework.cache.interceptor.SimpleKey;
import org.springframework.cache.interceptor.SimpleKeyGenerator;
import org.springframework.expression.Expression;
import org.springframework.expression.spel.support.StandardEvaluationContext;

/** One call of a coalesced method. Whoever leads a flight runs it; the others only have its key. */
final class Call {
    private final CoalescedMethod definition;
    private final ProxyMethodInvocation invocation;
    private final Object target;
    private final @Nullable Object[] args;
    private final StandardEvaluationContext beans;

    /** @param beans a context that finds beans, to be copied from */
    Call(CoalescedMethod definition, ProxyMethodInvocation invocation, Object target, StandardEvaluationContext beans) {
        this.definition = definition;
        this.invocation = invocation;
        this.target = target;
        @Nullable Object[] all = invocation.getArguments();
        this.args = all.length == definition.parameterCount() ? all : Arrays.copyOf(all, definition.parameterCount());
        this.beans = beans;
    }

    // Expressions

    boolean isMeant() {
        var condition = definition.condition();
        return condition == null || isTrue(condition, null);
    }

    boolean isKept(@Nullable Object result) {
        var unless = definition.unless();
        return unless == null || !isTrue(unless, result);
    }

    private boolean isTrue(Expression expression, @Nullable Object result) {
        return Boolean.TRUE.equals(expression.getValue(new Scope(result), Boolean.class));
    }

    /** @param generator the bean that the annotation names, if it names one */
    Object key(@Nullable KeyGenerator generator) {
        var key = rawKey(generator);
        if (key == null) {
            throw new IllegalArgumentException("the key is null, for " + definition
                    + ": keys are never null; let the key expression say what stands for null");
        }
        return key.getClass().isArray() ? new SimpleKey(key) : key;
    }

    private @Nullable Object rawKey(@Nullable KeyGenerator generator) {
        if (definition.keyParameter() >= 0) {
            return args[definition.keyParameter()];
        }
        var expression = definition.key();
        if (expression != null) {
            return expression.getValue(new Scope(null));
        }
        return generator == null
                ? SimpleKeyGenerator.generateKey(args)
                : generator.generate(target, definition.method(), args);
    }

    /** What an expression sees. */
    private final class Scope extends StandardEvaluationContext {
        private final @Nullable Object result;

        Scope(@Nullable Object result) {
            super(new Root(definition.method(), target, definition.targetClass(), args, List.of()));
            this.result = result;
            beans.applyDelegatesTo(this);
        }

        @Override
        public @Nullable Object lookupVariable(String name) {
            var position = definition.expressions().parameters().get(name);
            if (position != null) {
                return args[position];
            }
            return name.equals("result") ? result : super.lookupVariable(name);
        }
    }

    // Running it

    /** Calls the method, and returns what it returns. May be called more than once, by any thread. */
    @Nullable
    Object run() {
        try {
            return invocation.invocableClone().proceed();
        } catch (Throwable e) {
            throw Sneaky.rethrow(e);
        }
    }

    /** Calls the method, and returns what is inside of what it returns. */
    @Nullable
    Object value() {
        var returned = run();
        return returned instanceof Optional<?> optional && definition.shape() instanceof Shape.Maybe
                ? optional.orElse(null)
                : returned;
    }

    /** Calls a method that returns a stage. */
    @SuppressWarnings("unchecked") // so the method is declared
    @Nullable
    CompletionStage<@Nullable Object> stage() {
        return (CompletionStage<@Nullable Object>) run();
    }

    CoalescedMethod definition() {
        return definition;
    }
}
