package io.skein.stream;

import static java.util.Objects.requireNonNull;

import io.skein.Codec;
import io.skein.FlightSnapshot;
import io.skein.internal.Text;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A namespace of keys whose streams are written once, and read by everybody who asks for the key meanwhile: from the first byte
 * or item, however late they come, and then along with the loader to the end.
 *
 * <pre>{@code
 * StreamGroup<String> exports = StreamGroup.create("exports");
 * try (InputStream csv = exports.open("2026-11", (month, out) -> writer.export(month, out))) {
 *     csv.transferTo(response.getOutputStream());
 * }
 *
 * Flow.Publisher<String> answer = answers.publisher("why?", (question, sink) -> model.ask(question, sink::emit));
 * }</pre>
 *
 * <p><b>Readers</b> do not disturb each other: each has a position of its own, and a slow one holds up nobody. The newest part of a
 * stream is in memory, up to {@link StreamGroupBuilder#memoryLimit}, what is older in a temporary file. What has been written can
 * be read at once.
 *
 * <p><b>Loaders</b> run on an executor, with the context of the first reader (G10). A loader that fails, fails for all, after what it
 * had written before: bytes with an {@link IOException} whose cause it is, items with {@code onError}. Nothing is retried, and who
 * comes next starts anew.
 *
 * <p><b>Leaving.</b> A reader leaves when it is closed, or has read the end, a subscriber when it cancels, or has been told the end.
 * When the last has left, the loader is cancelled: its thread is interrupted, and writing fails (G8).
 *
 * <p><b>Nothing is remembered</b> of a stream that has ended, unless {@link StreamGroupBuilder#keepFor} says so.
 *
 * <p>The bytes and the items of one key are two streams. Keys need a proper {@code equals} and {@code hashCode}, and null is no
 * key. All methods may be called by any thread at any time.
 *
 * @param <K> keys
 */
public final class StreamGroup<K> implements AutoCloseable {
    private final Settings settings;
    private final Streams<K> streams;
    private final SpillFolder folder;

    StreamGroup(Settings settings, Streams<K> streams) {
        this.settings = settings;
        this.streams = streams;
        this.folder = new SpillFolder(settings.directory());
        folder.sweep();
    }

    /**
     * A group with the default settings.
     *
     * @param name names the group in messages, thread names and metrics
     * @throws IllegalArgumentException if the name is blank
     */
    public static <K> StreamGroup<K> create(String name) {
        return StreamGroup.<K>builder(name).build();
    }

    /**
     * A builder of groups.
     *
     * @param name names the group in messages, thread names and metrics
     * @throws IllegalArgumentException if the name is blank
     */
    public static <K> StreamGroupBuilder<K> builder(String name) {
        return new StreamGroupBuilder<>(name);
    }

    /** The name this group was created with. */
    public String name() {
        return settings.name();
    }

    // Bytes

    /**
     * Opens the stream of this key, after starting the given loader if there is none to join. Does not wait for it.
     *
     * <p>Reading blocks until there is something to read, or the end of it. It fails with an {@link IOException}: whose cause is
     * what the loader threw, after all that was written before; a {@link ReadTimeoutException} if nothing comes for {@code
     * readTimeout}; an {@link InterruptedIOException} if the thread is interrupted while it waits, whose interrupt flag stays
     * set. It throws {@link io.skein.LoadCycleException} if the loader waits for the thread that reads, through others perhaps
     * (G11).
     *
     * @return a stream of this reader's own, to be closed. For one thread at a time, but {@code close} may be called by any, and
     *     ends a read that waits
     * @throws io.skein.LoadRejectedException if there are as many streams, or readers of this one, as are allowed
     * @throws NullPointerException if key or loader is null
     * @throws IllegalStateException if the group is closed
     */
    public InputStream open(K key, StreamLoader<? super K> loader) {
        check(key, loader);
        var recording = streams.<ByteRecording<K>>board(
                new Address<>(key, false),
                address -> new ByteRecording<>(address, streams, settings, folder),
                fresh -> streams.fly(fresh, () -> loader.load(key, new RecordingOutput(fresh))));
        return new ByteReader((ByteRecording<K>) recording);
    }

    // Items

    /**
     * A publisher of the items of this key. Each subscription joins the stream that is being written, or starts the given loader
     * if there is none to join.
     *
     * <p>All subscribers get the same objects, which must not change any more; they are in memory, and {@link
     * StreamGroupBuilder#maxItems} is how many there may be. Signals come on threads of {@link
     * StreamGroupBuilder#subscriberExecutor}, and demand is heeded for each subscriber on its own. A subscription fails for the
     * reasons {@link #open} gives.
     *
     * @throws NullPointerException if key or loader is null
     */
    public <T> Flow.Publisher<T> publisher(K key, ItemLoader<? super K, T> loader) {
        check(key, loader);
        return published(() -> this.<T>plain(key, fresh -> fly(key, fresh, fresh, loader)));
    }

    /**
     * Like {@link #publisher(Object, ItemLoader)}, with a codec: each subscriber gets objects of its own, and like bytes they are
     * in a temporary file where there are many.
     *
     * @param codec makes bytes of items, and items of bytes, for all subscribers of a stream it was started with
     */
    public <T> Flow.Publisher<T> publisher(K key, Codec<T> codec, ItemLoader<? super K, T> loader) {
        check(key, loader);
        requireNonNull(codec, "codec");
        return published(() -> encoded(key, codec, fresh -> fly(key, fresh, fresh, loader)));
    }

    /**
     * Like {@link #publisher(Object, ItemLoader)}, of the items of another publisher, which is subscribed to once. It is asked for
     * as many as there are, or no more than {@link StreamGroupBuilder#maxItemsAhead} allows.
     *
     * @param loader finds that publisher, on the executor
     */
    public <T> Flow.Publisher<T> relay(K key, PublisherLoader<? super K, ? extends T> loader) {
        check(key, loader);
        return published(() -> this.<T>plain(key, fresh -> streams.relay(fresh, fresh, loader)));
    }

    /** Like {@link #relay(Object, PublisherLoader)}, with a codec as in {@link #publisher(Object, Codec, ItemLoader)}. */
    public <T> Flow.Publisher<T> relay(K key, Codec<T> codec, PublisherLoader<? super K, ? extends T> loader) {
        check(key, loader);
        requireNonNull(codec, "codec");
        return published(() -> encoded(key, codec, fresh -> streams.relay(fresh, fresh, loader)));
    }

    private <T> Items<T> plain(K key, Streams.TakeOff<ItemRecording<K, T>> takeOff) {
        return items(key, address -> new ItemRecording<>(address, streams, settings), takeOff);
    }

    private <T> Items<T> encoded(K key, Codec<T> codec, Streams.TakeOff<EncodedRecording<K, T>> takeOff) {
        return items(key, address -> new EncodedRecording<>(address, streams, settings, folder, codec), takeOff);
    }

    @SuppressWarnings("unchecked") // whoever asks knows what is streamed under a key, as with any group
    private <T, R extends Recording<K>> Items<T> items(
            K key, Function<Address<K>, R> maker, Streams.TakeOff<R> takeOff) {
        return (Items<T>) streams.board(new Address<>(key, true), maker, takeOff);
    }

    private <T> CompletableFuture<?> fly(
            K key, Recording<K> recording, Items<T> items, ItemLoader<? super K, T> loader) {
        return streams.fly(recording, () -> loader.load(key, new RecordingSink<>(items)));
    }

    private <T> Flow.Publisher<T> published(Supplier<Items<T>> boarding) {
        return subscriber -> {
            requireNonNull(subscriber, "subscriber");
            Items<T> items;
            try {
                items = boarding.get();
            } catch (Throwable e) { // it is told so, like everything else
                RefusedSubscription.tell(subscriber, e);
                return;
            }
            new Playback<>(items, subscriber, settings.subscribers()).begin();
        };
    }

    // Forgetting

    /**
     * Forgets the stream of this key, bytes and items: one that is being written goes on for the readers it has, but nobody else
     * can join it, nor is it kept; one that is kept is not any more. So who comes next starts anew.
     *
     * @return whether there was one
     */
    public boolean forget(K key) {
        requireKey(key);
        boolean bytes = streams.forget(new Address<>(key, false));
        boolean items = streams.forget(new Address<>(key, true));
        return bytes || items;
    }

    /** Forgets all streams there are now, as {@link #forget} does. */
    public void forgetAll() {
        streams.forgetAll();
    }

    // Looking and closing

    /** The streams that are being written and can be joined; callers are their readers. A copy. */
    public List<FlightSnapshot<K>> flights() {
        return streams.flights();
    }

    /** The streams that were forgotten and are being written for the readers they have. A copy. */
    public List<FlightSnapshot<K>> forgottenFlights() {
        return streams.forgottenFlights();
    }

    /** How many streams and readers there are, and what they occupy. */
    public StreamStats stats() {
        return streams.stats();
    }

    /**
     * Refuses new readers from now on, cancels the loaders, and deletes all temporary files: readers that have not read
     * everything fail. Does not wait for loaders that are deaf to interrupts. An executor it was given is left alone. Closing
     * again does nothing.
     */
    @Override
    public void close() {
        try {
            streams.close();
        } finally {
            folder.close();
        }
    }

    private void check(K key, Object loader) {
        requireKey(key);
        if (loader == null) {
            throw new NullPointerException("loader is null, for " + Text.of(name(), key));
        }
    }

    private void requireKey(K key) {
        if (key == null) {
            throw new NullPointerException("key is null, for group " + Text.quote(name()));
        }
    }

    @Override
    public String toString() {
        return "StreamGroup " + Text.quote(name()) + ", " + stats();
    }
}
