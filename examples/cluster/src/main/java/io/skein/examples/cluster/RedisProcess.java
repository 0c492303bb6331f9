package io.skein.examples.cluster;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** A real Redis, in a process of its own, of the binary that a library brings along. */
final class RedisProcess {
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(30);

    /** Below those that systems give to outgoing connections, one of which might have it while Redis is away. */
    private static final int FIRST_PORT = 20_000;

    private static final int LAST_PORT = 32_000;
    private static final int MOST_PORTS = 100;
    private static final byte[] LOOPBACK = {127, 0, 0, 1};

    private final Processes processes;
    private final Path binary;
    private final Path log;
    private final int port;
    private Process process;

    /** Starts it, and waits until it can be asked. */
    RedisProcess(Processes processes) throws IOException, InterruptedException {
        this.processes = processes;
        binary = processes.folder().resolve("redis-server");
        log = processes.folder().resolve("redis.log");
        unpack();
        port = freePort();
        process = start();
    }

    /** Why there is no Redis for this machine, if there is none. */
    static Optional<String> missing() {
        var os = System.getProperty("os.name");
        var arch = System.getProperty("os.arch");
        return binary(os, arch).isPresent()
                ? Optional.empty()
                : Optional.of("The demo has no Redis for " + os + " on " + arch
                        + ": it runs on Linux and macOS, on x86-64 and ARM of 64 bits");
    }

    /** The name of the binary for an operating system and a processor, as Java calls them. */
    static Optional<String> binary(String os, String arch) {
        var system = os.equals("Linux") ? "linux" : os.startsWith("Mac") ? "darwin" : "none";
        var processor = switch (arch) {
            case "amd64", "x86_64" -> "amd64";
            case "aarch64", "arm64" -> "arm64";
            default -> "none";
        };
        return Optional.of("/redis-server-7.0.15-" + system + '-' + processor)
                .filter(name -> RedisProcess.class.getResource(name) != null);
    }

    private void unpack() throws IOException {
        var name = binary(System.getProperty("os.name"), System.getProperty("os.arch"));
        if (name.isEmpty()) {
            throw new IOException(missing().orElseThrow());
        }
        try (var in = RedisProcess.class.getResourceAsStream(name.get())) {
            if (in == null) {
                throw new IOException("there is no " + name.get() + " in the library");
            }
            Files.copy(in, binary);
        }
        if (!binary.toFile().setExecutable(true)) {
            throw new IOException("cannot be made executable: " + binary);
        }
    }

    private static int freePort() throws IOException {
        IOException last = null;
        for (int i = 0; i < MOST_PORTS; i++) {
            int port = ThreadLocalRandom.current().nextInt(FIRST_PORT, LAST_PORT);
            try (var socket = new ServerSocket(port, 1, InetAddress.getByAddress(LOOPBACK))) {
                return socket.getLocalPort();
            } catch (IOException e) { // somebody has it
                last = e;
            }
        }
        throw new IOException("no port is free from " + FIRST_PORT + " to " + LAST_PORT, last);
    }

    /** Its own word is waited for: who listens on the port might be somebody else. */
    private Process start() throws IOException, InterruptedException {
        var started = processes.start(new ProcessBuilder(
                        binary.toString(),
                        "--port",
                        "" + port,
                        "--bind",
                        "127.0.0.1",
                        "--save",
                        "",
                        "--appendonly",
                        "no")
                .directory(processes.folder().toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile()));
        long end = System.nanoTime() + PATIENCE;
        while (!Files.readString(log).contains("Ready to accept connections")) {
            if (!started.isAlive() || System.nanoTime() - end > 0) {
                throw processes.failure("Redis does not start: " + Files.readString(log));
            }
            TimeUnit.MILLISECONDS.sleep(10);
        }
        return started;
    }

    String uri() {
        return "redis://127.0.0.1:" + port;
    }

    /** With all that is in it. */
    void stop() {
        Processes.kill(process);
    }

    void startAgain() throws IOException, InterruptedException {
        process = start();
    }
}
