package io.skein.lincheck;

import java.util.HashMap;
import java.util.Map;

/**
 * What {@link GroupLincheckTest} compares a group with: the rules of flights, for one thing happening after the other.
 */
public final class FlightsInOrder {
    private static final class Flight {
        final int key;
        final String name;
        int callers = 1;
        boolean forgotten;
        boolean landed;

        Flight(int key, String name) {
            this.key = key;
            this.name = name;
        }

        String outcome() {
            return name + (callers > 1 ? " shared" : "");
        }
    }

    /** One thread of the scenario: the last flight it boarded, and the last it led. */
    private static final class Traveller {
        int starts;
        Flight aboard;
        Flight led;
        String settled;
    }

    private final Map<Integer, Flight> joinable = new HashMap<>();
    private final Map<Integer, Traveller> travellers = new HashMap<>();

    public boolean start(int thread, int key) {
        var traveller = travellers.computeIfAbsent(thread, t -> new Traveller());
        traveller.starts++;
        traveller.settled = null;
        var flight = joinable.get(key);
        if (flight != null) {
            flight.callers++;
            traveller.aboard = flight;
            return false;
        }
        flight = new Flight(key, thread + "." + traveller.starts);
        joinable.put(key, flight);
        traveller.aboard = flight;
        traveller.led = flight;
        return true;
    }

    public void land(int thread) {
        var traveller = travellers.get(thread);
        if (traveller != null && traveller.led != null) {
            landed(traveller.led);
        }
    }

    public String cancel(int thread) {
        var traveller = travellers.get(thread);
        if (traveller == null || traveller.aboard == null) {
            return "not aboard";
        }
        if (traveller.settled == null) {
            var flight = traveller.aboard;
            traveller.settled = flight.landed ? flight.outcome() : "cancelled";
            if (!flight.landed && --flight.callers == 0) {
                landed(flight);
            }
        }
        return traveller.settled;
    }

    public boolean forget(int key) {
        return forget(key, Integer.MAX_VALUE);
    }

    public boolean forgetUnshared(int key) {
        return forget(key, 1);
    }

    private boolean forget(int key, int ifCallersAtMost) {
        var flight = joinable.get(key);
        if (flight == null || flight.callers > ifCallersAtMost) {
            return false;
        }
        flight.forgotten = true;
        joinable.remove(key);
        return true;
    }

    private void landed(Flight flight) {
        flight.landed = true;
        if (!flight.forgotten) {
            joinable.remove(flight.key, flight);
        }
    }
}
