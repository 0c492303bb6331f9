package io.skein.benchmarks.report;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;

/** How the report writes and reads JSON. */
final class Json {
    /** More digits than these are noise in a measurement. */
    private static final MathContext DIGITS = new MathContext(5);

    private static final double LONGEST_WHOLE = 1e15;

    static final ObjectMapper MAPPER = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .addModule(new SimpleModule()
                    .addSerializer(Double.class, new Rounded())
                    .addSerializer(Double.TYPE, new Rounded()))
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS, SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
            .enable(
                    DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES,
                    DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .defaultPrettyPrinter(new Lines())
            .build();

    private Json() {}

    /** A line for each figure, so that two runs can be compared line by line. */
    private static final class Lines extends DefaultPrettyPrinter {
        private static final int DEEPEST = 4;

        Lines() {
            indentObjectsWith(new DefaultIndenter("  ", "\n") {
                @Override
                public void writeIndentation(JsonGenerator to, int level) throws IOException {
                    if (level <= DEEPEST) {
                        super.writeIndentation(to, level);
                    } else {
                        to.writeRaw(' ');
                    }
                }
            });
        }

        private Lines(Lines base) {
            super(base);
        }

        @Override
        public void writeEndObject(JsonGenerator to, int entries) throws IOException {
            if (_nesting <= DEEPEST) {
                super.writeEndObject(to, entries);
            } else {
                _nesting--;
                to.writeRaw(" }");
            }
        }

        @Override
        public DefaultPrettyPrinter createInstance() {
            return new Lines(this);
        }
    }

    private static final class Rounded extends StdSerializer<Double> {
        Rounded() {
            super(Double.class);
        }

        @Override
        public void serialize(Double value, JsonGenerator to, SerializerProvider provider) throws IOException {
            if (!Double.isFinite(value)) {
                to.writeNumber(value);
                return;
            }
            double rounded = new BigDecimal(value).round(DIGITS).doubleValue();
            if (rounded == Math.rint(rounded) && Math.abs(rounded) < LONGEST_WHOLE) {
                to.writeNumber((long) rounded);
            } else {
                to.writeNumber(rounded);
            }
        }
    }
}
