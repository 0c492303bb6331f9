package io.skein.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.context.ContextRegistry;
import io.micrometer.context.integration.Slf4jThreadLocalAccessor;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import io.skein.Callers;
import io.skein.Group;
import io.skein.event.FlightEvent;
import io.skein.event.FlightListener;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

/** G10: what the leader's thread carries travels to the load, by the real accessors of the libraries. */
class ContextTest {
    private final ObservationRegistry registry = ObservationRegistry.create();

    @BeforeEach
    void register() {
        registry.observationConfig().observationHandler(context -> true);
        ContextRegistry.getInstance()
                .registerThreadLocalAccessor(new Slf4jThreadLocalAccessor())
                .registerThreadLocalAccessor(new ObservationThreadLocalAccessor(registry));
    }

    @AfterEach
    void unregister() {
        MDC.clear();
        ContextRegistry.getInstance().removeThreadLocalAccessor(Slf4jThreadLocalAccessor.KEY);
        ContextRegistry.getInstance().removeThreadLocalAccessor(ObservationThreadLocalAccessor.KEY);
    }

    @Test
    void G10_theMdcAndTheObservation_travelWithTheLoad_andStayNowhere() throws Exception {
        var pool = Executors.newFixedThreadPool(1);
        pool.submit(() -> {}).get(); // slf4j's own adapter hands the MDC down to new threads
        var group = Group.<String, String>builder("users").executor(pool).build();
        var request = Observation.createNotStarted("request", registry).start();
        MDC.put("user", "ada");

        var seen = request.scoped(() -> group.load("key", key -> MDC.get("user") + " " + isCurrent(request)));

        assertThat(seen).isEqualTo("ada true");
        assertThat(pool.submit(() -> MDC.get("user") + " " + registry.getCurrentObservation())
                        .get())
                .isEqualTo("null null");
        pool.shutdown();
    }

    private boolean isCurrent(Observation request) {
        return registry.getCurrentObservation() == request;
    }

    @RepeatedTest(20)
    void G10_aFollowerThatBoardsElsewhere_isToldOfInItsOwnContext() {
        var users = new CopyOnWriteArrayList<String>();
        var group = Group.<String, String>builder("users")
                .listener(new FlightListener() {
                    @Override
                    public void onJoin(FlightEvent flight) {
                        users.add("joined by " + MDC.get("user"));
                    }

                    @Override
                    public void onTakeOff(FlightEvent flight) {
                        users.add("led by " + MDC.get("user"));
                    }
                })
                .build();
        var old = new CompletableFuture<String>();
        var next = new CompletableFuture<String>();
        group.loadAsync("key", key -> old);
        MDC.put("user", "ada");
        group.loadFreshAsync("key", key -> next);
        MDC.put("user", "bob");
        group.loadFreshAsync("key", key -> next);
        MDC.clear();

        old.complete("old");

        Callers.awaitTrue(() -> users.size() == 3);
        assertThat(users.get(0)).isEqualTo("led by null");
        assertThat(users.subList(1, 3))
                .isIn(List.of("led by ada", "joined by bob"), List.of("led by bob", "joined by ada"));
        assertThat(MDC.get("user")).isNull();
        group.close();
    }
}
