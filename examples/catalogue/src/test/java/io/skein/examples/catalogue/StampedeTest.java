package io.skein.examples.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.skein.FlightSnapshot;
import io.skein.cache.CoalescingCache;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import net.ttddyy.dsproxy.ExecutionInfo;
import net.ttddyy.dsproxy.QueryInfo;
import net.ttddyy.dsproxy.listener.QueryExecutionListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** Everybody wants the same product, which nobody has asked for before. */
class StampedeTest {
    private static final int CALLERS = 2_000;

    private final Gate gate = new Gate();

    /** Holds back the answers of the database until it is opened. */
    private static final class Gate implements QueryExecutionListener {
        private final CountDownLatch open = new CountDownLatch(1);

        @Override
        public void beforeQuery(ExecutionInfo execution, List<QueryInfo> statements) {}

        @Override
        public void afterQuery(ExecutionInfo execution, List<QueryInfo> statements) {
            if (!statements.stream().anyMatch(QueryCount::isQuery)) {
                return;
            }
            try {
                open.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private ConfigurableApplicationContext start(boolean virtualThreads) {
        return new SpringApplicationBuilder(CatalogueApplication.class)
                .initializers(context -> context.getBeanFactory().registerSingleton("gate", gate))
                .run(
                        "--server.port=0",
                        "--spring.threads.virtual.enabled=" + virtualThreads,
                        "--server.tomcat.threads.max=" + (CALLERS + 10),
                        "--server.tomcat.accept-count=" + CALLERS);
    }

    @Test
    void aStampedeOnPlatformThreads_isOneQuery() {
        assertThatAStampedeIsOneQuery(false);
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_21, disabledReason = "there are no virtual threads")
    void aStampedeOnVirtualThreads_isOneQuery() {
        assertThatAStampedeIsOneQuery(true);
    }

    private void assertThatAStampedeIsOneQuery(boolean virtualThreads) {
        try (var application = start(virtualThreads)) {
            int port = application.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
            CoalescingCache<?, ?> products = application.getBean("products", CoalescingCache.class);
            var browser = new Browser(port);
            long before = application.getBean(QueryCount.class).total();

            var answers = Stream.generate(() -> browser.getLater("/products/1"))
                    .limit(CALLERS)
                    .toList();
            await("all are waiting for one load")
                    .atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(products.flights())
                            .extracting(FlightSnapshot::callers)
                            .containsExactly(CALLERS));
            gate.open.countDown();

            assertThat(answers)
                    .extracting(CompletableFuture::join)
                    .allSatisfy(answer -> assertThat(answer.statusCode()).isEqualTo(200))
                    .extracting(HttpResponse::body)
                    .containsOnly(answers.get(0).join().body());
            assertThat(Browser.product(answers.get(0).join()).id()).isEqualTo(1);
            assertThat(application.getBean(QueryCount.class).total() - before).isEqualTo(1);
        }
    }
}
