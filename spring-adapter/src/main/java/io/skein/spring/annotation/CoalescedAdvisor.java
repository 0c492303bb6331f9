package io.skein.spring.annotation;

import io.skein.spring.SkeinRegistry;
import java.lang.reflect.Method;
import org.springframework.aop.ClassFilter;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.aop.support.StaticMethodMatcherPointcut;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.core.Ordered;

/**
 * Puts the interceptor around coalesced methods: outside of transactions and resilience, which only whoever leads needs,
 * and inside of security, which is everybody's.
 */
public final class CoalescedAdvisor extends DefaultPointcutAdvisor implements BeanFactoryAware {
    /** Transactions and caches have the lowest precedence. */
    private static final int ORDER = Ordered.LOWEST_PRECEDENCE - 100;

    private final String methodsBean;

    /**
     * An advisor.
     *
     * @param methodsBean the name of the bean that is the {@link CoalescedMethods}
     */
    public CoalescedAdvisor(String methodsBean) {
        this.methodsBean = methodsBean;
        setOrder(ORDER);
    }

    /**
     * Looks its beans up by name: if they were parameters of the method that makes this bean, Spring would look through all
     * factory beans for them, and what these need would be made before there is an advisor. The registry is looked up at
     * the first call.
     */
    @Override
    public void setBeanFactory(BeanFactory beans) {
        var methods = beans.getBean(methodsBean, CoalescedMethods.class);
        setPointcut(new Matching(methods));
        setAdvice(new CoalescedInterceptor(methods, () -> beans.getBean(SkeinRegistry.class), beans));
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
