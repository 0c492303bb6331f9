package io.skein.spring.annotation;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.InputStreamResource;
import org.springframework.core.io.Resource;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

/** In what a method returns bytes that can be read once. */
enum Carrier {
    /** What a method reads, and leaves to its caller to close. */
    INPUT_STREAM(InputStream.class) {
        @Override
        void write(Object returned, OutputStream out) throws IOException {
            try (var in = (InputStream) returned) {
                in.transferTo(out);
            }
        }

        @Override
        Object carry(InputStream in) {
            return in;
        }
    },

    /** One that may be of any kind, and so may be kept, if the application knows that it can be read again. */
    RESOURCE(Resource.class) {
        @Override
        void write(Object returned, OutputStream out) throws IOException {
            INPUT_STREAM.write(((Resource) returned).getInputStream(), out);
        }

        @Override
        Object carry(InputStream in) {
            // Of this very class Spring knows that it has no length, and cannot be read in parts.
            return new InputStreamResource(in);
        }
    },

    /** One that can be read once. */
    STREAM_RESOURCE(InputStreamResource.class) {
        @Override
        void write(Object returned, OutputStream out) throws IOException {
            RESOURCE.write(returned, out);
        }

        @Override
        Object carry(InputStream in) {
            return RESOURCE.carry(in);
        }
    },

    /** What Spring MVC calls to write the response. */
    RESPONSE_BODY(null) {
        @Override
        void write(Object returned, OutputStream out) throws IOException {
            ((StreamingResponseBody) returned).writeTo(out);
        }

        @Override
        Object carry(InputStream in) {
            return (StreamingResponseBody) out -> {
                try (in) {
                    copy(in, out);
                }
            };
        }
    };

    private static final String BODY_NAME =
            "org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody";

    private static final int BUFFER = 16 * 1024;

    private final @Nullable Class<?> type;

    Carrier(@Nullable Class<?> type) {
        this.type = type;
    }

    /** The one of methods that are declared to return just this; null if there is none. */
    static @Nullable Carrier of(Class<?> declared) {
        for (var carrier : values()) {
            if (carrier.type == declared) {
                return carrier;
            }
        }
        return declared.getName().equals(BODY_NAME) ? RESPONSE_BODY : null;
    }

    boolean mayBeKept() {
        return this == RESOURCE;
    }

    /** Writes all that is in what the method has returned. */
    abstract void write(Object returned, OutputStream out) throws IOException;

    /** What one caller gets. */
    abstract Object carry(InputStream in);

    /** Whether what the caller gets is made for the response to a request, and of no use after it. */
    boolean isForResponse() {
        return this != INPUT_STREAM;
    }

    /** What has come goes on to the client before there is a wait for more. */
    private static void copy(InputStream in, OutputStream out) throws IOException {
        var buffer = new byte[BUFFER];
        int some = read(in, buffer);
        while (some >= 0) {
            out.write(buffer, 0, some);
            if (in.available() == 0) {
                out.flush();
            }
            some = read(in, buffer);
        }
    }

    /**
     * What an upstream failed with, such as an EOFException, is no cause of this failure: Spring would take it for a client that
     * has gone, and end a half response as if it were whole.
     */
    private static int read(InputStream in, byte[] buffer) throws IOException {
        try {
            return in.read(buffer);
        } catch (IOException e) {
            var failure = new IOException("the response cannot be completed: " + e.getMessage());
            failure.addSuppressed(e);
            throw failure;
        }
    }
}
