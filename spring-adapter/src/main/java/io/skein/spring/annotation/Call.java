package io.skein.spring.annotation;

import io.skein.internal.Sneaky;
import io.skein.internal.Stages;
import java.lang.reflect.Array;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.ProxyMethodInvocation;
import org.springframework.aop.interceptor.ExposeInvocationInterceptor;
import org.springframework.cache.interceptor.KeyGenerator;
import org.springframework.cache.interceptor.SimpleKey;
import org.springframework.cache.interceptor.SimpleKeyGenerator;
import org.springframework.expression.Expression;
import org.springframework.expression.spel.support.StandardEvaluationContext;

/** One call of a coalesced method. Whoever leads a flight runs it; the others only have its key. */
final class Call {
    private static final System.Logger LOG = System.getLogger(Call.class.getName());

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
        return condition == null || isTrue(condition, new Scope(false, null));
    }

    boolean isKept(@Nullable Object result) {
        var unless = definition.unless();
        return unless == null || !isTrue(unless, new Scope(true, result));
    }

    private static boolean isTrue(Expression expression, Scope scope) {
        return Boolean.TRUE.equals(expression.getValue(scope, Boolean.class));
    }

    /** @param generator the bean that the annotation names, if it names one */
    Object key(@Nullable KeyGenerator generator) {
        var key = rawKey(generator);
        if (key == null) {
            throw new IllegalArgumentException("the key is null, for " + definition
                    + ": keys are never null; let the key expression say what stands for null");
        }
        return key.getClass().isArray() ? new SimpleKey(copied(key)) : key;
    }

    private @Nullable Object rawKey(@Nullable KeyGenerator generator) {
        if (definition.keyParameter() >= 0) {
            return args[definition.keyParameter()];
        }
        var expression = definition.key();
        if (expression != null) {
            return expression.getValue(new Scope(false, null));
        }
        return generator == null
                ? SimpleKeyGenerator.generateKey(copied(args))
                : generator.generate(target, definition.method(), args);
    }

    /** The arguments, with arrays among them as they are now. */
    private static @Nullable Object[] copied(@Nullable Object[] args) {
        var copies = args;
        for (int i = 0; i < args.length; i++) {
            var arg = args[i];
            if (arg != null && arg.getClass().isArray()) {
                copies = copies == args ? args.clone() : copies;
                copies[i] = copied(arg);
            }
        }
        return copies;
    }

    /** An array as it is now, since whoever calls may fill it with something else later. */
    private static Object copied(Object arg) {
        int length = Array.getLength(arg);
        var copy = Array.newInstance(arg.getClass().getComponentType(), length);
        System.arraycopy(arg, 0, copy, 0, length);
        return copy;
    }

    /** What an expression sees. */
    private final class Scope extends StandardEvaluationContext {
        private final boolean hasResult;
        private final @Nullable Object result;

        Scope(boolean hasResult, @Nullable Object result) {
            super(new Root(definition.method(), target, definition.targetClass(), args, List.of()));
            this.hasResult = hasResult;
            this.result = result;
            beans.applyDelegatesTo(this);
        }

        @Override
        public @Nullable Object lookupVariable(String name) {
            if (hasResult && name.equals("result")) {
                return result; // even if a parameter has this name
            }
            var position = definition.expressions().parameters().get(name);
            if (position != null) {
                return args[position];
            }
            return super.lookupVariable(name);
        }
    }

    // Running it

    /** Calls the method, and returns what it returns. May be called more than once, by any thread. */
    @Nullable
    Object run() {
        try {
            // What is inside of this may ask for the invocation, as aspects do: it is not the one of this thread, yet.
            return ExposeInvocationInterceptor.INSTANCE.invoke(invocation.invocableClone());
        } catch (Throwable e) {
            throw Sneaky.rethrow(e);
        }
    }

    /** Calls the method, and returns what is inside of what it returns. */
    @Nullable
    Object value() {
        var returned = run();
        var value = returned instanceof Optional<?> optional && definition.shape() instanceof Shape.Maybe
                ? optional.orElse(null)
                : returned;
        checkCanBeShared(value);
        return value;
    }

    /**
     * What the declared type does not tell.
     *
     * @throws IllegalStateException if it can be used by one caller only
     */
    void checkCanBeShared(@Nullable Object value) {
        if (value != null && Shape.isForOne(value)) {
            throw new IllegalStateException(
                    "its callers would share one " + value.getClass().getSimpleName()
                            + ", which can be read once; return what can be read again, or be declared to return just a Resource, an"
                            + " InputStream or a StreamingResponseBody, and have no cache name, for " + definition);
        }
    }

    /** Calls a method that returns a stage. */
    @SuppressWarnings("unchecked") // so the method is declared
    @Nullable
    CompletionStage<@Nullable Object> stage() {
        var stage = (CompletionStage<@Nullable Object>) run();
        return stage == null
                ? null
                : Stages.map(
                        stage,
                        value -> {
                            checkCanBeShared(value);
                            return value;
                        },
                        LOG);
    }

    CoalescedMethod definition() {
        return definition;
    }
}
