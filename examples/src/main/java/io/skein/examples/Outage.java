package io.skein.examples;

import io.skein.Loader;

/** In front of the database: while it is on, every load fails, as if the database were down. */
final class Outage implements Loader<String, Report> {
    private final Loader<String, Report> database;
    private volatile boolean on;

    /** The database is down. */
    static final class DownException extends Exception {
        private static final long serialVersionUID = 1L;

        DownException() {
            super("the database is down");
        }
    }

    Outage(Loader<String, Report> database) {
        this.database = database;
    }

    void turn(boolean newOn) {
        on = newOn;
    }

    boolean isOn() {
        return on;
    }

    @Override
    public Report load(String key) throws Exception {
        if (on) {
            throw new DownException();
        }
        return database.load(key);
    }
}
