package io.skein.spring.cache;

import io.skein.spring.annotation.Root;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
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

/** Finds the cache of a coalesced {@code @Cacheable} method that has {@code unless}, and has the cache look at that. */
public final class UnlessResolver implements CacheResolver {
    private static final String UNLESS = " unless ";
    private static final ParameterNameDiscoverer NAMES = new DefaultParameterNameDiscoverer();

    private final BeanFactory beans;
    private final BeanFactoryResolver beanResolver;
    private final SpelExpressionParser parser = new SpelExpressionParser();
    private final ConcurrentHashMap<String, Expression> parsed = new ConcurrentHashMap<>();

    /** A resolver that uses the default manager. */
    public UnlessResolver(BeanFactory beans) {
        this.beans = beans;
        this.beanResolver = new BeanFactoryResolver(beans);
    }

    /** The name of an operation, which tells its {@code unless} too. */
    static String name(CacheableOperation operation) {
        return operation.getName() + UNLESS + operation.getUnless();
    }

    private static String unless(String name) {
        return name.substring(name.indexOf(UNLESS) + UNLESS.length());
    }

    @Override
    public Collection<? extends Cache> resolveCaches(CacheOperationInvocationContext<?> context) {
        var operation = context.getOperation();
        var name = operation.getCacheNames().iterator().next();
        var cache = beans.getBean(CacheManager.class).getCache(name);
        if (!(cache instanceof Choosy choosy)) {
            throw new IllegalStateException("there is no cache '" + name + "' of Skein's for " + operation);
        }
        var unless = parsed.computeIfAbsent(unless(((CacheOperation) operation).getName()), parser::parseExpression);
        return List.of(new Choosing(choosy, result -> !isTrue(unless, context, cache, result)));
    }

    private boolean isTrue(
            Expression unless, CacheOperationInvocationContext<?> context, Cache cache, @Nullable Object result) {
        var target = context.getTarget();
        var root = new Root(context.getMethod(), target, target.getClass(), context.getArgs(), List.of(cache));
        var scope = new MethodBasedEvaluationContext(root, context.getMethod(), context.getArgs(), NAMES);
        scope.setBeanResolver(beanResolver);
        scope.setVariable("result", result);
        return Boolean.TRUE.equals(unless.getValue(scope, Boolean.class));
    }

    /** The cache for one call: keeps what the call's {@code unless} lets through. */
    private record Choosing(Choosy cache, Predicate<@Nullable Object> isKept) implements Cache {
        @Override
        public <T> @Nullable T get(Object key, Callable<T> valueLoader) {
            return cache.get(key, valueLoader, isKept);
        }

        @Override
        public <T> CompletableFuture<T> retrieve(Object key, Supplier<CompletableFuture<T>> valueLoader) {
            return cache.retrieve(key, valueLoader, isKept);
        }

        @Override
        public String getName() {
            return cache.getName();
        }

        @Override
        public Object getNativeCache() {
            return cache.getNativeCache();
        }

        @Override
        public @Nullable ValueWrapper get(Object key) {
            return cache.get(key);
        }

        @Override
        public <T> @Nullable T get(Object key, @Nullable Class<T> type) {
            return cache.get(key, type);
        }

        @Override
        public @Nullable CompletableFuture<?> retrieve(Object key) {
            return cache.retrieve(key);
        }

        @Override
        public void put(Object key, @Nullable Object value) {
            cache.put(key, value);
        }

        @Override
        public void evict(Object key) {
            cache.evict(key);
        }

        @Override
        public void clear() {
            cache.clear();
        }
    }
}
