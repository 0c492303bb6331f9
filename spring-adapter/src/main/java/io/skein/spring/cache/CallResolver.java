package io.skein.spring.cache;

import io.skein.spring.annotation.Root;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.cache.Cache;
import org.springframework.cache.CacheManager;
import org.springframework.cache.interceptor.CacheOperation;
import org.springframework.cache.interceptor.CacheOperationInvocationContext;
import org.springframework.cache.interceptor.CacheResolver;
import org.springframework.cache.interceptor.CacheableOperation;
import org.springframework.context.expression.BeanFactoryResolver;
import org.springframework.context.expression.MethodBasedEvaluationContext;
import org.springframework.core.DefaultParameterNameDiscoverer;
import org.springframework.core.ParameterNameDiscoverer;
import org.springframework.expression.Expression;
import org.springframework.expression.spel.standard.SpelExpressionParser;

/** Finds the caches of a {@code @Cacheable} method in the default manager, and gives each call its own view of them. */
public final class CallResolver implements CacheResolver {
    private static final String UNLESS = " unless ";
    private static final ParameterNameDiscoverer NAMES = new DefaultParameterNameDiscoverer();

    private final BeanFactory beans;
    private final BeanFactoryResolver beanResolver;
    private final SpelExpressionParser parser = new SpelExpressionParser();
    private final ConcurrentHashMap<String, Expression> parsed = new ConcurrentHashMap<>();
    private volatile @Nullable CacheManager manager;

    /** A resolver that uses the default manager. */
    public CallResolver(BeanFactory beans) {
        this.beans = beans;
        this.beanResolver = new BeanFactoryResolver(beans);
    }

    /** The name of an operation, which tells its {@code unless} too. */
    static String name(CacheableOperation operation) {
        return operation.getName() + UNLESS + operation.getUnless();
    }

    private static String unless(CacheOperation operation) {
        int start = operation.getName().indexOf(UNLESS);
        return start < 0 ? "" : operation.getName().substring(start + UNLESS.length());
    }

    @Override
    public Collection<? extends Cache> resolveCaches(CacheOperationInvocationContext<?> context) {
        var caches = new ArrayList<Cache>(1);
        var ours = new ArrayList<CallCache>(1);
        for (var name : context.getOperation().getCacheNames()) {
            var cache = cache(name, context);
            if (cache instanceof Choosy choosy) {
                var forCall = new CallCache(choosy, isKept(cache, context), ours);
                ours.add(forCall);
                caches.add(forCall);
            } else {
                caches.add(cache);
            }
        }
        return caches;
    }

    private Cache cache(String name, CacheOperationInvocationContext<?> context) {
        var known = manager;
        if (known == null) {
            known = beans.getBean(CacheManager.class);
            manager = known;
        }
        var cache = known.getCache(name);
        if (cache == null) {
            throw new IllegalArgumentException("there is no cache '" + name + "' for " + context.getOperation());
        }
        return cache;
    }

    private Predicate<@Nullable Object> isKept(Cache cache, CacheOperationInvocationContext<?> context) {
        var unless = unless((CacheOperation) context.getOperation());
        if (unless.isEmpty()) {
            return Choosy.EVERYTHING;
        }
        var expression = parsed.computeIfAbsent(unless, parser::parseExpression);
        return result -> !isTrue(expression, context, cache, result);
    }

    private boolean isTrue(
            Expression unless, CacheOperationInvocationContext<?> context, Cache cache, @Nullable Object result) {
        var target = context.getTarget();
        var targetClass = AopProxyUtils.ultimateTargetClass(target);
        var root = new Root(context.getMethod(), target, targetClass, context.getArgs(), List.of(cache));
        // The method of the class: its parameters may have other names than those of the interface.
        var method = AopUtils.getMostSpecificMethod(context.getMethod(), targetClass);
        var scope = new MethodBasedEvaluationContext(root, method, context.getArgs(), NAMES);
        scope.setBeanResolver(beanResolver);
        scope.setVariable("result", result);
        return Boolean.TRUE.equals(unless.getValue(scope, Boolean.class));
    }
}
