package io.skein.examples;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The answer to one query: its rows as text, so that answers can be compared whatever the columns are. */
record Report(List<List<@Nullable String>> rows) {
    static Report of(ResultSet results) throws SQLException {
        int columns = results.getMetaData().getColumnCount();
        var rows = new ArrayList<List<@Nullable String>>();
        while (results.next()) {
            var row = new ArrayList<@Nullable String>(columns);
            for (int column = 1; column <= columns; column++) {
                row.add(results.getString(column));
            }
            rows.add(row);
        }
        return new Report(rows);
    }
}
