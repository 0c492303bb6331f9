package io.skein.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** C10: a JVM that is killed loses no write that was acknowledged, and repeats no more than one batch. */
class KilledTest {
    private static final int KILLS = 20;
    private static final Pattern LINE = Pattern.compile("(\\d+) (\\d+);|life");

    private record Written(int key, long number) {
        static final Written LIFE = new Written(-1, -1);
    }

    @TempDir
    Path folder;

    @Test
    @Timeout(value = 10, unit = TimeUnit.MINUTES)
    void C10_kill9_losesNoAcknowledgedWrite_andRepeatsOneBatchAtTheMost() throws Exception {
        long seed = System.nanoTime();
        var random = new SplittableRandom(seed);
        for (int life = 1; life <= KILLS; life++) {
            var program = start(life, false);
            try {
                awaitReady(program);
                assertThat(program.waitFor(random.nextInt(50, 2_000), TimeUnit.MILLISECONDS))
                        .as("it ended by itself")
                        .isFalse();
            } finally {
                program.destroyForcibly().waitFor();
            }
        }
        var last = start(KILLS + 1, true);
        assertThat(last.waitFor(2, TimeUnit.MINUTES)).isTrue();
        assertThat(last.exitValue()).isZero();

        var source = read(KilledProgram.SOURCE);
        var newest = newest(source, seed);
        long acknowledged = 0;
        for (int writer = 0; writer < KilledProgram.WRITERS; writer++) {
            for (var written : read(KilledProgram.acknowledged(writer))) {
                if (written != Written.LIFE) {
                    assertThat(newest.getOrDefault(written.key, 0L))
                            .as("what the source has under key " + written.key + ", seed " + seed)
                            .isGreaterThanOrEqualTo(written.number);
                    acknowledged++;
                }
            }
        }
        var repeated = repeatedInEachLife(source);
        System.out.println(KILLS + " kills, " + acknowledged + " writes acknowledged, none lost; " + source.size()
                + " written to the source, " + repeated + " of them again after a kill");
        assertThat(repeated).allMatch(count -> count <= KilledProgram.MAX_BATCH);
        assertThat(acknowledged).isGreaterThan(10_000);
    }

    /** The last that the source has of each key: nothing older is written after it. */
    private static Map<Integer, Long> newest(List<Written> source, long seed) {
        var newest = new HashMap<Integer, Long>();
        for (var written : source) {
            if (written != Written.LIFE) {
                var before = newest.put(written.key, written.number);
                assertThat(written.number)
                        .as("what is written after " + before + " under key " + written.key + ", seed " + seed)
                        .isGreaterThanOrEqualTo(before == null ? 0 : before);
            }
        }
        return newest;
    }

    /** How many writes each life repeats of those that had been written before. */
    private static List<Integer> repeatedInEachLife(List<Written> source) {
        var seen = new HashSet<Written>();
        var repeated = new ArrayList<Integer>();
        for (var written : source) {
            if (written == Written.LIFE) {
                repeated.add(0);
            } else if (!seen.add(written)) {
                repeated.set(repeated.size() - 1, repeated.get(repeated.size() - 1) + 1);
            }
        }
        return repeated;
    }

    private Process start(int life, boolean last) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        KilledProgram.class.getName(),
                        folder.toString(),
                        Integer.toString(life),
                        Boolean.toString(last))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static void awaitReady(Process program) throws IOException {
        var out = new BufferedReader(new InputStreamReader(program.getInputStream(), StandardCharsets.US_ASCII));
        assertThat(out.readLine()).isEqualTo("ready");
    }

    /** Its whole lines. */
    private List<Written> read(String file) throws IOException {
        var text = Files.readString(folder.resolve(file), StandardCharsets.US_ASCII);
        var found = new ArrayList<Written>();
        for (var line : text.substring(0, text.lastIndexOf('\n') + 1).split("\n")) {
            var matcher = LINE.matcher(line);
            if (matcher.matches()) {
                found.add(
                        line.equals("life")
                                ? Written.LIFE
                                : new Written(Integer.parseInt(matcher.group(1)), Long.parseLong(matcher.group(2))));
            }
        }
        return found;
    }
}
