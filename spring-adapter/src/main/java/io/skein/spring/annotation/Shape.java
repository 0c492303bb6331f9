package io.skein.spring.annotation;

import java.lang.reflect.Method;
import java.util.Enumeration;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Spliterator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.springframework.core.KotlinDetector;
import org.springframework.core.ReactiveAdapter;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.core.ResolvableType;
import org.springframework.core.io.buffer.DataBuffer;

/** In what a method returns its result. */
sealed interface Shape {
    /** As it is. */
    record Plain() implements Shape {}

    /** In an {@code Optional}. */
    record Maybe() implements Shape {}

    /** In a {@code CompletableFuture}, which may be declared as a {@code CompletionStage}. */
    record Later() implements Shape {}

    /**
     * In a {@code Mono}, a {@code Flux}, or something of the kind.
     *
     * @param adapter between it and a publisher; null for a Kotlin function, which Spring makes a publisher of
     * @param isMany whether it may have more than one value
     */
    record Reactive(@Nullable ReactiveAdapter adapter, boolean isMany) implements Shape {}

    /** As bytes that can be read once, which everybody gets for himself. */
    record Bytes(Carrier carrier) implements Shape {}

    /** What can be read only once, or is to be closed by whoever gets it, or cannot be waited for without a thread. */
    List<Class<?>> UNSHAREABLE = List.of(
            AutoCloseable.class, DataBuffer.class, Enumeration.class, Future.class, Iterator.class, Spliterator.class);

    /** It has a body. */
    String RESPONSE = "org.springframework.http.ResponseEntity";

    String REMEDY = "Return what has been read: a List, a byte array, a value.";

    /**
     * The shape of a method.
     *
     * @param isKept whether the result is kept in a cache
     * @throws InvalidCoalescedException if its result cannot be shared
     */
    static Shape of(Method method, Class<?> targetClass, boolean isKept) {
        var type = ResolvableType.forMethodReturnType(method, targetClass);
        if (KotlinDetector.isSuspendingFunction(method)) {
            int last = method.getParameterCount() - 1;
            var result =
                    ResolvableType.forMethodParameter(method, last, targetClass).getGeneric(0);
            checkIsShared(result, method, targetClass);
            if (result.resolve(Object.class).getName().equals("kotlin.Unit")) {
                throw nothing(method, targetClass);
            }
            return new Reactive(null, result.resolve(Object.class).getName().equals("kotlinx.coroutines.flow.Flow"));
        }
        var raw = type.resolve(method.getReturnType()); // what a type parameter stands for
        if (raw == void.class) {
            throw nothing(method, targetClass);
        }
        if (raw == Optional.class) {
            checkIsShared(type.getGeneric(0), method, targetClass);
            return new Maybe();
        }
        if (raw == CompletableFuture.class || raw == CompletionStage.class) {
            checkIsShared(type.getGeneric(0), method, targetClass);
            return new Later();
        }
        var carrier = Carrier.of(raw);
        if (carrier != null && isKept && !carrier.mayBeKept()) {
            throw new InvalidCoalescedException(
                    method,
                    targetClass,
                    "a cache keeps no " + raw.getSimpleName() + ", whose bytes can be read once",
                    "Leave the cache name out. To keep the bytes, set keep-for of its group under skein.streams.",
                    null);
        }
        if (carrier != null && !isKept) {
            return new Bytes(carrier);
        }
        var adapter = CompletionStage.class.isAssignableFrom(raw) ? null : adapter(raw);
        if (adapter != null) {
            checkIsShared(type.getGeneric(0), method, targetClass);
            return new Reactive(adapter, adapter.isMultiValue());
        }
        checkIsShared(type, method, targetClass);
        if (raw.getName().equals(RESPONSE)) {
            checkIsShared(type.getGeneric(0), method, targetClass);
        }
        return new Plain();
    }

    private static @Nullable ReactiveAdapter adapter(Class<?> type) {
        return ReactiveAdapterRegistry.getSharedInstance().getAdapter(type);
    }

    private static void checkIsShared(ResolvableType type, Method method, Class<?> targetClass) {
        var raw = type.resolve(Object.class);
        var carrier = Carrier.of(raw);
        if (carrier != null && !carrier.mayBeKept()) {
            throw new InvalidCoalescedException(
                    method,
                    targetClass,
                    "its callers would share one " + raw.getSimpleName() + ", whose bytes can be read once",
                    "Return the " + raw.getSimpleName() + " itself: then each caller gets one of his own.",
                    null);
        }
        for (var bad : UNSHAREABLE) {
            if (bad.isAssignableFrom(raw)) {
                throw new InvalidCoalescedException(
                        method,
                        targetClass,
                        "its callers would share one " + raw.getSimpleName() + ", which is for one of them only",
                        bad == Future.class ? "Return a CompletableFuture." : REMEDY,
                        null);
            }
        }
    }

    private static InvalidCoalescedException nothing(Method method, Class<?> targetClass) {
        return new InvalidCoalescedException(
                method,
                targetClass,
                "it returns nothing that could be shared",
                "Return something, or leave the annotation out.",
                null);
    }
}
