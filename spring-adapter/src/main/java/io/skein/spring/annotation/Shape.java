package io.skein.spring.annotation;

import java.io.InputStream;
import java.lang.reflect.Method;
import java.util.Enumeration;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.Spliterator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.springframework.core.KotlinDetector;
import org.springframework.core.ReactiveAdapter;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.core.ResolvableType;
import org.springframework.core.io.Resource;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpEntity;
import org.springframework.util.ClassUtils;

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

    /** What Spring MVC answers one request with. */
    Set<String> OF_ONE_REQUEST = Set.of(
            "org.springframework.web.context.request.async.DeferredResult",
            "org.springframework.web.context.request.async.WebAsyncTask",
            "org.springframework.web.servlet.mvc.method.annotation.ResponseBodyEmitter");

    boolean HAS_REACTOR = ClassUtils.isPresent("reactor.core.publisher.Flux", Shape.class.getClassLoader());
    boolean HAS_ENTITIES = ClassUtils.isPresent("org.springframework.http.HttpEntity", Shape.class.getClassLoader());

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
            checkIsShared(result, method, targetClass, isKept);
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
            checkIsShared(type.getGeneric(0), method, targetClass, isKept);
            return new Maybe();
        }
        if (raw == CompletableFuture.class || raw == CompletionStage.class) {
            checkIsShared(type.getGeneric(0), method, targetClass, isKept);
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
        if ((adapter != null || raw == Flow.Publisher.class) && !HAS_REACTOR) {
            throw new InvalidCoalescedException(
                    method,
                    targetClass,
                    "a " + raw.getSimpleName() + " is shared by means of Reactor, which is not there",
                    "Add the dependency io.projectreactor:reactor-core.",
                    null);
        }
        if (adapter != null) {
            checkIsShared(type.getGeneric(0), method, targetClass, isKept);
            return new Reactive(adapter, adapter.isMultiValue());
        }
        checkIsShared(type, method, targetClass, isKept);
        return new Plain();
    }

    private static @Nullable ReactiveAdapter adapter(Class<?> type) {
        return ReactiveAdapterRegistry.getSharedInstance().getAdapter(type);
    }

    /** Whether an object can be used by one caller only. */
    static boolean isForOne(Object value) {
        if (value instanceof Resource resource) {
            return resource.isOpen();
        }
        if (isEntity(value.getClass())) {
            var body = ((HttpEntity<?>) value).getBody();
            return body != null && isForOne(body);
        }
        return value instanceof InputStream
                || isOfOneRequest(value.getClass())
                || ClassUtils.getAllInterfacesForClassAsSet(value.getClass()).stream()
                        .anyMatch(type -> Carrier.of(type) != null);
    }

    private static boolean isEntity(Class<?> type) {
        return HAS_ENTITIES && HttpEntity.class.isAssignableFrom(type);
    }

    private static boolean isOfOneRequest(Class<?> type) {
        return OF_ONE_REQUEST.contains(type.getName())
                || (type.getSuperclass() != null && isOfOneRequest(type.getSuperclass()));
    }

    private static void checkIsShared(ResolvableType type, Method method, Class<?> targetClass, boolean isKept) {
        var raw = type.resolve(Object.class);
        if (isEntity(raw)) {
            checkIsShared(type.as(HttpEntity.class).getGeneric(0), method, targetClass, isKept);
            return;
        }
        var carrier = Carrier.of(raw);
        if (carrier != null && !(isKept && carrier.mayBeKept())) {
            throw new InvalidCoalescedException(
                    method,
                    targetClass,
                    "its callers would share one " + raw.getSimpleName() + ", whose bytes can be read once",
                    "Return the " + raw.getSimpleName() + " itself: then each caller gets one of his own.",
                    null);
        }
        if (isOfOneRequest(raw)) {
            throw new InvalidCoalescedException(
                    method,
                    targetClass,
                    "its callers would share one " + raw.getSimpleName() + ", which is for one request only",
                    "Return a CompletableFuture, a Mono, a Flux or a StreamingResponseBody.",
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
