package io.skein.redis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** A wire that can be cut, or be long, or that swallows what is sent through it. */
final class Proxy implements AutoCloseable {
    private final ServerSocket listening;
    private final int target;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private volatile boolean silent;
    private volatile boolean refusing;
    private final Duration delay;

    Proxy(int target) {
        this(target, Duration.ZERO);
    }

    /** @param delay of what comes back: however much is sent at once, it is one delay */
    Proxy(int target, Duration delay) {
        this.target = target;
        this.delay = delay;
        try {
            listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start(this::accept);
    }

    private static void start(Runnable task) {
        var thread = new Thread(task, "proxy");
        thread.setDaemon(true);
        thread.start();
    }

    String uri() {
        return "redis://127.0.0.1:" + listening.getLocalPort();
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                var client = listening.accept();
                if (refusing) {
                    client.close();
                    continue;
                }
                sockets.add(client);
                try {
                    var server = new Socket(InetAddress.getLoopbackAddress(), target);
                    sockets.add(server);
                    start(() -> pump(client, server, Duration.ZERO));
                    start(() -> pump(server, client, delay));
                } catch (IOException e) { // there is no server now
                    close(client);
                }
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void pump(Socket from, Socket to, Duration delay) {
        var writer = Executors.newSingleThreadScheduledExecutor();
        try {
            var in = from.getInputStream();
            var buffer = new byte[16 * 1024];
            for (int some = in.read(buffer); some >= 0; some = in.read(buffer)) {
                if (silent) {
                    continue;
                }
                if (delay.isZero()) {
                    to.getOutputStream().write(buffer, 0, some);
                } else {
                    var bytes = Arrays.copyOf(buffer, some);
                    var unused = writer.schedule(
                            () -> {
                                to.getOutputStream().write(bytes);
                                return null;
                            },
                            delay.toNanos(),
                            TimeUnit.NANOSECONDS);
                }
            }
        } catch (IOException e) {
            // cut
        } finally {
            writer.shutdownNow();
            close(from);
            close(to);
        }
    }

    private void close(Socket socket) {
        sockets.remove(socket);
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends all connections. */
    void cut() {
        sockets.forEach(this::close);
    }

    /** Whether nothing comes through any more, and nobody is told. What is swallowed is lost: the connections are cut after it. */
    void silent(boolean isSilent) {
        if (silent && !isSilent) {
            cut();
        }
        silent = isSilent;
    }

    /** Whether new connections are ended at once. */
    void refuse(boolean isRefusing) {
        refusing = isRefusing;
    }

    @Override
    public void close() {
        try {
            listening.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        cut();
    }
}
