package io.skein.spring.annotation;

import io.skein.spring.SkeinRegistry;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.ProxyMethodInvocation;
import org.springframework.aop.framework.Advised;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.cache.interceptor.KeyGenerator;
import org.springframework.context.expression.BeanFactoryResolver;
import org.springframework.expression.spel.support.StandardEvaluationContext;

/** Answers calls of coalesced methods. */
final class CoalescedInterceptor implements MethodInterceptor {
    private final CoalescedMethods methods;
    private final Supplier<SkeinRegistry> registry;
    private final BeanFactory beans;
    private final StandardEvaluationContext context = new StandardEvaluationContext();
    private final ConcurrentHashMap<CoalescedMethod, Desk> desks = new ConcurrentHashMap<>();

    /** @param registry asked for at the first call, since proxies are made before most beans are there */
    CoalescedInterceptor(CoalescedMethods methods, Supplier<SkeinRegistry> registry, BeanFactory beans) {
        this.methods = methods;
        this.registry = registry;
        this.beans = beans;
        context.setBeanResolver(new BeanFactoryResolver(beans));
    }

    /** Where the calls of a method go, and what makes their keys. */
    private record Desk(Calls calls, @Nullable KeyGenerator generator) {}

    @Override
    public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
        var target = invocation.getThis();
        var method = target == null ? null : methods.find(invocation.getMethod(), target.getClass());
        if (target == null || method == null || isCoalesced(target)) {
            return invocation.proceed();
        }
        var call = new Call(method, (ProxyMethodInvocation) invocation, target, context);
        if (!call.isMeant()) {
            return invocation.proceed();
        }
        var desk = desk(method);
        var key = call.key(desk.generator);
        return desk.calls instanceof Calls.Answering answering
                ? answer(answering, call, key)
                : stream((Calls.Streamed) desk.calls, call, key);
    }

    private static @Nullable Object answer(Calls.Answering calls, Call call, Object key) {
        var shape = call.definition().shape();
        if (shape instanceof Shape.Plain) {
            return calls.answer(call, key);
        }
        if (shape instanceof Shape.Maybe) {
            return Optional.ofNullable(calls.answer(call, key));
        }
        return shape instanceof Shape.Reactive reactive
                ? ReactiveCalls.answer(calls, call, key, reactive)
                : calls.answerLater(call, key, call::stage);
    }

    private static Object stream(Calls.Streamed calls, Call call, Object key) {
        return call.definition().shape() instanceof Shape.Bytes bytes
                ? ByteCalls.answer(calls.streams(), call, key, bytes.carrier())
                : ReactiveCalls.stream(calls.streams(), call, key, (Shape.Reactive)
                        call.definition().shape());
    }

    /** A bean may be proxied twice, as by two proxy creators: one call would then wait for itself. */
    private static boolean isCoalesced(Object target) {
        return target instanceof Advised advised
                && Arrays.stream(advised.getAdvisors())
                        .anyMatch(advisor -> advisor.getAdvice() instanceof CoalescedInterceptor);
    }

    private Desk desk(CoalescedMethod method) {
        var known = desks.get(method);
        if (known != null) {
            return known;
        }
        // Without a lock, since beans are created: both would be the same.
        var desk = new Desk(
                Calls.of(method, registry.get()),
                method.keyGenerator().isBlank() ? null : beans.getBean(method.keyGenerator(), KeyGenerator.class));
        var other = desks.putIfAbsent(method, desk);
        return other == null ? desk : other;
    }
}
