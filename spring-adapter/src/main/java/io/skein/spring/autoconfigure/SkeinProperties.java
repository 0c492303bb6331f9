package io.skein.spring.autoconfigure;

import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;

/** Everything under {@code skein}. */
@ConfigurationProperties(prefix = "skein", ignoreUnknownFields = false)
public final class SkeinProperties {
    /** What caches and groups have that do not say otherwise. */
    @NestedConfigurationProperty
    private final CacheProperties defaults = new CacheProperties();

    /** Caches by name. A name with more than letters, digits and dashes goes into brackets: skein.caches[eu/products]. */
    private final Map<String, CacheProperties> caches = new LinkedHashMap<>();

    /** Groups by name, which collapse calls and keep nothing. Names as of caches. */
    private final Map<String, FlightProperties> groups = new LinkedHashMap<>();

    /** Groups of streams by name, which are written once for all who read them. Names as of caches. */
    private final Map<String, StreamProperties> streams = new LinkedHashMap<>();

    /** The Redis by which caches are shared with other JVMs. */
    @NestedConfigurationProperty
    private final RedisProperties redis = new RedisProperties();

    /** Whether a cache or group that nothing is set for is created when it is asked for. Else that is an error. */
    private boolean createUnknown = true;

    /** Whether writes through Spring's annotations and cache manager wait for the transaction to be committed. */
    private boolean transactionAware;

    /** Whether Spring's annotations and cache manager keep null: for negative-ttl, else for ttl. */
    private boolean cacheNullValues = true;

    /** Whether calls of Spring's Cacheable methods are coalesced even without sync = true. */
    private boolean coalesceCacheable = true;

    /** Whether the logging context (MDC) of the caller goes along to loads on other threads. */
    private boolean propagateMdc = true;

    @NestedConfigurationProperty
    private final Endpoint endpoint = new Endpoint();

    @NestedConfigurationProperty
    private final Observations observations = new Observations();

    public CacheProperties getDefaults() {
        return defaults;
    }

    public Map<String, CacheProperties> getCaches() {
        return caches;
    }

    public Map<String, FlightProperties> getGroups() {
        return groups;
    }

    public Map<String, StreamProperties> getStreams() {
        return streams;
    }

    public RedisProperties getRedis() {
        return redis;
    }

    public boolean isCreateUnknown() {
        return createUnknown;
    }

    public void setCreateUnknown(boolean createUnknown) {
        this.createUnknown = createUnknown;
    }

    public boolean isTransactionAware() {
        return transactionAware;
    }

    public void setTransactionAware(boolean transactionAware) {
        this.transactionAware = transactionAware;
    }

    public boolean isCacheNullValues() {
        return cacheNullValues;
    }

    public void setCacheNullValues(boolean cacheNullValues) {
        this.cacheNullValues = cacheNullValues;
    }

    public boolean isCoalesceCacheable() {
        return coalesceCacheable;
    }

    public void setCoalesceCacheable(boolean coalesceCacheable) {
        this.coalesceCacheable = coalesceCacheable;
    }

    public boolean isPropagateMdc() {
        return propagateMdc;
    }

    public void setPropagateMdc(boolean propagateMdc) {
        this.propagateMdc = propagateMdc;
    }

    public Endpoint getEndpoint() {
        return endpoint;
    }

    public Observations getObservations() {
        return observations;
    }

    /** The actuator endpoint. */
    public static final class Endpoint {
        /** Whether the endpoint shows keys, which may be confidential, rather than a mask. */
        private boolean showKeys;

        public boolean isShowKeys() {
            return showKeys;
        }

        public void setShowKeys(boolean showKeys) {
            this.showKeys = showKeys;
        }
    }

    /** Observations of loads. */
    public static final class Observations {
        /** Whether each load is observed, for traces, where Micrometer's observations are. */
        private boolean enabled = true;

        /** Whether observations carry the key, which may be confidential. */
        private boolean withKeys;

        public boolean isEnabled() {
            return enabled;
        }

        public void setEnabled(boolean enabled) {
            this.enabled = enabled;
        }

        public boolean isWithKeys() {
            return withKeys;
        }

        public void setWithKeys(boolean withKeys) {
            this.withKeys = withKeys;
        }
    }
}
