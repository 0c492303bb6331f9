package io.skein.micrometer;

import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import io.micrometer.observation.GlobalObservationConvention;
import io.micrometer.observation.Observation;
import io.skein.internal.Text;
import io.skein.micrometer.SkeinObservationDocumentation.LoadKey;
import java.util.Locale;

/**
 * How the observation of a load is named, and what it tells. By default it tells the group, the outcome, the flight and
 * how many callers it had, and not the key.
 */
public interface LoadObservationConvention extends GlobalObservationConvention<LoadObservationContext> {
    /** The default. */
    LoadObservationConvention DEFAULT = new LoadObservationConvention() {};

    /** The default, and the key: escaped, and cut at 100 characters. For keys that are not confidential. */
    LoadObservationConvention WITH_KEYS = new LoadObservationConvention() {
        @Override
        public KeyValues getHighCardinalityKeyValues(LoadObservationContext load) {
            return LoadObservationConvention.super
                    .getHighCardinalityKeyValues(load)
                    .and(LoadKey.KEY.asString(), Text.quote(load.key()));
        }
    };

    @Override
    default String getName() {
        return "skein.load";
    }

    @Override
    default String getContextualName(LoadObservationContext load) {
        return "load " + load.group();
    }

    @Override
    default boolean supportsContext(Observation.Context context) {
        return context instanceof LoadObservationContext;
    }

    @Override
    default KeyValues getLowCardinalityKeyValues(LoadObservationContext load) {
        var outcome = load.outcome();
        return KeyValues.of(
                LoadKey.GROUP.asString(),
                load.group(),
                LoadKey.OUTCOME.asString(),
                outcome == null ? KeyValue.NONE_VALUE : outcome.name().toLowerCase(Locale.ROOT));
    }

    @Override
    default KeyValues getHighCardinalityKeyValues(LoadObservationContext load) {
        return KeyValues.of(
                LoadKey.FLIGHT.asString(), load.flight(), LoadKey.CALLERS.asString(), String.valueOf(load.callers()));
    }
}
