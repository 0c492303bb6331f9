package io.skein.resilience4j;

import org.jspecify.annotations.Nullable;

/** What a layer has to do when the attempt inside it ends. One of the three is called, once. */
interface Ending<T extends @Nullable Object> {
    void succeeded(T value);

    void failed(Throwable failure);

    /** Nobody wanted it any more, which says nothing of the source. */
    void cancelled();
}
