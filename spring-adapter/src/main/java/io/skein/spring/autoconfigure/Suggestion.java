package io.skein.spring.autoconfigure;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Collectors;

/** "Did you mean ...?" */
final class Suggestion {
    private Suggestion() {}

    /** The one of these names that is closest to a misspelt one, if any is close. */
    static Optional<String> of(String misspelt, Collection<String> names) {
        int most = Math.max(2, misspelt.length() / 3);
        return names.stream()
                .filter(name -> distance(misspelt, name) <= most)
                .min(Comparator.comparingInt((String name) -> distance(misspelt, name))
                        .thenComparing(Comparator.naturalOrder()));
    }

    /** A sentence that helps whoever misspelt a name. */
    static String sentence(String misspelt, Collection<String> names, String what) {
        var known = names.isEmpty()
                ? "There is no " + what + "."
                : "There is: " + names.stream().sorted().collect(Collectors.joining(", ")) + ".";
        return of(misspelt, names).map(name -> "Did you mean '" + name + "'? ").orElse("") + known;
    }

    /** How many letters have to be changed, added, left out or swapped with the next one (Damerau, Levenshtein). */
    static int distance(String a, String b) {
        var rows = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                rows[i][j] = i == 0 || j == 0 ? i + j : cheapest(rows, a, b, i, j);
            }
        }
        return rows[a.length()][b.length()];
    }

    private static int cheapest(int[][] rows, String a, String b, int i, int j) {
        boolean same = a.charAt(i - 1) == b.charAt(j - 1);
        int cost = Math.min(rows[i - 1][j - 1] + (same ? 0 : 1), Math.min(rows[i - 1][j], rows[i][j - 1]) + 1);
        boolean swapped = i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
        return swapped ? Math.min(cost, rows[i - 2][j - 2] + 1) : cost;
    }
}
