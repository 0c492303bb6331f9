package io.skein.micrometer;

import io.micrometer.observation.Observation;
import io.micrometer.tracing.handler.TracingObservationHandler.TracingContext;
import io.skein.micrometer.SkeinObservationDocumentation.LoadKey;

/** Tells followers the span of the load they have joined, where Micrometer Tracing is on the class path. */
final class Spans {
    static final boolean AVAILABLE = isAvailable();

    private Spans() {}

    private static boolean isAvailable() {
        try {
            Class.forName(
                    "io.micrometer.tracing.handler.TracingObservationHandler", false, Spans.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException | LinkageError e) {
            return false;
        }
    }

    static void tell(Observation follower, Observation load) {
        Tracing.tell(follower, load);
    }

    /** Loaded only where the library is there. */
    private static final class Tracing {
        static void tell(Observation follower, Observation load) {
            TracingContext tracing = load.getContextView().get(TracingContext.class);
            var span = tracing == null ? null : tracing.getSpan();
            if (span != null && !span.isNoop()) {
                SkeinObservations.add(
                        follower, LoadKey.JOINED_TRACE, span.context().traceId());
                SkeinObservations.add(
                        follower, LoadKey.JOINED_SPAN, span.context().spanId());
            }
        }
    }
}
