package io.skein.spring.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skein.CallerInterruptedException;
import io.skein.LoadCycleException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.CachingConfigurer;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** N callers of a {@code @Cacheable} method run it once. */
class CoalescedCacheableTest {
    private final ApplicationContextRunner application = Caching.application().withBean(Slow.class);

    static class Slow {
        final AtomicInteger runs = new AtomicInteger();
        final ObjectProvider<Slow> self;
        volatile Caching.Gate gate = new Caching.Gate();
        volatile CyclicBarrier together;

        Slow(ObjectProvider<Slow> self) {
            this.self = self;
        }

        private String ran() throws Exception {
            int run = runs.incrementAndGet();
            if (together != null) {
                together.await(30, TimeUnit.SECONDS);
            } else {
                gate.pass();
            }
            return "run " + run;
        }

        @Cacheable("things")
        public String plain(long id) throws Exception {
            return ran();
        }

        @Cacheable(cacheNames = "things", sync = true)
        public String sync(long id) throws Exception {
            return ran();
        }

        @Cacheable(cacheNames = "things", unless = "#result == 'run 1'")
        public String unless(long id) throws Exception {
            return ran();
        }

        @Cacheable({"things", "others"})
        public String both(long id) throws Exception {
            return ran();
        }

        @Cacheable("things")
        public CompletableFuture<String> future(long id) {
            return Caching.call(this::ran).outcome();
        }

        @Cacheable("things")
        public Mono<String> mono(long id) {
            return Mono.fromFuture(() -> future(id));
        }

        @Cacheable("things")
        public Flux<String> flux(long id) {
            return Flux.from(mono(id));
        }

        @Cacheable("fibonacci")
        public long fibonacci(int n) {
            runs.incrementAndGet();
            return n < 2
                    ? n
                    : self.getObject().fibonacci(n - 1) + self.getObject().fibonacci(n - 2);
        }

        @Cacheable("nested")
        public String outer(long id) {
            return "outer of " + self.getObject().inner(id);
        }

        @Cacheable("nested")
        public String inner(long id) {
            return "inner";
        }

        @Cacheable("nested")
        public Mono<String> outerMono(long id) {
            return self.getObject().innerMono(id).map(inner -> "outer of " + inner);
        }

        @Cacheable("nested")
        public Mono<String> innerMono(long id) {
            return Mono.fromSupplier(() -> "inner");
        }

        @Cacheable(cacheNames = "nested", sync = true)
        public String outerSync(long id) {
            return self.getObject().innerSync(id);
        }

        @Cacheable(cacheNames = "nested", sync = true)
        public String innerSync(long id) {
            return "inner";
        }
    }

    interface Way {
        Object of(Slow slow) throws Exception;
    }

    static Stream<Way> ways() {
        return Stream.of(
                slow -> slow.plain(1),
                slow -> slow.sync(1),
                slow -> slow.unless(1),
                slow -> slow.future(1).get(30, TimeUnit.SECONDS),
                slow -> slow.mono(1).block(Caching.PATIENCE),
                slow -> slow.flux(1).blockLast(Caching.PATIENCE));
    }

    @ParameterizedTest
    @MethodSource("ways")
    void G1_callersThatComeAtTheSameTime_runTheMethodOnce(Way way) {
        application.run(context -> {
            var slow = context.getBean(Slow.class);
            var inside = Caching.inside(slow);

            var calls = Caching.calls(10, () -> way.of(slow));
            inside.gate.awaitEntered();
            Caching.awaitCallers(Caching.natively(context, "things"), 10);
            inside.gate.open();

            for (var call : calls) {
                assertThat(call.get()).isEqualTo("run 1");
            }
            assertThat(inside.runs).hasValue(1);
        });
    }

    static Stream<Way> waysWithoutSync() {
        return Stream.concat(ways().limit(1), ways().skip(2));
    }

    private void assertRunsTwice(ApplicationContextRunner runner, Way way) {
        runner.run(context -> {
            var slow = context.getBean(Slow.class);
            var inside = Caching.inside(slow);
            inside.together = new CyclicBarrier(2); // neither run ends before the other has begun

            for (var call : Caching.calls(2, () -> way.of(slow))) {
                call.get();
            }

            assertThat(inside.runs).hasValue(2);
        });
    }

    @ParameterizedTest
    @MethodSource("waysWithoutSync")
    void withoutCoalescing_methodsRunAsWithSpringAlone(Way way) {
        assertRunsTwice(application.withPropertyValues("skein.coalesce-cacheable=false"), way);
    }

    @Test
    void withoutCoalescing_syncStillCoalesces() {
        application.withPropertyValues("skein.coalesce-cacheable=false").run(context -> {
            var slow = context.getBean(Slow.class);
            var calls = Caching.calls(3, () -> slow.sync(1));
            Caching.awaitCallers(Caching.natively(context, "things"), 3);
            Caching.inside(slow).gate.open();

            for (var call : calls) {
                assertThat(call.get()).isEqualTo("run 1");
            }
        });
    }

    @Test
    void methodsOfSeveralCaches_runAsWithSpringAlone() {
        assertRunsTwice(application, slow -> slow.both(1));
    }

    static class Configurer implements CachingConfigurer {
        @Override
        public CacheManager cacheManager() {
            return null;
        }
    }

    @Test
    void withACachingConfigurer_methodsRunAsWithSpringAlone() {
        assertRunsTwice(application.withBean(Configurer.class), slow -> slow.plain(1));
    }

    @Test
    void unless_isAskedOnce_andWhatItRefusesIsForItsCallersOnly() {
        application.run(context -> {
            var slow = context.getBean(Slow.class);
            Caching.inside(slow).gate.open();

            assertThat(slow.unless(1)).isEqualTo("run 1");
            assertThat(slow.unless(1)).isEqualTo("run 2");
            assertThat(slow.unless(1)).isEqualTo("run 2");
        });
    }

    // Methods that call each other

    @Test
    void recursion_overOtherKeys() {
        application.run(context -> {
            var slow = context.getBean(Slow.class);

            assertThat(slow.fibonacci(20)).isEqualTo(6765);
            assertThat(Caching.inside(slow).runs).hasValue(21);
        });
    }

    @Test
    void aMethodThatCallsAnotherOfTheSameKey_worksAsWithSpringAlone() {
        application.run(context -> {
            var slow = context.getBean(Slow.class);

            assertThat(slow.outer(1)).isEqualTo("outer of inner");
            assertThat(Caching.cache(context, "nested").get(1L, String.class)).isEqualTo("outer of inner");
        });
    }

    @Test
    void aMonoThatNeedsAnotherOfTheSameKey_worksAsWithSpringAlone() {
        application.run(context -> {
            var slow = context.getBean(Slow.class);

            assertThat(slow.outerMono(1).block(Caching.PATIENCE)).isEqualTo("outer of inner");
            assertThat(Caching.cache(context, "nested").get(1L, String.class)).isEqualTo("outer of inner");
            assertThat(slow.innerMono(2).block(Caching.PATIENCE)).isEqualTo("inner");
        });
    }

    @Test
    void G11_withSync_itIsACycle() {
        application.run(
                context -> assertThatThrownBy(() -> context.getBean(Slow.class).outerSync(1))
                        .isInstanceOf(LoadCycleException.class));
    }

    // Interrupts

    static Stream<Way> blockingWays() {
        return ways().limit(2);
    }

    @ParameterizedTest
    @MethodSource("blockingWays")
    void G7_anInterruptedLeader_handsOver(Way way) {
        application.run(context -> {
            var slow = context.getBean(Slow.class);
            var inside = Caching.inside(slow);
            var cache = Caching.natively(context, "things");
            var leader = Caching.call(() -> way.of(slow));
            inside.gate.awaitEntered();
            var followers = Caching.calls(3, () -> way.of(slow));
            Caching.awaitCallers(cache, 4);

            leader.thread().interrupt();

            assertThat(leader.failure()).isInstanceOf(CallerInterruptedException.class);
            Caching.awaitTrue(() -> inside.runs.get() == 2);
            inside.gate.open();
            for (var follower : followers) {
                assertThat(follower.get()).isEqualTo("run 2");
            }
            assertThat(inside.runs).hasValue(2);
        });
    }

    @ParameterizedTest
    @MethodSource("blockingWays")
    void G6_anInterruptedFollower_disturbsNobody(Way way) {
        application.run(context -> {
            var slow = context.getBean(Slow.class);
            var inside = Caching.inside(slow);
            var cache = Caching.natively(context, "things");
            var leader = Caching.call(() -> way.of(slow));
            inside.gate.awaitEntered();
            var follower = Caching.call(() -> way.of(slow));
            Caching.awaitCallers(cache, 2);

            follower.thread().interrupt();

            assertThat(follower.failure()).isInstanceOf(CallerInterruptedException.class);
            inside.gate.open();
            assertThat(leader.get()).isEqualTo("run 1");
            assertThat(inside.runs).hasValue(1);
        });
    }
}
