package io.skein.spring.annotation;

import io.skein.CallerInterruptedException;
import io.skein.CallerTimeoutException;
import io.skein.internal.Sneaky;
import io.skein.stream.ReadTimeoutException;
import io.skein.stream.StreamGroup;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Objects;
import org.springframework.util.ClassUtils;

/** Calls that are answered by bytes, of which each caller has the whole. */
final class ByteCalls {
    private static final boolean HAS_REACTOR = isPresent("reactor.core.scheduler.Schedulers");
    private static final boolean HAS_WEB = isPresent("org.springframework.web.context.request.async.WebAsyncUtils");

    private ByteCalls() {}

    private static boolean isPresent(String type) {
        return ClassUtils.isPresent(type, ByteCalls.class.getClassLoader());
    }

    /** Blocks until the first byte has come, so that a method that fails before fails its callers, and not their readers. */
    static Object answer(StreamGroup<Object> streams, Call call, Object key, Carrier carrier) {
        if (HAS_REACTOR && ReactiveCalls.mustNotBlock()) {
            throw new IllegalStateException("it waits for the first byte, which thread "
                    + Thread.currentThread().getName() + " must not: call it on another, or return a Flux, for "
                    + call.definition());
        }
        var in = begun(streams.open(key, (same, out) -> write(call, carrier, out)), call.definition());
        if (HAS_WEB && carrier.isForResponse()) {
            Requests.closeAfter(in);
        }
        return carrier.carry(in);
    }

    private static void write(Call call, Carrier carrier, OutputStream out) throws IOException {
        var returned = call.run();
        if (returned == null) {
            throw new NullPointerException("it returned null instead of something to read: " + call.definition());
        }
        carrier.write(returned, out);
    }

    private static InputStream begun(InputStream in, CoalescedMethod method) {
        try {
            return new Begun(in, in.read());
        } catch (IOException e) {
            if (isForTheReader(e, method)) {
                return in;
            }
            close(in, e);
            throw reason(e);
        } catch (RuntimeException | Error e) {
            close(in, e);
            throw e;
        }
    }

    /** Whether its cause is one that the method does not throw: whoever reads is prepared for it, who calls is not. */
    private static boolean isForTheReader(IOException e, CoalescedMethod method) {
        var cause = e.getCause();
        return !(e instanceof InterruptedIOException)
                && cause != null
                && !(cause instanceof RuntimeException || cause instanceof Error)
                && Arrays.stream(method.method().getExceptionTypes()).noneMatch(type -> type.isInstance(cause));
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

    /** A stream whose first byte is there. It is given away on its own, and not together with bytes that may not come. */
    private static final class Begun extends FilterInputStream {
        private int first;

        /** @param first -1 if there is none */
        Begun(InputStream in, int first) {
            super(in);
            this.first = first;
        }

        private int takeFirst() {
            int taken = first;
            first = -1;
            return taken;
        }

        @Override
        public int read() throws IOException {
            return first < 0 ? super.read() : takeFirst();
        }

        @Override
        public int read(byte[] bytes, int offset, int count) throws IOException {
            Objects.checkFromIndexSize(offset, count, bytes.length);
            if (first < 0 || count == 0) {
                return super.read(bytes, offset, count);
            }
            bytes[offset] = (byte) takeFirst();
            return 1;
        }

        @Override
        public long skip(long count) throws IOException {
            if (first < 0 || count <= 0) {
                return super.skip(count);
            }
            takeFirst();
            return 1;
        }

        @Override
        public int available() throws IOException {
            return (first < 0 ? 0 : 1) + super.available();
        }

        @Override
        public boolean markSupported() {
            return false;
        }
    }
}
