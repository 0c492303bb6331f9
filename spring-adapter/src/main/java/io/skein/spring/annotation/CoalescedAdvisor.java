package io.skein.spring.annotation;

import io.skein.spring.SkeinRegistry;
import java.lang.reflect.Method;
import java.util.function.Supplier;
import org.springframework.aop.ClassFilter;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.aop.support.StaticMethodMatcherPointcut;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.core.Ordered;

/**
 * Puts the interceptor around coalesced methods: outside of transactions and resilience, which only whoever leads needs,
 * and inside of security, which is everybody's.
 */
public final class CoalescedAdvisor extends DefaultPointcutAdvisor {
    /** Transactions and caches have the lowest precedence. */
    private static final int ORDER = Ordered.LOWEST_PRECEDENCE - 100;

    /**
     * An advisor.
     *
     * @param registry asked for at the first call
     */
    public CoalescedAdvisor(CoalescedMethods methods, Supplier<SkeinRegistry> registry, BeanFactory beans) {
        super(new Matching(methods), new CoalescedInterceptor(methods, registry, beans));
        setOrder(ORDER);
    }

    private static final class Matching extends StaticMethodMatcherPointcut {
        private final CoalescedMethods methods;

        Matching(CoalescedMethods methods) {
            this.methods = methods;
            setClassFilter(new Candidates(methods));
        }

        @Override
        public boolean matches(Method method, Class<?> targetClass) {
            return methods.find(method, targetClass) != null;
        }
    }

    private record Candidates(CoalescedMethods methods) implements ClassFilter {
        @Override
        public boolean matches(Class<?> type) {
            return methods.isCandidate(type);
        }
    }
}
