package io.skein.spring.annotation;

import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger.Level;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.async.CallableProcessingInterceptor;
import org.springframework.web.context.request.async.WebAsyncManager;
import org.springframework.web.context.request.async.WebAsyncUtils;

/** The request that is being answered on this thread. Loaded only where there is Spring's web. */
final class Requests {
    private static final System.Logger LOG = System.getLogger(Requests.class.getName());

    private Requests() {}

    /**
     * Closes a stream when the request has been answered, in case it was not read: the client knows the response already, the
     * executor of responses is full, the request has timed out, or its controller fails. Nothing if there is no request.
     */
    static void closeAfter(InputStream in) {
        var request = RequestContextHolder.getRequestAttributes();
        if (request == null) {
            return;
        }
        @Nullable WebAsyncManager async;
        try {
            async = (@Nullable WebAsyncManager)
                    request.getAttribute(WebAsyncUtils.WEB_ASYNC_MANAGER_ATTRIBUTE, RequestAttributes.SCOPE_REQUEST);
        } catch (IllegalStateException e) { // it is over, and has been handed down to this thread
            return;
        }
        var id = Requests.class.getName() + UUID.randomUUID();
        if (async != null) {
            async.registerCallableInterceptor(id, new CallableProcessingInterceptor() {
                @Override
                public <T> void afterCompletion(NativeWebRequest same, Callable<T> task) {
                    close(in);
                }
            });
        }
        request.registerDestructionCallback(
                id,
                () -> {
                    if (async == null
                            || !async.isConcurrentHandlingStarted()) { // else it is read later, on another thread
                        close(in);
                    }
                },
                RequestAttributes.SCOPE_REQUEST);
    }

    private static void close(InputStream in) {
        try {
            in.close();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "a stream could not be closed after its request", e);
        }
    }
}
