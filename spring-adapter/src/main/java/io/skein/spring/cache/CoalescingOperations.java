package io.skein.spring.cache;

import java.lang.reflect.Method;
import java.util.Collection;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.interceptor.CacheOperation;
import org.springframework.cache.interceptor.CacheOperationSource;
import org.springframework.cache.interceptor.CacheableOperation;
import org.springframework.core.MethodClassKey;
import org.springframework.util.StringUtils;

/**
 * Spring's {@code @Cacheable} methods, as if they had {@code sync = true}: so concurrent calls run the method once, and
 * what it returns is stored under the fence. That goes for methods with one {@code @Cacheable} of one cache of the
 * default manager and nothing else. Unlike Spring's, {@code unless} works with it. Others are run by Spring as ever, and
 * the {@link CallResolver} sees to it that what they return is stored under the fence too.
 */
public final class CoalescingOperations implements CacheOperationSource {
    private final CacheOperationSource source;
    private final BooleanSupplier applies;
    private final boolean coalesces;
    private final String resolver;
    private final ConcurrentHashMap<MethodClassKey, Collection<CacheOperation>> made = new ConcurrentHashMap<>();
    private volatile @Nullable Boolean isApplied;

    /**
     * Operations.
     *
     * @param source Spring's own
     * @param applies whether the default manager is ours; asked when a method is called first
     * @param coalesces whether methods without {@code sync = true} are coalesced too
     * @param resolver the bean name of the {@link CallResolver}
     */
    public CoalescingOperations(
            CacheOperationSource source, BooleanSupplier applies, boolean coalesces, String resolver) {
        this.source = source;
        this.applies = applies;
        this.coalesces = coalesces;
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
    @SuppressWarnings("CollectionUndefinedEquality") // the source has one collection for each method
    public @Nullable Collection<CacheOperation> getCacheOperations(Method method, @Nullable Class<?> targetClass) {
        var operations = source.getCacheOperations(method, targetClass);
        if (operations == null || operations.isEmpty() || !isApplied()) {
            return operations;
        }
        var key = new MethodClassKey(method, targetClass);
        var known = made.get(key);
        return known == null ? made.computeIfAbsent(key, any -> ours(operations)) : known;
    }

    private boolean isApplied() {
        var known = isApplied;
        if (known == null) {
            known = applies.getAsBoolean();
            isApplied = known;
        }
        return known;
    }

    private Collection<CacheOperation> ours(Collection<CacheOperation> operations) {
        boolean isAlone = operations.size() == 1;
        return operations.stream()
                .map(one -> one instanceof CacheableOperation cacheable && isUsual(cacheable)
                        ? ours(cacheable, isAlone && coalesces)
                        : one)
                .toList();
    }

    /** What has {@code sync} already is stored under the fence by the cache itself. */
    private static boolean isUsual(CacheableOperation operation) {
        return !operation.isSync()
                && !operation.getCacheNames().isEmpty()
                && !StringUtils.hasText(operation.getCacheManager())
                && !StringUtils.hasText(operation.getCacheResolver());
    }

    private CacheOperation ours(CacheableOperation operation, boolean mayCoalesce) {
        var builder = new CacheableOperation.Builder();
        builder.setName(operation.getName());
        builder.setCacheNames(operation.getCacheNames().toArray(new String[0]));
        builder.setCacheResolver(resolver);
        builder.setKey(operation.getKey());
        builder.setKeyGenerator(operation.getKeyGenerator());
        builder.setCondition(operation.getCondition());
        builder.setUnless(operation.getUnless());
        if (mayCoalesce && operation.getCacheNames().size() == 1) {
            builder.setSync(true);
            if (StringUtils.hasText(operation.getUnless())) {
                // Spring refuses unless where there is sync: so the resolver is told of it by the name.
                builder.setName(CallResolver.name(operation));
                builder.setUnless("");
            }
        }
        return builder.build();
    }
}
