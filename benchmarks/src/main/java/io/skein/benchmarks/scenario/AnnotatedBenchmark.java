package io.skein.benchmarks.scenario;

import io.skein.benchmarks.contender.Annotated;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.springframework.context.ConfigurableApplicationContext;

/** A call of an annotated method whose result is there and fresh. */
@State(Scope.Benchmark)
@SuppressWarnings("NullAway.Init") // JMH calls setUp first
public class AnnotatedBenchmark {
    private static final int KEYS = 10_000;

    @Param("COALESCED")
    public Annotated contender;

    private ConfigurableApplicationContext spring;
    private Annotated.Products products;
    private Annotated.Criteria[] criteria;
    private int next;

    @Setup
    public void setUp() {
        spring = contender.start();
        products = spring.getBean(Annotated.Products.class);
        criteria = IntStream.range(0, KEYS)
                .mapToObj(i -> new Annotated.Criteria("product:" + i))
                .toArray(Annotated.Criteria[]::new);
    }

    @TearDown
    public void tearDown() {
        spring.close();
    }

    @Benchmark
    public Object byArgument() {
        return products.byArgument(draw().id());
    }

    @Benchmark
    public Object byName() {
        return products.byName(draw().id());
    }

    @Benchmark
    public Object byProperty() {
        return products.byProperty(draw());
    }

    private Annotated.Criteria draw() {
        next = next + 1 == KEYS ? 0 : next + 1;
        return criteria[next];
    }
}
