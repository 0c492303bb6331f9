package io.skein.spring.annotation;

import static org.assertj.core.api.Assertions.assertThat;

import io.skein.spring.SkeinRegistry;
import io.skein.spring.autoconfigure.SkeinAutoConfiguration;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import kotlinx.coroutines.reactive.ReactiveFlowKt;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.CoroutinesUtils;
import org.springframework.test.util.AopTestUtils;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

class KotlinTest {
    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(SkeinAutoConfiguration.class))
            .withPropertyValues("skein.caches.products.ttl=1h");

    private static Mono<Object> call(KotlinCatalogue catalogue, String method, Object... args) {
        return Mono.from(invoke(catalogue, method, args)).cast(Object.class);
    }

    private static Publisher<?> invoke(KotlinCatalogue catalogue, String method, Object... args) {
        Method found = Arrays.stream(KotlinCatalogue.class.getDeclaredMethods())
                .filter(one -> one.getName().equals(method))
                .findFirst()
                .orElseThrow();
        return CoroutinesUtils.invokeSuspendingFunction(found, catalogue, args);
    }

    @Test
    void G1_suspendingFunctions_areCoalesced_andKept() {
        application.withBean(KotlinCatalogue.class).run(context -> {
            var catalogue = context.getBean(KotlinCatalogue.class);
            KotlinCatalogue behind = AopTestUtils.getTargetObject(catalogue);
            CompletableFuture<Object> first = call(catalogue, "find", 42L).toFuture();
            CompletableFuture<Object> second = call(catalogue, "find", 42L).toFuture();
            var leaving = call(catalogue, "find", 42L).subscribe();

            leaving.dispose();
            behind.getAnswer().complete("product ");

            assertThat(first.get()).isEqualTo("product 42");
            assertThat(second.get()).isEqualTo("product 42");
            assertThat(behind.getCalls()).hasValue(1);
            assertThat(context.getBean(SkeinRegistry.class)
                            .<Object, Object>cache("products")
                            .getIfPresent(42L))
                    .isEqualTo("product 42");
        });
    }

    @Test
    void keysAndUnless_seeTheParametersAndTheResult() {
        application.withBean(KotlinCatalogue.class).run(context -> {
            var catalogue = context.getBean(KotlinCatalogue.class);
            KotlinCatalogue behind = AopTestUtils.getTargetObject(catalogue);

            assertThat(call(catalogue, "look", "tea", "en").block(Duration.ofSeconds(30)))
                    .isEqualTo("tea in en");
            assertThat(call(catalogue, "look", "tea", "fr").block(Duration.ofSeconds(30)))
                    .isEqualTo("tea in en");
            assertThat(call(catalogue, "look", "none", "en").block(Duration.ofSeconds(30)))
                    .isEqualTo("none");
            assertThat(call(catalogue, "look", "none", "en").block(Duration.ofSeconds(30)))
                    .isEqualTo("none");
            assertThat(call(catalogue, "look", "null", "en").block(Duration.ofSeconds(30)))
                    .isNull();

            assertThat(behind.getCalls()).hasValue(4);
        });
    }

    @Test
    void aFlow_isCollectedAndReplayed() {
        application.withBean(KotlinCatalogue.class).run(context -> {
            var flow = context.getBean(KotlinCatalogue.class).all();

            assertThat(Flux.from(ReactiveFlowKt.asPublisher(flow)).collectList().block(Duration.ofSeconds(30)))
                    .containsExactly("a", "b");
        });
    }

    @Test
    void aFlowThatIsSuspendedFor_isKeptWhole() {
        application.withBean(KotlinCatalogue.class).run(context -> {
            var catalogue = context.getBean(KotlinCatalogue.class);

            for (int i = 0; i < 2; i++) {
                assertThat(Flux.from(invoke(catalogue, "allLater"))
                                .collectList()
                                .block(Duration.ofSeconds(30)))
                        .isEqualTo(List.of("a", "b"));
            }
            assertThat(AopTestUtils.<KotlinCatalogue>getTargetObject(catalogue).getCalls())
                    .hasValue(1);
        });
    }

    @Test
    void functionsWithoutAResult_andFinalClasses_areRefused() {
        application
                .withBean(KotlinNothing.class)
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("it returns nothing that could be shared"));
        application
                .withBean(KotlinFinal.class)
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("a method of a final class cannot be intercepted")
                        .hasMessageContaining("in Kotlin: open"));
    }
}
