package io.skein.benchmarks.contender;

import io.skein.spring.Coalesced;
import io.skein.spring.autoconfigure.SkeinAutoConfiguration;
import java.util.function.Function;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

/** A bean with a method that is {@code @Coalesced}, without a cache. */
final class CoalescedFlights implements BlockingContender {
    private final AnnotationConfigApplicationContext spring;
    private final Source source;

    @ImportAutoConfiguration(SkeinAutoConfiguration.class)
    static class Application {}

    static class Source {
        private final Function<String, Object> loader;

        Source(Function<String, Object> loader) {
            this.loader = loader;
        }

        @Coalesced
        public Object load(String key) {
            return loader.apply(key);
        }
    }

    private CoalescedFlights(Function<String, Object> loader) {
        spring = new AnnotationConfigApplicationContext();
        spring.register(Application.class);
        spring.registerBean(Source.class, () -> new Source(loader));
        spring.refresh();
        source = spring.getBean(Source.class);
    }

    static CoalescedFlights create(Function<String, Object> loader) {
        return new CoalescedFlights(loader);
    }

    @Override
    public Object load(String key) {
        return source.load(key);
    }

    /** A group remembers nothing. */
    @Override
    public void drop(String key) {}

    @Override
    public void close() {
        spring.close();
    }
}
