package io.skein.examples.catalogue;

import javax.sql.DataSource;
import net.ttddyy.dsproxy.listener.QueryExecutionListener;
import net.ttddyy.dsproxy.support.ProxyDataSourceBuilder;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Tells every {@link QueryExecutionListener} of the application what is asked of the database. */
@Configuration(proxyBeanMethods = false)
class WatchedDataSource {
    @Bean
    static BeanPostProcessor dataSourceWatcher(ObjectProvider<QueryExecutionListener> listeners) {
        return new BeanPostProcessor() {
            @Override
            public Object postProcessAfterInitialization(Object bean, String name) {
                return bean instanceof DataSource source ? watched(source, listeners) : bean;
            }
        };
    }

    private static DataSource watched(DataSource source, ObjectProvider<QueryExecutionListener> listeners) {
        var builder = ProxyDataSourceBuilder.create(source);
        listeners.orderedStream().forEach(builder::listener);
        return builder.build();
    }
}
