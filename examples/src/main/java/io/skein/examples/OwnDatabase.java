package io.skein.examples;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A database of the user's, the query to run there, with one {@code ?} for the key, and the keys to ask for. */
record OwnDatabase(
        String url, @Nullable String user, @Nullable String password, String query, List<String> keys) {

    /** Neither the password nor the URL, which may contain one. */
    @Override
    public String toString() {
        return "OwnDatabase[" + query + "]";
    }
}
