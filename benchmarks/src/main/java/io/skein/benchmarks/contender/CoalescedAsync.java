package io.skein.benchmarks.contender;

import io.skein.Group;
import io.skein.spring.Coalesced;
import io.skein.spring.SkeinRegistry;
import io.skein.spring.autoconfigure.SkeinAutoConfiguration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

/** A bean with a method that is {@code @Coalesced} and returns a future. */
final class CoalescedAsync implements AsyncContender {
    private static final String GROUP = "bench";

    private final AnnotationConfigApplicationContext spring;
    private final Source source;
    private final Group<String, Object> group;

    @ImportAutoConfiguration(SkeinAutoConfiguration.class)
    static class Application {}

    static class Source {
        private final Function<String, CompletableFuture<Object>> loader;

        Source(Function<String, CompletableFuture<Object>> loader) {
            this.loader = loader;
        }

        @Coalesced(group = GROUP)
        public CompletableFuture<Object> load(String key) {
            return loader.apply(key);
        }
    }

    private CoalescedAsync(Function<String, CompletableFuture<Object>> loader) {
        spring = new AnnotationConfigApplicationContext();
        spring.register(Application.class);
        spring.registerBean(Source.class, () -> new Source(loader));
        spring.refresh();
        source = spring.getBean(Source.class);
        group = spring.getBean(SkeinRegistry.class).group(GROUP);
    }

    static CoalescedAsync create(Function<String, CompletableFuture<Object>> loader) {
        return new CoalescedAsync(loader);
    }

    @Override
    public CompletableFuture<Object> load(String key) {
        return source.load(key);
    }

    @Override
    public boolean forget(String key) {
        return group.forget(key);
    }

    @Override
    public void close() {
        spring.close();
    }
}
