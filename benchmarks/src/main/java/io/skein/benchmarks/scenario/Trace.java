package io.skein.benchmarks.scenario;

import java.util.Arrays;
import java.util.function.IntUnaryOperator;
import java.util.random.RandomGenerator;

/** Which keys are read, one after the other. */
enum Trace {
    ZIPF_99("zipf 0.99") {
        @Override
        int[] draw(int keys, int cacheSize, int reads, RandomGenerator random) {
            return new Zipf(0.99, keys).draws(reads, random);
        }
    },
    ZIPF_70("zipf 0.7") {
        @Override
        int[] draw(int keys, int cacheSize, int reads, RandomGenerator random) {
            return new Zipf(0.7, keys).draws(reads, random);
        }
    },
    /** Every third stretch, as long as the cache is large, is of keys that are never read again. */
    SCANS("zipf and scans") {
        @Override
        int[] draw(int keys, int cacheSize, int reads, RandomGenerator random) {
            var zipf = new Zipf(0.99, keys);
            return fill(reads, i -> i / cacheSize % 3 == 2 ? keys + i : zipf.draw(random));
        }
    },
    LOOP("loop of 1.1 x size") {
        @Override
        int[] draw(int keys, int cacheSize, int reads, RandomGenerator random) {
            int length = cacheSize * 11 / 10;
            return fill(reads, i -> i % length);
        }
    },
    LOOP_AND_ZIPF("zipf and loop") {
        @Override
        int[] draw(int keys, int cacheSize, int reads, RandomGenerator random) {
            int length = cacheSize * 11 / 10;
            var zipf = new Zipf(0.99, keys);
            return fill(reads, i -> i % 2 == 0 ? zipf.draw(random) : keys + i / 2 % length);
        }
    },
    /** After some time, other keys are the popular ones. */
    SHIFTS("zipf that shifts") {
        @Override
        int[] draw(int keys, int cacheSize, int reads, RandomGenerator random) {
            var zipf = new Zipf(0.99, keys);
            return fill(reads, i -> (zipf.draw(random) + i / (cacheSize * 20) * 1_009) % keys);
        }
    },
    /** What is read is new, and soon not read any more. */
    DRIFT("hot set that drifts") {
        @Override
        int[] draw(int keys, int cacheSize, int reads, RandomGenerator random) {
            return fill(reads, i -> i / 20 + random.nextInt(cacheSize));
        }
    },
    /** Nearly everything fits. */
    TIGHT("zipf 0.7 of 1.05 x size") {
        @Override
        int[] draw(int keys, int cacheSize, int reads, RandomGenerator random) {
            return new Zipf(0.7, cacheSize * 21 / 20).draws(reads, random);
        }
    };

    final String label;

    Trace(String label) {
        this.label = label;
    }

    /** The numbers of the keys, from 0 on. */
    abstract int[] draw(int keys, int cacheSize, int reads, RandomGenerator random);

    private static int[] fill(int reads, IntUnaryOperator key) {
        var trace = new int[reads];
        Arrays.setAll(trace, key);
        return trace;
    }
}
