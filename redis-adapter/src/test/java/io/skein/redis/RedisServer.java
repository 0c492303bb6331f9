package io.skein.redis;

import io.lettuce.core.RedisClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A real server, in a process of its own, of the binary that a test library brings along. */
public final class RedisServer implements AutoCloseable {
    private static final Path BINARY = binary();

    private final Path folder;
    private final int port;
    private final List<String> settings;
    private Process process;

    /** @param settings of the command line, besides the usual ones */
    public RedisServer(String... settings) {
        this(List.of(), List.of(settings));
    }

    /** @param file if it is not empty, it is given one of these lines, which it may write to */
    private RedisServer(List<String> file, List<String> settings) {
        try {
            folder = Files.createTempDirectory("skein-redis-test-");
            port = freePort();
            if (file.isEmpty()) {
                this.settings = settings;
            } else {
                var path = Files.write(folder.resolve("sentinel.conf"), file);
                this.settings = Stream.concat(Stream.of(path.toString()), settings.stream())
                        .toList();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start();
    }

    /** One that watches others, as these lines tell. */
    static RedisServer sentinel(String... lines) {
        return new RedisServer(List.of(lines), List.of("--sentinel"));
    }

    /** One to which a cluster may add 10,000 for its own. */
    private static int freePort() throws IOException {
        while (true) {
            try (var socket = new ServerSocket(0)) {
                if (socket.getLocalPort() < 55_000) {
                    return socket.getLocalPort();
                }
            }
        }
    }

    /** {@code -Dskein.redis.server} names another. */
    private static Path binary() {
        var other = System.getProperty("skein.redis.server");
        if (other != null) {
            return Path.of(other);
        }
        var os = System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("mac") ? "darwin" : "linux";
        var arch = System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64";
        var name = "/redis-server-7.0.15-" + os + '-' + arch;
        try (var in = RedisServer.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("there is no Redis for " + os + " on " + arch);
            }
            var binary = Files.createTempFile("skein-redis-server-", "");
            binary.toFile().deleteOnExit();
            Files.copy(in, binary, StandardCopyOption.REPLACE_EXISTING);
            if (!binary.toFile().setExecutable(true)) {
                throw new IllegalStateException("cannot be made executable: " + binary);
            }
            return binary;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String uri() {
        return "redis://127.0.0.1:" + port;
    }

    public int port() {
        return port;
    }

    /** Starts it, again perhaps, and waits until it listens. */
    public void start() {
        var command = new ArrayList<>(List.of(BINARY.toString()));
        command.addAll(settings); // a file comes first
        command.addAll(List.of("--port", "" + port, "--bind", "127.0.0.1"));
        if (!settings.contains("--sentinel")) {
            command.addAll(List.of("--save", "", "--appendonly", "no"));
        }
        try {
            process = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("log").toFile())
                    .start();
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            while (!listens()) {
                if (!process.isAlive() || System.nanoTime() > end) {
                    throw new IllegalStateException("it does not start: " + Files.readString(folder.resolve("log")));
                }
                TimeUnit.MILLISECONDS.sleep(10);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private boolean listens() {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", port), 1_000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** {@code master} or {@code slave}. */
    String role() {
        var client = RedisClient.create(uri());
        try (var connection = client.connect()) {
            return (String) connection.sync().role().get(0);
        } finally {
            client.shutdown();
        }
    }

    /** It holds all connections, and answers nothing. */
    public void pause() {
        signal("STOP");
    }

    public void resume() {
        signal("CONT");
    }

    private void signal(String name) {
        try {
            new ProcessBuilder("kill", "-" + name, "" + process.pid())
                    .inheritIO()
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** It is gone, with all that was in it. */
    public void stop() {
        try {
            process.destroyForcibly().waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        stop();
        try (var files = Files.list(folder)) {
            for (var file : files.toList()) {
                Files.delete(file);
            }
            Files.delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
