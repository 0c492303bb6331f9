package io.skein.spring.annotation;

import io.skein.CallerInterruptedException;
import io.skein.CallerTimeoutException;
import io.skein.internal.Sneaky;
import io.skein.stream.ReadTimeoutException;
import io.skein.stream.StreamGroup;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.PushbackInputStream;
import java.io.UncheckedIOException;

/** Calls that are answered by bytes, of which each caller has the whole. */
final class ByteCalls {
    private ByteCalls() {}

    /** Blocks until the first byte has come, so that a method that fails before fails its callers, and not their readers. */
    static Object answer(StreamGroup<Object> streams, Call call, Object key, Carrier carrier) {
        var in = streams.open(key, (same, out) -> write(call, carrier, out));
        return carrier.carry(begun(in));
    }

    private static void write(Call call, Carrier carrier, OutputStream out) throws IOException {
        var returned = call.run();
        if (returned == null) {
            throw new NullPointerException("it returned null instead of something to read: " + call.definition());
        }
        carrier.write(returned, out);
    }

    private static InputStream begun(InputStream in) {
        var begun = new PushbackInputStream(in);
        try {
            int first = begun.read();
            if (first >= 0) {
                begun.unread(first);
            }
            return begun;
        } catch (IOException e) {
            close(in, e);
            throw reason(e);
        } catch (RuntimeException | Error e) {
            close(in, e);
            throw e;
        }
    }

    private static void close(InputStream in, Throwable failure) {
        try {
            in.close();
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    private static RuntimeException reason(IOException e) {
        var message = String.valueOf(e.getMessage());
        if (e instanceof ReadTimeoutException) {
            return new CallerTimeoutException(message, e);
        }
        if (e instanceof InterruptedIOException) {
            return new CallerInterruptedException(message, e);
        }
        return e.getCause() == null ? new UncheckedIOException(e) : Sneaky.rethrow(e.getCause());
    }
}
