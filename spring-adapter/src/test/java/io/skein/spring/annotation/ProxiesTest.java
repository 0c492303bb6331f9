package io.skein.spring.annotation;

import static org.assertj.core.api.Assertions.assertThat;

import io.skein.spring.Coalesced;
import io.skein.spring.SkeinRegistry;
import io.skein.spring.autoconfigure.SkeinAutoConfiguration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.aopalliance.intercept.MethodInterceptor;
import org.junit.jupiter.api.Test;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.framework.autoproxy.DefaultAdvisorAutoProxyCreator;
import org.springframework.aop.interceptor.ExposeInvocationInterceptor;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.aop.support.NameMatchMethodPointcut;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** Beans that are proxies already, or have other proxies and advice around them. */
class ProxiesTest {
    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(SkeinAutoConfiguration.class))
            .withPropertyValues("skein.caches.products.ttl=1h");

    interface Repository {
        String get(String id);
    }

    interface Users extends Repository {
        @Coalesced
        String find(String id);
    }

    interface Orders extends Repository {
        @Coalesced
        String find(String id);
    }

    @Coalesced("products")
    interface Products extends Repository {}

    /** What Spring Data does: the interface is a proxy in front of a class that does not have its methods. */
    static class StoreOfAll implements Repository {
        static final AtomicInteger CALLS = new AtomicInteger();

        @Override
        public String get(String id) {
            return id + CALLS.incrementAndGet();
        }
    }

    static class Repositories<T> implements FactoryBean<T> {
        private final Class<T> type;
        private final AtomicInteger calls = new AtomicInteger();

        Repositories(Class<T> type) {
            this.type = type;
        }

        @Override
        @SuppressWarnings("unchecked")
        public T getObject() {
            var factory = new ProxyFactory(new StoreOfAll());
            factory.setInterfaces(type);
            factory.addAdvice(
                    (MethodInterceptor) invocation -> invocation.getMethod().getDeclaringClass() == type
                            ? type.getSimpleName() + calls.incrementAndGet()
                            : invocation.proceed());
            return (T) factory.getProxy();
        }

        @Override
        public Class<?> getObjectType() {
            return type;
        }
    }

    static class Catalogue {
        final AtomicInteger calls = new AtomicInteger();

        @Coalesced("products")
        public String find(String id) {
            return id + calls.incrementAndGet();
        }
    }

    @Test
    void repositoriesOfOneClass_haveGroupsOfTheirOwn() {
        application
                .withBean("users", Repositories.class, () -> new Repositories<>(Users.class))
                .withBean("orders", Repositories.class, () -> new Repositories<>(Orders.class))
                .run(context -> {
                    context.getBean(Users.class).find("a");
                    context.getBean(Orders.class).find("a");

                    assertThat(context.getBean(SkeinRegistry.class).groupNames())
                            .containsExactly(
                                    Orders.class.getName() + ".find(String)", Users.class.getName() + ".find(String)");
                });
    }

    @Test
    void aRepository_isCoalescedByTheAnnotationOfItsType_evenWhatItInherits() {
        application
                .withBean("theProducts", Repositories.class, () -> new Repositories<>(Products.class))
                .run(context -> {
                    var products = context.getBean(Products.class);

                    assertThat(products.get("a")).isEqualTo(products.get("a"));
                });
    }

    @Test
    void aBeanThatIsALambda_isCoalescedByTheAnnotationOfItsInterface() {
        var calls = new AtomicInteger();
        application
                .withBean("users", Shouting.class, () -> id -> id + calls.incrementAndGet())
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    var shouting = context.getBean(Shouting.class);

                    assertThat(shouting.find("a")).isEqualTo("a1").isEqualTo(shouting.find("a"));
                    assertThat(context.getBean(SkeinRegistry.class).cacheNames())
                            .containsExactly("products");
                });
    }

    interface Shouting {
        @Coalesced("products")
        String find(String id);
    }

    @Test
    void aBeanThatIsProxiedTwice_isCoalescedOnce() {
        application
                .withBean(DefaultAdvisorAutoProxyCreator.class, ProxiesTest::anotherCreator)
                .withBean(Catalogue.class)
                .run(context -> {
                    var catalogue = context.getBean(Catalogue.class);

                    assertThat(catalogue.find("a")).isEqualTo("a1").isEqualTo(catalogue.find("a"));
                });
    }

    @Test
    void aspectsInside_findTheInvocation_onWhateverThreadTheMethodRuns() {
        var seen = new AtomicReference<Thread>();
        MethodInterceptor aspect = invocation -> {
            assertThat(ExposeInvocationInterceptor.currentInvocation().getMethod())
                    .isEqualTo(invocation.getMethod());
            seen.set(Thread.currentThread());
            return invocation.proceed();
        };
        application
                .withPropertyValues("skein.caches.products.load-timeout=1h")
                .withBean(Catalogue.class)
                .withBean("expose", DefaultPointcutAdvisor.class, ProxiesTest::expose, ProxiesTest::infrastructure)
                .withBean(
                        "aspect",
                        DefaultPointcutAdvisor.class,
                        () -> new DefaultPointcutAdvisor(finding(), aspect),
                        ProxiesTest::infrastructure)
                .run(context -> {
                    assertThat(context.getBean(Catalogue.class).find("a")).isEqualTo("a1");
                    assertThat(seen.get()).isNotNull().isNotSameAs(Thread.currentThread());
                });
    }

    private static DefaultAdvisorAutoProxyCreator anotherCreator() {
        var creator = new DefaultAdvisorAutoProxyCreator();
        creator.setProxyTargetClass(true);
        return creator;
    }

    private static NameMatchMethodPointcut finding() {
        var pointcut = new NameMatchMethodPointcut();
        pointcut.setMappedName("find");
        pointcut.setClassFilter(Catalogue.class::isAssignableFrom);
        return pointcut;
    }

    private static DefaultPointcutAdvisor expose() {
        var advisor = new DefaultPointcutAdvisor(finding(), ExposeInvocationInterceptor.INSTANCE);
        advisor.setOrder(Integer.MIN_VALUE);
        return advisor;
    }

    private static void infrastructure(BeanDefinition definition) {
        definition.setRole(BeanDefinition.ROLE_INFRASTRUCTURE);
    }
}
