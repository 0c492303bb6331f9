package io.skein.redis;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.skein.Codec;
import java.io.IOException;

/** Values as JSON, of the one type that is asked for: what is in Redis does not say what classes are made of it. */
final class JacksonCodec<V> implements Codec<V> {
    private final ObjectWriter writer;
    private final ObjectReader reader;

    JacksonCodec(ObjectMapper mapper, JavaType type) {
        this.writer = mapper.writerFor(type);
        this.reader = mapper.readerFor(type);
    }

    /** Properties that another version has and this one does not are left out. */
    static ObjectMapper mapper() {
        return JsonMapper.builder()
                .findAndAddModules()
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .build();
    }

    @Override
    public byte[] encode(V value) {
        try {
            return writer.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("it cannot be written as JSON", e);
        }
    }

    @Override
    public V decode(byte[] bytes) {
        try {
            V value = reader.readValue(bytes);
            if (value == null) {
                throw new IllegalArgumentException("the JSON is null");
            }
            return value;
        } catch (IOException e) {
            throw new IllegalArgumentException("it is not the JSON of such a value", e);
        }
    }
}
