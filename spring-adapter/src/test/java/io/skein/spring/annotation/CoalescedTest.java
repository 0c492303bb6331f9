package io.skein.spring.annotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skein.CallerInterruptedException;
import io.skein.Group;
import io.skein.cache.CoalescingCache;
import io.skein.spring.Callers;
import io.skein.spring.Callers.Gate;
import io.skein.spring.Coalesced;
import io.skein.spring.SkeinRegistry;
import io.skein.spring.autoconfigure.SkeinAutoConfiguration;
import java.io.IOException;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.springframework.aop.framework.Advised;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cache.interceptor.KeyGenerator;
import org.springframework.test.util.AopTestUtils;

class CoalescedTest {
    private static final int CALLERS = 50;

    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(SkeinAutoConfiguration.class))
            .withPropertyValues("skein.caches.products.ttl=1h", "skein.groups.reports.max-flights=100");

    record Product(long id, String name) {}

    static class Catalogue {
        final AtomicInteger calls = new AtomicInteger();
        final Gate gate = new Gate();

        @Coalesced("products")
        public Product find(long id) {
            return new Product(id, "call " + calls.incrementAndGet());
        }

        @Coalesced("products")
        public Optional<Product> look(long id) {
            return id < 0 ? Optional.empty() : Optional.of(find(id));
        }

        @Coalesced
        public Product passing(long id) throws IOException {
            gate.pass();
            if (id < 0) {
                throw new IOException("no such product");
            }
            return new Product(id, "call " + calls.incrementAndGet());
        }

        @Coalesced("products")
        public Product slow(long id) {
            gate.pass();
            return new Product(id, "call " + calls.incrementAndGet());
        }

        @Coalesced(cacheNames = "products", unless = "#result.name == 'call 1' or #root.methodName != 'choosy'")
        public Product choosy(long id) {
            return new Product(id, "call " + calls.incrementAndGet());
        }

        @Coalesced(cacheNames = "products", condition = "#id > 0 and #p0 == #root.args[0] and @minimum < #a0")
        public Product meant(long id) {
            return new Product(id, "call " + calls.incrementAndGet());
        }

        @Coalesced(group = "reports", key = "#day + ':' + #root.method.name")
        public String report(String day) {
            gate.pass();
            return "report of " + day;
        }

        @Coalesced
        public int sum(int... numbers) {
            return calls.incrementAndGet();
        }

        @Coalesced("products")
        public Product byBytes(byte[] code) {
            return new Product(code.length, "call " + calls.incrementAndGet());
        }

        @Coalesced(cacheNames = "products", key = "#product.name")
        public Product renamed(Product product) {
            return new Product(product.id(), "call " + calls.incrementAndGet());
        }
    }

    /** An annotation of the application's own. */
    @Retention(RetentionPolicy.RUNTIME)
    @Coalesced(cacheNames = "products", keyGenerator = "shouting")
    @interface FromTheShop {}

    @Coalesced("products")
    static class Shop {
        final AtomicInteger calls = new AtomicInteger();

        @FromTheShop
        public String shout(String text) {
            return text + calls.incrementAndGet();
        }

        public String plain(String text) {
            return text + calls.incrementAndGet();
        }

        public void write(String text) {
            calls.incrementAndGet();
        }

        String notPublic(String text) {
            return text + calls.incrementAndGet();
        }
    }

    interface Finder {
        @Coalesced("products")
        String find(String text);
    }

    static class FinderOfTexts implements Finder {
        final AtomicInteger calls = new AtomicInteger();

        @Override
        public String find(String text) {
            return text + calls.incrementAndGet();
        }
    }

    @Test
    void aResult_isKept_andTheSameForEverybodyWhoAsksForIt() {
        application.withBean(Catalogue.class).run(context -> {
            var catalogue = context.getBean(Catalogue.class);

            var found = catalogue.find(42);

            assertThat(catalogue.find(42)).isSameAs(found);
            assertThat(catalogue.look(42)).containsSame(found);
            CoalescingCache<Long, Product> products =
                    context.getBean(SkeinRegistry.class).cache("products");
            assertThat(products.getIfPresent(42L)).isSameAs(found);
            products.invalidate(42L);
            assertThat(catalogue.find(42).name()).isEqualTo("call 2");
        });
    }

    @Test
    void C6_anAbsentResult_isKeptOnlyForItsNegativeTtl() {
        application.withBean(Catalogue.class).run(context -> {
            CoalescingCache<Long, Product> products =
                    context.getBean(SkeinRegistry.class).cache("products");

            assertThat(context.getBean(Catalogue.class).look(-1)).isEmpty();

            assertThat(products.entry(-1L)).isEmpty();
        });
        application
                .withPropertyValues("skein.caches.products.negative-ttl=1h")
                .withBean(Catalogue.class)
                .run(context -> {
                    CoalescingCache<Long, Product> products =
                            context.getBean(SkeinRegistry.class).cache("products");

                    assertThat(context.getBean(Catalogue.class).look(-1)).isEmpty();

                    assertThat(products.entry(-1L)).isPresent();
                    assertThat(context.getBean(Catalogue.class).look(-1)).isEmpty();
                });
    }

    @RepeatedTest(20)
    void G1_callersOfOneKey_runTheMethodOnce() {
        application.withBean(Catalogue.class).run(context -> {
            var catalogue = context.getBean(Catalogue.class);
            var gate = behind(catalogue).gate;
            var callers = Callers.onThreads(CALLERS, () -> catalogue.slow(7));
            gate.awaitEntered();

            gate.open();

            for (var caller : callers) {
                assertThat(caller.get()).isEqualTo(new Product(7, "call 1"));
            }
            assertThat(gate.runs()).isEqualTo(1);
        });
    }

    @Test
    void G5_failures_areSharedAsTheyAre_andNotKept() {
        application.withBean(Catalogue.class).run(context -> {
            var catalogue = context.getBean(Catalogue.class);
            var gate = behind(catalogue).gate;
            var callers = Callers.onThreads(3, () -> catalogue.passing(-1));
            awaitCallers(context.getBean(SkeinRegistry.class), 3);

            gate.open();

            for (var caller : callers) {
                assertThat(caller.failure()).isInstanceOf(IOException.class).hasMessage("no such product");
            }
            assertThat(gate.runs()).isEqualTo(1);
            assertThatThrownBy(() -> catalogue.passing(-1)).isInstanceOf(IOException.class);
            assertThat(gate.runs()).isEqualTo(2);
        });
    }

    private static void awaitCallers(SkeinRegistry registry, int count) {
        Callers.awaitTrue(() -> registry.groupNames().stream()
                .flatMap(name -> registry.group(name).flights().stream())
                .anyMatch(flight -> flight.callers() == count));
    }

    @Test
    void G7_anInterruptedLeader_leavesTheMethodToAFollower() {
        application.withBean(Catalogue.class).run(context -> {
            var catalogue = context.getBean(Catalogue.class);
            var gate = behind(catalogue).gate;
            var leader = Callers.onThread(() -> catalogue.passing(1));
            gate.awaitEntered();
            var follower = Callers.onThread(() -> catalogue.passing(1));
            awaitCallers(context.getBean(SkeinRegistry.class), 2);

            leader.thread().interrupt();

            assertThat(leader.failure()).isInstanceOf(CallerInterruptedException.class);
            gate.open();
            assertThat(follower.get()).isEqualTo(new Product(1, "call 1"));
            assertThat(gate.runs()).isEqualTo(2);
        });
    }

    @Test
    void C2_aResultThatWasOvertakenByAnInvalidation_isNotKept() {
        application.withBean(Catalogue.class).run(context -> {
            var catalogue = context.getBean(Catalogue.class);
            CoalescingCache<Long, Product> products =
                    context.getBean(SkeinRegistry.class).cache("products");
            var before = Callers.onThread(() -> catalogue.slow(7));
            behind(catalogue).gate.awaitEntered();

            products.invalidate(7L);
            behind(catalogue).gate.open();

            assertThat(before.get()).isEqualTo(new Product(7, "call 1"));
            assertThat(products.getIfPresent(7L)).isNull();
        });
    }

    @Test
    void unless_keepsAResultOut() {
        application.withBean(Catalogue.class).run(context -> {
            var catalogue = context.getBean(Catalogue.class);

            assertThat(catalogue.choosy(1).name()).isEqualTo("call 1");
            assertThat(catalogue.choosy(1).name()).isEqualTo("call 2");
            assertThat(catalogue.choosy(1).name()).isEqualTo("call 2");
        });
    }

    @Test
    void condition_decidesWhetherTheAnnotationIsMeant() {
        application
                .withBean(Catalogue.class)
                .withBean("minimum", Integer.class, () -> 0)
                .run(context -> {
                    var catalogue = context.getBean(Catalogue.class);

                    assertThat(catalogue.meant(0)).isNotEqualTo(catalogue.meant(0));
                    assertThat(catalogue.meant(1)).isEqualTo(catalogue.meant(1));
                });
    }

    @Test
    void aGroup_isWhatItIsInjectedAs() {
        application.withBean(Catalogue.class).run(context -> {
            var catalogue = context.getBean(Catalogue.class);
            @SuppressWarnings("unchecked")
            Group<String, String> reports = context.getBean("reports", Group.class);
            var caller = Callers.onThread(() -> catalogue.report("monday"));
            behind(catalogue).gate.awaitEntered();

            assertThat(reports.isInFlight("monday:report")).isTrue();
            assertThat(reports.forget("monday:report")).isTrue();

            behind(catalogue).gate.open();
            assertThat(caller.get()).isEqualTo("report of monday");
            assertThat(context.getBean(SkeinRegistry.class).groupNames())
                    .contains("reports", Catalogue.class.getName() + ".passing(long)");
        });
    }

    @Test
    void arrays_areKeysByWhatIsInThem() {
        application.withBean(Catalogue.class).run(context -> {
            var catalogue = context.getBean(Catalogue.class);

            assertThat(catalogue.byBytes(new byte[] {1, 2})).isSameAs(catalogue.byBytes(new byte[] {1, 2}));
            assertThat(catalogue.byBytes(new byte[] {2, 1})).isNotSameAs(catalogue.byBytes(new byte[] {1, 2}));
            assertThat(catalogue.sum(1, 2)).isEqualTo(3);
        });
    }

    @Test
    void aKeyThatIsNull_isRefused_andNothingIsCalled() {
        application.withBean(Catalogue.class).run(context -> {
            var catalogue = context.getBean(Catalogue.class);

            assertThatThrownBy(() -> catalogue.renamed(new Product(1, null)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("the key is null")
                    .hasMessageContaining("renamed(Product)");

            assertThat(catalogue.renamed(new Product(1, "a"))).isSameAs(catalogue.renamed(new Product(2, "a")));
            assertThat(behind(catalogue).calls).hasValue(1);
        });
    }

    @Test
    void onAType_itIsForThePublicMethodsThatReturnSomething_andAnnotationsOfOnesOwnWork() {
        application
                .withBean(Shop.class)
                .withBean(
                        "shouting",
                        KeyGenerator.class,
                        () -> (target, method, args) -> args[0].toString().toUpperCase(Locale.ROOT))
                .run(context -> {
                    var shop = context.getBean(Shop.class);

                    assertThat(shop.plain("a")).isEqualTo("a1").isEqualTo(shop.plain("a"));
                    shop.write("a");
                    shop.write("a");
                    assertThat(behind(shop).calls).hasValue(3);
                    assertThat(shop.shout("b")).isEqualTo("b4").isEqualTo(shop.shout("B"));
                    assertThat(context.getBean(SkeinRegistry.class)
                                    .<Object, String>cache("products")
                                    .asMap())
                            .containsOnlyKeys("a", "B");
                });
    }

    @Test
    void onTheMethodOfAnInterface_itIsForItsImplementations() {
        for (boolean byClass : List.of(true, false)) {
            application
                    .withPropertyValues("spring.aop.proxy-target-class=" + byClass)
                    .withBean("finder", FinderOfTexts.class)
                    .run(context -> {
                        var finder = (Finder) context.getBean("finder");

                        assertThat(finder.find("a")).isEqualTo("a1").isEqualTo(finder.find("a"));
                        assertThat(((Advised) finder).isProxyTargetClass()).isEqualTo(byClass);
                    });
        }
    }

    @Test
    void loadsOnAnExecutor_andLoadsAgain_runTheMethodEachTime() {
        application
                .withPropertyValues("skein.caches.products.load-timeout=1h", "skein.caches.products.refresh-ahead=0.5")
                .withBean(Catalogue.class)
                .run(context -> {
                    var catalogue = context.getBean(Catalogue.class);
                    CoalescingCache<Long, Product> products =
                            context.getBean(SkeinRegistry.class).cache("products");

                    assertThat(catalogue.find(1).name()).isEqualTo("call 1");
                    products.invalidate(1L);
                    assertThat(catalogue.find(1).name()).isEqualTo("call 2");
                });
    }

    private static <T> T behind(T proxy) {
        return AopTestUtils.getTargetObject(proxy);
    }
}
