package io.skein.spring.autoconfigure;

import io.skein.spring.SkeinRegistry;
import io.skein.spring.annotation.Root;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.ExecutableMode;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.aot.hint.TypeReference;
import org.springframework.boot.context.properties.bind.BindableRuntimeHintsRegistrar;
import org.springframework.cache.interceptor.SimpleKey;

/** What a native image has to know: what is found by name only. */
final class SkeinRuntimeHints implements RuntimeHintsRegistrar {
    private static final String CAFFEINE = "com.github.benmanes.caffeine.cache.";

    /**
     * Caffeine generates a class for each combination of settings, and finds it by name. Ours have strong keys and values
     * (SS), a listener of removals (L) or none, a maximum size (MS), weight (MW) or neither, and times of the entry's
     * own (A); finished streams that are kept have one time for all (W).
     */
    private static final List<String> STORES = List.of("SSA", "SSMSA", "SSMWA", "SSLA", "SSLMSA", "SSLMWA", "SSLMWW");

    /** Its entries, likewise, by another rule: what has times of its own is there W. */
    private static final List<String> ENTRIES = List.of("PSW", "PSWMS", "PSWMW");

    /** The counters of its buffer of writes, which it finds by a method of its own up to 3.2. */
    private static final Map<String, String> QUEUE = Map.of(
            "BaseMpscLinkedArrayQueueProducerFields", "producerIndex",
            "BaseMpscLinkedArrayQueueColdProducerFields", "producerLimit",
            "BaseMpscLinkedArrayQueueConsumerFields", "consumerIndex");

    /** What {@link Libraries} is asked for. */
    private static final List<String> LIBRARIES = List.of(
            "org.springframework.transaction.support.TransactionSynchronizationManager",
            "io.github.resilience4j.bulkhead.BulkheadRegistry",
            "io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry",
            "io.github.resilience4j.ratelimiter.RateLimiterRegistry",
            "io.github.resilience4j.retry.RetryRegistry",
            "io.github.resilience4j.timelimiter.TimeLimiterRegistry");

    @Override
    public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
        BindableRuntimeHintsRegistrar.forTypes(SkeinProperties.class, DataRedisProperties.class)
                .registerHints(hints);
        var reflection = hints.reflection();
        reflection.registerType(SimpleKey.class, type -> type.withField(SpringKeys.FIELD));
        // Expressions read its properties.
        reflection.registerType(Root.class, MemberCategory.INVOKE_PUBLIC_METHODS);
        // Beans for caches that only the properties at run time name are made by its methods.
        reflection.registerType(SkeinRegistry.class, MemberCategory.INVOKE_PUBLIC_METHODS);
        LIBRARIES.forEach(name -> reflection.registerTypeIfPresent(classLoader, name, type -> {}));
        virtualThreads(hints);
        caffeine(hints);
    }

    /** Class files for Java 17 reach them by name; they are not there on 17 itself. */
    private static void virtualThreads(RuntimeHints hints) {
        var reflection = hints.reflection();
        for (var builder : List.of("java.lang.Thread$Builder", "java.lang.Thread$Builder$OfVirtual")) {
            reflection.registerType(TypeReference.of(builder), MemberCategory.INVOKE_PUBLIC_METHODS);
        }
        reflection.registerType(Thread.class, type -> type.withMethod("ofVirtual", List.of(), ExecutableMode.INVOKE));
        reflection.registerType(
                Executors.class,
                type -> type.withMethod(
                        "newThreadPerTaskExecutor",
                        List.of(TypeReference.of(ThreadFactory.class)),
                        ExecutableMode.INVOKE));
    }

    private static void caffeine(RuntimeHints hints) {
        var reflection = hints.reflection();
        for (var store : STORES) {
            reflection.registerType(
                    TypeReference.of(CAFFEINE + store),
                    type -> type.withField("FACTORY").withMembers(MemberCategory.INVOKE_DECLARED_CONSTRUCTORS));
        }
        for (var entry : ENTRIES) {
            reflection.registerType(TypeReference.of(CAFFEINE + entry), MemberCategory.INVOKE_DECLARED_CONSTRUCTORS);
        }
        QUEUE.forEach((holder, field) ->
                reflection.registerType(TypeReference.of(CAFFEINE + holder), type -> type.withField(field)));
    }
}
