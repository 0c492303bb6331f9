package io.skein.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.aot.hint.annotation.Reflective;
import org.springframework.core.annotation.AliasFor;

/**
 * Calls of this method for one key that come at the same time are answered by one run of it. With a cache name, the
 * result is kept in that {@link io.skein.cache.CoalescingCache}; without, nothing is kept.
 *
 * <pre>{@code
 * @Coalesced("products")
 * public Product find(long id) { ... }
 *
 * @Coalesced(cacheNames = "prices", key = "#product.id", unless = "#result.provisional")
 * public Price price(Product product, Currency currency) { ... }
 *
 * @Coalesced                                     // nothing is kept
 * public Report report(LocalDate day) { ... }
 * }</pre>
 *
 * <p><b>What is returned</b> may be a value, an {@code Optional}, a {@code CompletableFuture} or {@code
 * CompletionStage}, a {@code Mono} or {@code Flux} or another type that Spring's {@code ReactiveAdapterRegistry} knows,
 * or the result of a Kotlin {@code suspend} function. What is kept is what is inside. Every caller gets a future of its
 * own, every subscriber is a caller of its own: whoever times out or cancels leaves the others alone.
 *
 * <p><b>What comes by and by</b>, a {@code Flux} or another type with many values, is given to everybody as it comes, and to
 * who comes late from the beginning, by a {@link io.skein.stream.StreamGroup}. So are the bytes of methods that are
 * declared to return an {@code InputStream}, a {@code Resource}, an {@code InputStreamResource} or a {@code
 * StreamingResponseBody}: each caller gets one of its own, to be read once, when the first byte is there. What the method
 * throws before that, and declares if it is checked, is thrown to the callers. It runs on another thread. With a cache name,
 * a {@code Flux} is collected and kept as a list, and a {@code Resource} is kept as it is, if it can be read again.
 *
 * <p>An absent value (null, an empty {@code Optional} or {@code Mono}) is kept only if the cache has a {@code
 * negative-ttl}.
 *
 * <p>What cannot be shared is refused when the application starts: methods that return void or something that can be
 * read only once, such as {@code Stream}; methods that cannot be intercepted; expressions that
 * name what is not there. On a type, the annotation is for all its public methods that return something.
 *
 * <p>The arguments are the load's until it has ended, which may be after the call has: when it has timed out, or was
 * answered from the cache while the value is loaded anew. They are not to be changed meanwhile, and keys not at all.
 *
 * <p>As with all of Spring's annotations of this kind, calls from within the same object pass it by.
 */
@Target({ElementType.METHOD, ElementType.TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@Documented
@Reflective
public @interface Coalesced {
    /** Alias of {@link #cacheNames}. */
    @AliasFor("cacheNames")
    String[] value() default {};

    /** The cache the result is kept in: one, or none to keep nothing. */
    @AliasFor("value")
    String[] cacheNames() default {};

    /**
     * The group whose flights are joined, for methods without a cache: configured by {@code skein.groups.<name>}, and
     * injectable as a {@link io.skein.Group}; for what comes by and by, by {@code skein.streams.<name>} and as a {@link
     * io.skein.stream.StreamGroup}. Methods with one group name share its keys. Default: a group of the
     * method's own, of each class that has it. Beans of one class share it, as they share a cache: if it matters which
     * of them is asked, the {@link #key} has to say so.
     */
    String group() default "";

    /**
     * A SpEL expression for the key. It sees the parameters by name ({@code #id}) and position ({@code #p0}, {@code
     * #a0}), {@code #root.method}, {@code #root.methodName}, {@code #root.target}, {@code #root.targetClass}, {@code
     * #root.args}, and beans ({@code @name}). Default: the parameter if there is one, else a {@link
     * org.springframework.cache.interceptor.SimpleKey} of all of them, as with {@code @Cacheable}.
     */
    String key() default "";

    /** The name of a {@link org.springframework.cache.interceptor.KeyGenerator} bean, instead of {@link #key}. */
    String keyGenerator() default "";

    /** A SpEL expression: if false, the method is called as if it had no annotation. Sees what {@link #key} sees. */
    String condition() default "";

    /**
     * A SpEL expression over {@code #result} too, which is what is inside of an {@code Optional}, a future or a {@code
     * Mono}: if true, the callers that wait get the result, but it is not kept. Needs a cache name.
     */
    String unless() default "";
}
