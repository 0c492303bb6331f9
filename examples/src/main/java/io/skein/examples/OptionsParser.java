package io.skein.examples;

import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the command line. No message contains a value that may be the password. */
final class OptionsParser {
    static final String HELP = """
            A stampede: many callers ask for a few reports at the same moment, first straight, then through a Group.
            Then a cache: they ask for them again and again, while orders change the reports.
            Then writes: reactions to posts, first straight into the database, then behind a cache.

              --part PART             stampede, cache, writes or all (default all)
              --callers N             how many callers (default 10000)
              --keys N                how many reports they ask for (default 5)
              --threads KIND          virtual or platform (default: virtual where the JVM has them)
              --straight-seconds N    when the straight stampede is called off (default 30)
              --cache-seconds N       how long the cache is asked (default 12)
              --reactions N           how many reactions are written (default 1000000)
              --write-seconds N       when the straight writes are called off (default 15)
              --verbose               show the query, and the stack trace of a failure
              --help                  show this

            The stampede on a database of your own, which is only read (drivers for H2 and PostgreSQL are here):

              --jdbc-url URL          where it is
              --user USER             who asks
              --password PASSWORD     never printed
              --query SQL             what to ask, with one ? for the key
              --key-values A,B,C      the keys to ask for

            The demo's own database, 2,000,000 order lines, is created below the target folder on first use. The cache's
            part writes into a copy of it, and deletes that; the writes go into databases of their own, which are deleted too.
            """;

    private static final int DEFAULT_CALLERS = 10_000;
    private static final int DEFAULT_KEYS = 5;
    private static final int DEFAULT_STRAIGHT_SECONDS = 30;
    private static final int DEFAULT_CACHE_SECONDS = 12;
    private static final int DEFAULT_REACTIONS = 1_000_000;
    private static final int DEFAULT_WRITE_SECONDS = 15;

    private static final Set<String> FLAGS = Set.of("--verbose");
    private static final Set<String> OF_OWN_DATABASE = Set.of("--user", "--password", "--query", "--key-values");
    private static final Set<String> WITH_VALUE = Set.of(
            "--part",
            "--callers",
            "--keys",
            "--threads",
            "--straight-seconds",
            "--cache-seconds",
            "--reactions",
            "--write-seconds",
            "--jdbc-url",
            "--user",
            "--password",
            "--query",
            "--key-values");

    /** Literals, quoted names and comments of SQL: a question mark there is no parameter. */
    private static final Pattern NOT_PARAMETERS =
            Pattern.compile("'[^']*'|\"[^\"]*\"|--[^\\n]*|/\\*.*?\\*/", Pattern.DOTALL);

    private final Map<String, String> values;

    private OptionsParser(Map<String, String> values) {
        this.values = values;
    }

    static boolean wantsHelp(List<String> args) {
        return args.contains("--help");
    }

    /**
     * The options.
     *
     * @param virtualThreadsHere whether this JVM has virtual threads
     * @throws BadOptionException if there is something wrong with them
     */
    static Options parse(List<String> args, boolean virtualThreadsHere) throws BadOptionException {
        return new OptionsParser(split(args)).options(virtualThreadsHere);
    }

    private static Map<String, String> split(List<String> args) throws BadOptionException {
        var values = new HashMap<String, String>();
        var rest = args.iterator();
        String before = "";
        while (rest.hasNext()) {
            var arg = rest.next();
            if (!arg.startsWith("-")) {
                // not shown: it may be the second half of a password with a blank
                throw new BadOptionException("options begin with --, and there is something else "
                        + (before.isEmpty() ? "first" : "after " + before));
            }
            int equals = arg.indexOf('=');
            var name = equals < 0 ? arg : arg.substring(0, equals);
            var value = "";
            if (FLAGS.contains(name)) {
                if (equals >= 0) {
                    throw new BadOptionException(name + " takes no value");
                }
            } else if (!WITH_VALUE.contains(name)) {
                throw new BadOptionException("unknown option " + quote(name) + "; --help lists them");
            } else if (equals >= 0) {
                value = arg.substring(equals + 1);
            } else if (rest.hasNext()) {
                value = rest.next();
                if (value.startsWith("--")) {
                    throw new BadOptionException(
                            name + " needs a value (one that begins with -- is written " + name + "=...)");
                }
            } else {
                throw new BadOptionException(name + " needs a value");
            }
            if (values.put(name, value) != null) {
                throw new BadOptionException(name + " is given twice");
            }
            before = name;
        }
        return values;
    }

    private Options options(boolean virtualThreadsHere) throws BadOptionException {
        var part = part();
        int callers = number("--callers", DEFAULT_CALLERS, 1_000_000);
        int keys = number("--keys", Math.min(DEFAULT_KEYS, callers), ShopDatabase.MOST_KEYS);
        if (keys > callers) {
            throw new BadOptionException("--keys must be no more than --callers, " + callers + ", was " + keys);
        }
        int straightSeconds = number("--straight-seconds", DEFAULT_STRAIGHT_SECONDS, 3_600);
        int cacheSeconds = number("--cache-seconds", DEFAULT_CACHE_SECONDS, 3_600);
        int reactions = number("--reactions", DEFAULT_REACTIONS, 100_000_000);
        int writeSeconds = number("--write-seconds", DEFAULT_WRITE_SECONDS, 3_600);
        boolean virtual = virtualThreads(virtualThreadsHere);
        var own = ownDatabase();
        return new Options(
                part,
                callers,
                own == null ? keys : Math.min(own.keys().size(), callers),
                virtual,
                Duration.ofSeconds(straightSeconds),
                Duration.ofSeconds(cacheSeconds),
                reactions,
                Duration.ofSeconds(writeSeconds),
                own,
                values.containsKey("--verbose"));
    }

    private Part part() throws BadOptionException {
        boolean own = values.containsKey("--jdbc-url");
        var value = values.getOrDefault("--part", own ? "stampede" : "all");
        var part = switch (value) {
            case "stampede" -> Part.STAMPEDE;
            case "cache" -> Part.CACHE;
            case "writes" -> Part.WRITES;
            case "all" -> Part.ALL;
            default ->
                throw new BadOptionException("--part must be stampede, cache, writes or all, was " + quote(value));
        };
        if (own && part != Part.STAMPEDE) {
            throw new BadOptionException(
                    "--part " + value + " writes, so it is for the demo's own database; leave it out with --jdbc-url");
        }
        needsPart("--straight-seconds", part.hasStampede(), "stampede");
        needsPart("--cache-seconds", part.hasCache(), "cache");
        needsPart("--reactions", part.hasWrites(), "writes");
        needsPart("--write-seconds", part.hasWrites(), "writes");
        return part;
    }

    private void needsPart(String name, boolean isThere, String part) throws BadOptionException {
        if (values.containsKey(name) && !isThere) {
            throw new BadOptionException(name + " is for the part " + part + ", which is not to be run");
        }
    }

    private int number(String name, int otherwise, int most) throws BadOptionException {
        var value = values.get(name);
        if (value == null) {
            return otherwise;
        }
        var allowed = String.format(Locale.ROOT, "%s must be a number from 1 to %d, was %s", name, most, quote(value));
        try {
            int number = Integer.parseInt(value);
            if (number >= 1 && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw new BadOptionException(allowed);
        }
        throw new BadOptionException(allowed);
    }

    private boolean virtualThreads(boolean here) throws BadOptionException {
        var value = values.get("--threads");
        if (value == null) {
            return here;
        }
        return switch (value) {
            case "platform" -> false;
            case "virtual" -> {
                if (!here) {
                    throw new BadOptionException("--threads virtual needs Java 21 or newer, this is Java "
                            + Runtime.version().feature());
                }
                yield true;
            }
            default -> throw new BadOptionException("--threads must be virtual or platform, was " + quote(value));
        };
    }

    private @Nullable OwnDatabase ownDatabase() throws BadOptionException {
        var url = values.get("--jdbc-url");
        if (url == null) {
            for (var name : OF_OWN_DATABASE.stream().sorted().toList()) {
                if (values.containsKey(name)) {
                    throw new BadOptionException(name + " is for a database of your own and needs --jdbc-url");
                }
            }
            return null;
        }
        if (!url.startsWith("jdbc:")) {
            throw new BadOptionException("--jdbc-url must begin with jdbc:");
        }
        if (values.containsKey("--keys")) {
            throw new BadOptionException("--keys is for the demo's own database; with --jdbc-url, give --key-values");
        }
        return new OwnDatabase(url, values.get("--user"), values.get("--password"), query(), keyValues());
    }

    private String query() throws BadOptionException {
        var query = values.get("--query");
        if (query == null) {
            throw new BadOptionException("--jdbc-url needs --query, with one ? for the key");
        }
        long parameters = NOT_PARAMETERS
                .matcher(query)
                .replaceAll(" ")
                .chars()
                .filter(c -> c == '?')
                .count();
        if (parameters != 1) {
            throw new BadOptionException("--query must have exactly one ? for the key, has " + parameters);
        }
        return query;
    }

    private List<String> keyValues() throws BadOptionException {
        var value = values.get("--key-values");
        if (value == null) {
            throw new BadOptionException("--jdbc-url needs --key-values, the keys to ask for, like 1,2,3");
        }
        var keys = Arrays.stream(value.split(",", -1))
                .map(String::strip)
                .distinct()
                .toList();
        if (keys.contains("")) {
            throw new BadOptionException(
                    "--key-values must be keys with commas between them, and one of them is empty");
        }
        return keys;
    }

    private static String quote(String text) {
        var line = text.replaceAll("\\p{Cntrl}", "?");
        return '"' + (line.length() > 40 ? line.substring(0, 40) + "..." : line) + '"';
    }
}
