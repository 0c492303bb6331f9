package io.skein.spring.autoconfigure;

import io.skein.spring.annotation.Root;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.ExecutableMode;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.aot.hint.TypeReference;
import org.springframework.boot.context.properties.bind.BindableRuntimeHintsRegistrar;

/** What a native image has to know: what is found by name only. */
final class SkeinRuntimeHints implements RuntimeHintsRegistrar {
    /** The kinds of stores that Caffeine makes for caches with a size, a weight, listeners and times, by name. */
    private static final String[] STORES = {"SI", "SSLA"};

    @Override
    public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
        BindableRuntimeHintsRegistrar.forTypes(SkeinProperties.class).registerHints(hints);
        // Expressions read its properties.
        hints.reflection().registerType(Root.class, MemberCategory.INVOKE_PUBLIC_METHODS);
        // Virtual threads, which class files for Java 17 reach by name; not there on 17 itself.
        var threadBuilder = TypeReference.of("java.lang.Thread$Builder");
        hints.reflection().registerType(threadBuilder, MemberCategory.INVOKE_PUBLIC_METHODS);
        hints.reflection()
                .registerType(
                        TypeReference.of("java.lang.Thread$Builder$OfVirtual"), MemberCategory.INVOKE_PUBLIC_METHODS);
        hints.reflection()
                .registerType(Thread.class, type -> type.withMethod("ofVirtual", List.of(), ExecutableMode.INVOKE));
        hints.reflection()
                .registerType(
                        Executors.class,
                        type -> type.withMethod(
                                "newThreadPerTaskExecutor",
                                List.of(TypeReference.of(ThreadFactory.class)),
                                ExecutableMode.INVOKE));
        for (var store : STORES) {
            hints.reflection()
                    .registerType(
                            TypeReference.of("com.github.benmanes.caffeine.cache." + store),
                            MemberCategory.INVOKE_DECLARED_CONSTRUCTORS);
        }
    }
}
