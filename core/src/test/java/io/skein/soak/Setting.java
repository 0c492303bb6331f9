package io.skein.soak;

import io.skein.Group;
import io.skein.GroupBuilder;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The kinds of groups the soak calls, and what is possible with each. */
enum Setting {
    PLAIN {
        @Override
        void apply(GroupBuilder<Integer, Run> builder, ExecutorService small) {}
    },
    TIMED {
        @Override
        void apply(GroupBuilder<Integer, Run> builder, ExecutorService small) {
            builder.callerTimeout(Duration.ofMillis(20)).loadTimeout(Duration.ofMillis(30));
        }
    },
    BOUNDED {
        @Override
        void apply(GroupBuilder<Integer, Run> builder, ExecutorService small) {
            builder.maxFlights(MOST_FLIGHTS).maxCallersPerFlight(3);
        }
    },
    GOING_ON {
        @Override
        void apply(GroupBuilder<Integer, Run> builder, ExecutorService small) {
            builder.cancelWhenAbandoned(false);
        }
    },
    REJECTING {
        @Override
        void apply(GroupBuilder<Integer, Run> builder, ExecutorService small) {
            builder.executor(small);
        }
    },
    STUCK {
        @Override
        void apply(GroupBuilder<Integer, Run> builder, ExecutorService small) {
            builder.stuckAfter(Duration.ofMillis(1)).forgetStuck(true);
        }
    },
    CLOSED_MEANWHILE {
        @Override
        void apply(GroupBuilder<Integer, Run> builder, ExecutorService small) {}
    };

    static final int MOST_FLIGHTS = 6;

    abstract void apply(GroupBuilder<Integer, Run> builder, ExecutorService small);

    Group<Integer, Run> group(Books books, ExecutorService small) {
        var builder = Group.<Integer, Run>builder(groupName()).listener(books);
        apply(builder, small);
        return builder.build();
    }

    String groupName() {
        return "soak-" + name().toLowerCase(java.util.Locale.ROOT);
    }

    /** Whether a load may go on for ever, since the group ends it. */
    boolean endsLoads() {
        return this == TIMED;
    }

    /** Whether loads may wait for loads: not where these would wait for a thread of theirs. */
    boolean nests() {
        return this != REJECTING;
    }

    static ExecutorService smallExecutor() {
        return new ThreadPoolExecutor(
                3, 3, 1, TimeUnit.SECONDS, new ArrayBlockingQueue<>(4), new ThreadPoolExecutor.AbortPolicy());
    }
}
