package io.skein.benchmarks;

import java.io.PrintStream;
import java.util.concurrent.atomic.AtomicInteger;

/** Whether all contenders do what they are measured for: one load per flight, and its value for every caller. Times do not matter. */
final class Smoke {
    private static final int FLIGHTS = 10_000;
    private static final int PLATFORM = 50;
    private static final int LIGHT = 1_000;

    private final PrintStream out;

    Smoke(PrintStream out) {
        this.out = out;
    }

    /** @throws IllegalStateException if one of them does not */
    void run() {
        for (var contender : Blocking.values()) {
            if (contender != Blocking.BARE) { // which knows only one flight
                lonelyFlights(contender);
            }
            FanOut.land(contender, Threads.PLATFORM, PLATFORM);
            if (Threads.VIRTUAL.exist()) {
                FanOut.land(contender, Threads.VIRTUAL, LIGHT);
            }
        }
        for (var contender : Async.values()) {
            FanOut.landAsync(contender, LIGHT);
            forgottenFlight(contender);
        }
        new WaiterMemory(new Table(out), PLATFORM, LIGHT).run();
        out.println("smoke: every flight had one load, and every caller its value");
    }

    private static void lonelyFlights(Blocking kind) {
        var loads = new AtomicInteger();
        try (var contender = kind.over(key -> key + loads.incrementAndGet())) {
            for (int i = 1; i <= FLIGHTS; i++) {
                var key = "user:" + i % LIGHT + ":";
                require((key + i).equals(contender.load(key)), kind + " returned another value than it loaded");
                contender.drop(key);
            }
        }
        require(loads.get() == FLIGHTS, kind + " loaded " + loads + " times in " + FLIGHTS + " flights");
    }

    private static void forgottenFlight(Async kind) {
        var benchmark = new CallsBenchmark();
        benchmark.contender = kind;
        benchmark.setUp();
        require(!benchmark.forgetNothing(), kind + " forgot a flight that was not there");
        require(benchmark.joinAndLeave().isDone(), kind + " left the leader behind");
        require(!benchmark.forgetNothing(), kind + " kept a flight that has landed");
        benchmark.tearDown();
    }

    private static void require(boolean held, String otherwise) {
        if (!held) {
            throw new IllegalStateException(otherwise);
        }
    }
}
