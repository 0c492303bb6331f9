package io.skein.guava;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What the bridge logs while this is open, instead of on the console. */
final class Log extends Handler implements AutoCloseable {
    private final Logger logger = Logger.getLogger(Skein.class.getName());
    private final List<LogRecord> records = new CopyOnWriteArrayList<>();

    Log() {
        logger.addHandler(this);
        logger.setUseParentHandlers(false);
    }

    List<LogRecord> records() {
        return records;
    }

    @Override
    public void publish(LogRecord entry) {
        records.add(entry);
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        logger.setUseParentHandlers(true);
        logger.removeHandler(this);
    }
}
