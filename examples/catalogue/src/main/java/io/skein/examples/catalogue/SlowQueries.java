package io.skein.examples.catalogue;

import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import net.ttddyy.dsproxy.ExecutionInfo;
import net.ttddyy.dsproxy.QueryInfo;
import net.ttddyy.dsproxy.listener.QueryExecutionListener;
import org.springframework.stereotype.Component;

/**
 * Makes the database as slow as a busy one: what a query has read comes a while later, and may have been changed in
 * between. How much later is left to chance, up to twice the time that is set.
 */
@Component
class SlowQueries implements QueryExecutionListener {
    private final CatalogueProperties properties;

    SlowQueries(CatalogueProperties properties) {
        this.properties = properties;
    }

    @Override
    public void beforeQuery(ExecutionInfo execution, List<QueryInfo> statements) {}

    @Override
    public void afterQuery(ExecutionInfo execution, List<QueryInfo> statements) {
        if (statements.stream().anyMatch(QueryCount::isQuery)) {
            pause();
        }
    }

    private void pause() {
        try {
            long most = 2 * properties.queryTime().toMillis();
            Thread.sleep(ThreadLocalRandom.current().nextLong(most + 1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
