package io.skein.examples.catalogue;

import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import net.ttddyy.dsproxy.ExecutionInfo;
import net.ttddyy.dsproxy.QueryInfo;
import net.ttddyy.dsproxy.listener.QueryExecutionListener;
import org.springframework.stereotype.Component;

/** Counts the queries that reach the database, as the data source sees them. */
@Component
public class QueryCount implements QueryExecutionListener {
    private final LongAdder queries = new LongAdder();

    /** Whether it asks for something, rather than change it. */
    static boolean isQuery(QueryInfo statement) {
        return statement.getQuery().stripLeading().regionMatches(true, 0, "select", 0, "select".length());
    }

    @Override
    public void beforeQuery(ExecutionInfo execution, List<QueryInfo> statements) {
        queries.add(statements.stream().filter(QueryCount::isQuery).count());
    }

    @Override
    public void afterQuery(ExecutionInfo execution, List<QueryInfo> statements) {}

    /** How many there were since the service started. */
    public long total() {
        return queries.sum();
    }
}
