package io.skein.micrometer;

import static java.util.Objects.requireNonNull;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.skein.event.FlightEvent;
import io.skein.event.FlightListener;
import io.skein.event.FlightOutcome;
import io.skein.micrometer.SkeinObservationDocumentation.LoadKey;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Makes an observation {@code skein.load} of each load, and so a span where traces are made: a child of what its leader
 * observed when the load took off. It is current while a thread runs the loader, so what that observes, as of a query,
 * is its child. To be given to builders as a listener:
 *
 * <pre>{@code
 * CoalescingCache.<Long, Product>builder("products").listener(SkeinObservations.of(registry))
 * }</pre>
 *
 * <p>A follower has no load of its own: what it observes itself is told which load it has joined, as {@code
 * skein.joined}, by an event, and, where Micrometer Tracing is on the class path, by {@code skein.joined.trace.id} and
 * {@code skein.joined.span.id}. One that joined several has them all, separated by commas.
 *
 * <p>One serves any number of groups and caches of different names.
 */
public final class SkeinObservations implements FlightListener {
    private static final Observation.Event JOINED = Observation.Event.of("skein.joined", "joined a load in flight");

    private final ObservationRegistry registry;
    private final LoadObservationConvention convention;

    /**
     * The loads in flight. Of one that is closed or times out while its take-off is being told, the landing may be told
     * first: it is kept here then, and the take-off takes it out.
     */
    private final Map<Id, Told> loads = new ConcurrentHashMap<>();

    /** Those whose loader a thread is in; it may be in there when the flight has landed already. */
    private final Map<Id, Observation.Scope> scopes = new ConcurrentHashMap<>();

    private sealed interface Told {}

    private record TakeOff(Observation load) implements Told {}

    private record Landing(
            FlightEvent flight,
            FlightOutcome outcome,
            @Nullable Throwable failure) implements Told {}

    private record Id(String group, long flight) {
        static Id of(FlightEvent flight) {
            return new Id(flight.group(), flight.flight());
        }
    }

    private SkeinObservations(ObservationRegistry registry, LoadObservationConvention convention) {
        this.registry = registry;
        this.convention = convention;
    }

    /** Observes with the default convention, or that of the registry. */
    public static SkeinObservations of(ObservationRegistry registry) {
        return of(registry, LoadObservationConvention.DEFAULT);
    }

    /**
     * Observes with a convention.
     *
     * @param convention where the registry has none for loads
     */
    public static SkeinObservations of(ObservationRegistry registry, LoadObservationConvention convention) {
        return new SkeinObservations(requireNonNull(registry, "registry"), requireNonNull(convention, "convention"));
    }

    @Override
    public void onTakeOff(FlightEvent flight) {
        if (registry.isNoop()) {
            return;
        }
        var context = new LoadObservationContext(flight);
        var load = Observation.createNotStarted(null, convention, () -> context, registry);
        var id = Id.of(flight);
        if (loads.putIfAbsent(id, new TakeOff(load.start())) instanceof Landing landing) {
            loads.remove(id);
            stop(load, landing);
        }
    }

    @Override
    public void onEnter(FlightEvent flight) {
        var id = Id.of(flight);
        if (loads.get(id) instanceof TakeOff takeOff) {
            scopes.put(id, takeOff.load.openScope());
        }
    }

    @Override
    public void onExit(FlightEvent flight) {
        var scope = scopes.remove(Id.of(flight));
        if (scope != null) {
            scope.close();
        }
    }

    @Override
    public void onLanding(FlightEvent flight, FlightOutcome outcome, @Nullable Throwable failure) {
        if (registry.isNoop()) {
            return;
        }
        var id = Id.of(flight);
        var landing = new Landing(flight, outcome, failure);
        if (loads.putIfAbsent(id, landing) instanceof TakeOff takeOff) {
            loads.remove(id);
            stop(takeOff.load, landing);
        }
    }

    private static void stop(Observation load, Landing landing) {
        if (load.getContext() instanceof LoadObservationContext context) {
            context.landed(landing.flight, landing.outcome);
        }
        if (landing.failure != null) {
            load.error(landing.failure);
        }
        load.stop();
    }

    @Override
    public void onJoin(FlightEvent flight) {
        var follower = registry.getCurrentObservation();
        if (follower == null || follower.isNoop()) {
            return;
        }
        var id = Id.of(flight);
        add(follower, LoadKey.JOINED, id.group + "#" + id.flight);
        follower.event(JOINED);
        // not yet there if its take-off is being told this moment
        if (loads.get(id) instanceof TakeOff takeOff && Spans.AVAILABLE) {
            Spans.tell(follower, takeOff.load);
        }
    }

    /** To what the follower has joined before. */
    static void add(Observation follower, LoadKey key, String value) {
        var before = follower.getContextView().getHighCardinalityKeyValue(key.asString());
        follower.highCardinalityKeyValue(key.asString(), before == null ? value : before.getValue() + "," + value);
    }

    /** How many loads it holds, for tests. */
    int held() {
        return loads.size() + scopes.size();
    }
}
