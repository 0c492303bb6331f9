package io.skein.spring.cache;

import java.lang.reflect.Method;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.interceptor.CacheOperation;
import org.springframework.cache.interceptor.CacheOperationSource;
import org.springframework.cache.interceptor.CacheableOperation;
import org.springframework.util.StringUtils;

/**
 * Spring's {@code @Cacheable} methods, as if they had {@code sync = true}: so concurrent calls run the method once, and
 * what it returns is stored under the fence. That goes for methods with one {@code @Cacheable} of one cache of the
 * default manager and nothing else; others stay as they are. Unlike Spring's, {@code unless} works with it.
 */
public final class CoalescingOperations implements CacheOperationSource {
    private final CacheOperationSource source;
    private final BooleanSupplier applies;
    private final String resolver;
    private final ConcurrentHashMap<CacheOperation, CacheOperation> made = new ConcurrentHashMap<>();

    /**
     * Operations.
     *
     * @param source Spring's own
     * @param applies whether the default manager is ours; asked when a method is called
     * @param resolver the bean name of the {@link UnlessResolver}
     */
    public CoalescingOperations(CacheOperationSource source, BooleanSupplier applies, String resolver) {
        this.source = source;
        this.applies = applies;
        this.resolver = resolver;
    }

    @Override
    public boolean isCandidateClass(Class<?> targetClass) {
        return source.isCandidateClass(targetClass);
    }

    @Override
    public boolean hasCacheOperations(Method method, @Nullable Class<?> targetClass) {
        return source.hasCacheOperations(method, targetClass);
    }

    @Override
    public @Nullable Collection<CacheOperation> getCacheOperations(Method method, @Nullable Class<?> targetClass) {
        var operations = source.getCacheOperations(method, targetClass);
        if (operations == null || operations.size() != 1) {
            return operations;
        }
        var only = operations.iterator().next();
        return only instanceof CacheableOperation cacheable && isUsual(cacheable) && applies.getAsBoolean()
                ? List.of(made.computeIfAbsent(cacheable, one -> coalescing((CacheableOperation) one)))
                : operations;
    }

    private static boolean isUsual(CacheableOperation operation) {
        return !operation.isSync()
                && operation.getCacheNames().size() == 1
                && !StringUtils.hasText(operation.getCacheManager())
                && !StringUtils.hasText(operation.getCacheResolver());
    }

    /** Spring refuses {@code unless} where there is {@code sync}: so the resolver is told of it by the name. */
    private CacheOperation coalescing(CacheableOperation operation) {
        var builder = new CacheableOperation.Builder();
        builder.setName(UnlessResolver.name(operation));
        builder.setCacheNames(operation.getCacheNames().toArray(new String[0]));
        builder.setKey(operation.getKey());
        builder.setKeyGenerator(operation.getKeyGenerator());
        builder.setCondition(operation.getCondition());
        builder.setSync(true);
        if (StringUtils.hasText(operation.getUnless())) {
            builder.setCacheResolver(resolver);
        }
        return builder.build();
    }
}
