package io.skein.spring.autoconfigure;

import com.github.benmanes.caffeine.cache.Scheduler;
import com.github.benmanes.caffeine.cache.Ticker;
import com.github.benmanes.caffeine.cache.Weigher;
import io.skein.AsyncLoader;
import io.skein.BulkLoader;
import io.skein.Group;
import io.skein.Loader;
import io.skein.cache.AsyncContextLoader;
import io.skein.cache.CoalescingCache;
import io.skein.cache.CoalescingCacheBuilder;
import io.skein.cache.ContextLoader;
import io.skein.cache.Loaded;
import io.skein.event.CacheListener;
import io.skein.event.FlightListener;
import io.skein.spring.CacheCustomizer;
import io.skein.spring.CacheLoaderFor;
import io.skein.spring.GroupCustomizer;
import io.skein.spring.LoadGuard;
import io.skein.spring.Managed;
import io.skein.spring.SkeinRegistry;
import io.skein.spring.SkeinRegistry.Made;
import io.skein.spring.SkeinRegistry.Maker;
import io.skein.stream.StreamGroup;
import io.skein.write.CacheWriter;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.env.Environment;

/** Builds caches and groups from the properties, the beans that load, listen and customize, and the clock's beans. */
final class PropertiesMaker implements Maker {
    private static final System.Logger LOG = System.getLogger(PropertiesMaker.class.getName());

    private final SkeinProperties properties;
    private final ConfigurableListableBeanFactory beans;
    private final Environment environment;
    private final Guards guards;
    private final Tiers tiers;
    private final @Nullable SkeinRegistry parent;
    private volatile @Nullable Map<String, String> loaders;

    /** @param parent the registry of the parent of this application context, if there is one */
    PropertiesMaker(
            SkeinProperties properties,
            ConfigurableListableBeanFactory beans,
            Environment environment,
            Guards guards,
            Tiers tiers,
            @Nullable SkeinRegistry parent) {
        this.parent = parent;
        this.properties = properties;
        this.beans = beans;
        this.environment = environment;
        this.guards = guards;
        this.tiers = tiers;
    }

    // Caches

    @Override
    @SuppressWarnings("unchecked") // whoever asks for a cache knows what is in it
    public Made<CoalescingCache<Object, Object>> cache(String name) {
        var bean = (CoalescingCache<Object, Object>) userDefined(InjectableBeans.CACHE, name, CoalescingCache.class);
        if (bean != null) {
            return adopted(bean, () -> monitors(one -> one.monitor(bean)));
        }
        boolean isKnownHere =
                properties.getCaches().containsKey(name) || loaders().containsValue(name);
        return parent != null && (!isKnownHere || parent.cacheNames().contains(name))
                ? ofParent(parent.managedCache(name))
                : newCache(name);
    }

    private Made<CoalescingCache<Object, Object>> newCache(String name) {
        var own = properties.getCaches().get(name);
        var loaders = loadersFor(name);
        if (own == null && loaders.isEmpty()) {
            checkMayBeCreated("caches", name, properties.getCaches().keySet());
        }
        var sheet = new Sheet<>("caches", name, own, properties.getDefaults(), beans, environment);
        var builder = CoalescingCache.<Object, Object>builder(name);
        apply(sheet, builder, own);
        var guard = guards.of(sheet);
        loaders.forEach(loader -> addLoader(builder, guard, beans.getBean(loader)));
        sheet.applyBean(
                "loader", CacheProperties::getLoader, Object.class, loader -> addNamedLoader(builder, guard, loader));
        clock(builder::ticker, builder::scheduler);
        beans.getBeanProvider(CacheListener.class).orderedStream().forEach(builder::listener);
        beans.getBeanProvider(FlightListener.class).orderedStream().forEach(builder::listener);
        beans.getBeanProvider(CacheCustomizer.class)
                .orderedStream()
                .forEach(customizer -> customizer.customize(name, builder));
        try {
            var cache = builder.build();
            return new Made<>(
                    new Managed<>(cache, guard, sheet.settings()), true, () -> monitors(one -> one.monitor(cache)));
        } catch (IllegalArgumentException e) {
            throw sheet.contradiction(e);
        } catch (IllegalStateException | UncheckedIOException e) {
            throw sheet.isSet("write-behind.journal")
                    ? sheet.invalid(
                            "write-behind.journal",
                            e.getMessage() + (e.getCause() == null ? "" : " (" + e.getCause() + ")"),
                            "Name another file, or mend this one; what is in it stays there until it can be written.",
                            e)
                    : e;
        }
    }

    private void apply(
            Sheet<CacheProperties> sheet,
            CoalescingCacheBuilder<Object, Object> builder,
            @Nullable CacheProperties own) {
        var defaults = properties.getDefaults();
        boolean weighs = own != null && own.getMaximumWeight() != null;
        boolean counts = own != null && own.getMaximumSize() != null;
        sheet.apply("ttl", CacheProperties::getTtl, builder::ttl);
        sheet.apply("ttl-jitter", CacheProperties::getTtlJitter, builder::ttlJitter);
        sheet.apply("refresh-ahead", CacheProperties::getRefreshAhead, builder::refreshAhead);
        sheet.apply("early-refresh", CacheProperties::getEarlyRefresh, builder::earlyRefresh);
        sheet.apply("stale-while-revalidate", CacheProperties::getStaleWhileRevalidate, builder::staleWhileRevalidate);
        sheet.apply("stale-if-error", CacheProperties::getStaleIfError, builder::staleIfError);
        sheet.apply("retry-after-error", CacheProperties::getRetryAfterError, builder::retryAfterError);
        sheet.apply("soft-timeout", CacheProperties::getSoftTimeout, builder::softTimeout);
        sheet.apply("negative-ttl", CacheProperties::getNegativeTtl, builder::negativeTtl);
        var errors = new ArrayList<Class<? extends Throwable>>();
        sheet.apply("errors-to-remember", CacheProperties::getErrorsToRemember, errors::addAll);
        sheet.apply(
                "error-ttl",
                CacheProperties::getErrorTtl,
                (Duration time) -> builder.errorTtl(failure -> isOneOf(failure, errors), time));
        // What the defaults say of the size gives way to what is said here in the other unit.
        sheet.apply(
                "maximum-size", one -> one == defaults && weighs ? null : one.getMaximumSize(), builder::maximumSize);
        sheet.apply(
                "maximum-weight",
                one -> one == defaults && counts ? null : one.getMaximumWeight(),
                weight -> builder.maximumWeight(weight.toBytes()));
        sheet.applyBean(
                "weigher",
                one -> one == defaults && counts ? null : one.getWeigher(),
                Weigher.class,
                weigher -> builder.weigher(uncheckedWeigher(weigher)));
        sheet.apply("max-loads", CacheProperties::getMaxLoads, builder::maxLoads);
        sheet.applyBean(
                "copier",
                CacheProperties::getCopier,
                UnaryOperator.class,
                copier -> builder.copier(uncheckedCopier(copier)));
        sheet.applyBean(
                "write-through",
                CacheProperties::getWriteThrough,
                CacheWriter.class,
                writer -> builder.writeThrough(uncheckedWriter(writer)));
        sheet.applyBean(
                "write-around",
                CacheProperties::getWriteAround,
                CacheWriter.class,
                writer -> builder.writeAround(uncheckedWriter(writer)));
        WriteBehindSheet.apply(sheet, beans, builder, own);
        var sharing = new SharingSheet(sheet, own, properties.getDefaults());
        sharing.apply(tiers, builder);
        types(sheet, builder, sharing.isSpokenOf());
        sheet.apply("caller-timeout", FlightProperties::getCallerTimeout, builder::callerTimeout);
        sheet.apply("load-timeout", FlightProperties::getLoadTimeout, builder::loadTimeout);
        sheet.applyBean("executor", FlightProperties::getExecutor, Executor.class, builder::executor);
        sheet.apply("cancel-when-abandoned", FlightProperties::getCancelWhenAbandoned, builder::cancelWhenAbandoned);
        sheet.apply("max-flights", FlightProperties::getMaxFlights, builder::maxFlights);
        sheet.apply("max-callers-per-flight", FlightProperties::getMaxCallersPerFlight, builder::maxCallersPerFlight);
        sheet.apply("stuck-after", FlightProperties::getStuckAfter, builder::stuckAfter);
        sheet.apply("forget-stuck", FlightProperties::getForgetStuck, builder::forgetStuck);
    }

    private static boolean isOneOf(Throwable failure, List<Class<? extends Throwable>> errors) {
        return errors.isEmpty()
                ? failure instanceof Exception
                : errors.stream().anyMatch(one -> one.isInstance(failure));
    }

    /** @param mayBeHalf whether the type of the values is enough, as sharing needs no other */
    private static void types(
            Sheet<CacheProperties> sheet, CoalescingCacheBuilder<Object, Object> builder, boolean mayBeHalf) {
        var types = new ArrayList<Class<?>>();
        sheet.apply("key-type", CacheProperties::getKeyType, types::add);
        if (types.isEmpty()) {
            sheet.apply("value-type", CacheProperties::getValueType, type -> {
                if (mayBeHalf) {
                    builder.types(Object.class, unchecked(type));
                    return;
                }
                throw sheet.invalid("value-type", "it needs key-type, which is not set", "Set both, or neither.", null);
            });
            return;
        }
        sheet.apply("value-type", CacheProperties::getValueType, types::add);
        if (types.size() == 1) {
            throw sheet.invalid("key-type", "it needs value-type, which is not set", "Set both, or neither.", null);
        }
        builder.types(unchecked(types.get(0)), unchecked(types.get(1)));
    }

    // Loaders

    /** The names of the caches that a bean loads. */
    static Set<String> cachesWithLoader(ConfigurableListableBeanFactory beans) {
        return new LinkedHashSet<>(loaders(beans).values());
    }

    private List<String> loadersFor(String cache) {
        return loaders().entrySet().stream()
                .filter(loader -> loader.getValue().equals(cache))
                .map(Map.Entry::getKey)
                .toList();
    }

    /** Looked for once: the beans are all defined when the first cache is made. Two threads may find the same. */
    private Map<String, String> loaders() {
        var known = loaders;
        if (known == null) {
            known = loaders(beans);
            loaders = known;
        }
        return known;
    }

    /** The names of the beans that load, with the names of their caches. Makes no factory bean before its time. */
    private static Map<String, String> loaders(ConfigurableListableBeanFactory beans) {
        var candidates = new LinkedHashSet<>(List.of(beans.getBeanDefinitionNames()));
        candidates.removeIf(name -> beans.getBeanDefinition(name).isAbstract());
        candidates.addAll(List.of(beans.getSingletonNames()));
        var found = new LinkedHashMap<String, String>();
        for (var bean : candidates) {
            var annotation = beans.findAnnotationOnBean(bean, CacheLoaderFor.class, false);
            if (annotation != null) {
                found.put(bean, annotation.value());
            }
        }
        return found;
    }

    private static void addLoader(CoalescingCacheBuilder<Object, Object> builder, LoadGuard guard, Object bean) {
        if (!addAny(builder, guard, bean)) {
            throw new IllegalStateException("a bean with @CacheLoaderFor must be a Loader, ContextLoader, AsyncLoader,"
                    + " AsyncContextLoader or BulkLoader, was a "
                    + bean.getClass().getName());
        }
    }

    private static void addNamedLoader(CoalescingCacheBuilder<Object, Object> builder, LoadGuard guard, Object bean) {
        if (!addAny(builder, guard, bean)) {
            throw new IllegalArgumentException("the bean must be a Loader, ContextLoader, AsyncLoader,"
                    + " AsyncContextLoader or BulkLoader, was a "
                    + bean.getClass().getName());
        }
    }

    @SuppressWarnings("unchecked") // the application says that they are for this cache
    private static boolean addAny(CoalescingCacheBuilder<Object, Object> builder, LoadGuard guard, Object bean) {
        boolean any = false;
        if (bean instanceof Loader<?, ?> loader) {
            builder.loader(guard.<Object, @Nullable Object>loader((Loader<Object, @Nullable Object>) loader));
            any = true;
        }
        if (bean instanceof ContextLoader<?, ?> loader) {
            builder.contextLoader(guard.contextLoader((ContextLoader<Object, Object>) loader));
            any = true;
        }
        if (bean instanceof AsyncLoader<?, ?> loader) {
            builder.asyncLoader(
                    guard.<Object, @Nullable Object>asyncLoader((AsyncLoader<Object, @Nullable Object>) loader));
            any = true;
        }
        if (bean instanceof AsyncContextLoader<?, ?> loader) {
            var own = (AsyncContextLoader<Object, Object>) loader;
            builder.asyncContextLoader(
                    (key, context) -> guard.<Object, @Nullable Loaded<Object>>asyncLoader(k -> own.load(k, context))
                            .load(key));
            any = true;
        }
        if (bean instanceof BulkLoader<?, ?> loader) {
            builder.bulkLoader(guard.bulkLoader((BulkLoader<Object, Object>) loader));
            any = true;
        }
        return any;
    }

    // Groups

    @Override
    @SuppressWarnings("unchecked") // whoever asks for a group knows what is in it
    public Made<Group<Object, @Nullable Object>> group(String name) {
        var bean = (Group<Object, @Nullable Object>) userDefined(InjectableBeans.GROUP, name, Group.class);
        if (bean != null) {
            return adopted(bean, () -> monitors(one -> one.monitor(bean)));
        }
        return parent != null && parent.groupNames().contains(name)
                ? ofParent(parent.managedGroup(name))
                : newGroup(name);
    }

    private Made<Group<Object, @Nullable Object>> newGroup(String name) {
        var own = properties.getGroups().get(name);
        if (own == null) {
            checkMayBeCreated("groups", name, properties.getGroups().keySet());
            complainOfOthers("groups", "streams", name, properties.getStreams().keySet(), "what comes at once");
        }
        var sheet = new Sheet<FlightProperties>("groups", name, own, properties.getDefaults(), beans, environment);
        var builder = Group.<Object, @Nullable Object>builder(name);
        sheet.apply("caller-timeout", FlightProperties::getCallerTimeout, builder::callerTimeout);
        sheet.apply("load-timeout", FlightProperties::getLoadTimeout, builder::loadTimeout);
        sheet.applyBean("executor", FlightProperties::getExecutor, Executor.class, builder::executor);
        sheet.apply("cancel-when-abandoned", FlightProperties::getCancelWhenAbandoned, builder::cancelWhenAbandoned);
        sheet.apply("max-flights", FlightProperties::getMaxFlights, builder::maxFlights);
        sheet.apply("max-callers-per-flight", FlightProperties::getMaxCallersPerFlight, builder::maxCallersPerFlight);
        sheet.apply("stuck-after", FlightProperties::getStuckAfter, builder::stuckAfter);
        sheet.apply("forget-stuck", FlightProperties::getForgetStuck, builder::forgetStuck);
        var guard = guards.of(sheet);
        clock(builder::ticker, builder::scheduler);
        beans.getBeanProvider(FlightListener.class).orderedStream().forEach(builder::listener);
        beans.getBeanProvider(GroupCustomizer.class)
                .orderedStream()
                .forEach(customizer -> customizer.customize(name, builder));
        try {
            var group = builder.build();
            return new Made<>(
                    new Managed<>(group, guard, sheet.settings()), true, () -> monitors(one -> one.monitor(group)));
        } catch (IllegalArgumentException e) {
            throw sheet.contradiction(e);
        }
    }

    // Streams

    @Override
    @SuppressWarnings("unchecked") // whoever asks for a group knows what its keys are
    public Made<StreamGroup<Object>> streams(String name) {
        var bean = (StreamGroup<Object>) userDefined(InjectableBeans.STREAMS, name, StreamGroup.class);
        if (bean != null) {
            return adopted(bean, () -> monitors(one -> one.monitor(bean)));
        }
        return parent != null && parent.streamNames().contains(name)
                ? ofParent(parent.managedStreams(name))
                : newStreams(name);
    }

    private Made<StreamGroup<Object>> newStreams(String name) {
        var own = properties.getStreams().get(name);
        if (own == null) {
            checkMayBeCreated("streams", name, properties.getStreams().keySet());
            complainOfOthers("streams", "groups", name, properties.getGroups().keySet(), "what comes by and by");
        }
        var sheet = new Sheet<>("streams", name, own, new StreamProperties(), beans, environment);
        var builder = StreamGroup.builder(name);
        StreamSheet.apply(sheet, builder);
        clock(builder::ticker, builder::scheduler);
        beans.getBeanProvider(FlightListener.class).orderedStream().forEach(builder::listener);
        try {
            var group = builder.build();
            return new Made<>(
                    new Managed<>(group, LoadGuard.NONE, sheet.settings()),
                    true,
                    () -> monitors(one -> one.monitor(group)));
        } catch (IllegalArgumentException e) {
            throw sheet.contradiction(e);
        }
    }

    // All

    /** What looks as if it were set, and is not. */
    private static void complainOfOthers(String kind, String other, String name, Set<String> ofOther, String what) {
        if (ofOther.contains(name)) {
            LOG.log(
                    Level.WARNING,
                    Sheet.prefix(other, name) + "* is not for " + what + ", which a method of the group '" + name
                            + "' returns: for this there is " + Sheet.prefix(kind, name) + "*");
        }
    }

    private void checkMayBeCreated(String kind, String name, Set<String> known) {
        if (!properties.isCreateUnknown()) {
            var what = kind.substring(0, kind.length() - 1);
            throw new InvalidPropertyException(
                    Sheet.prefix(kind, name) + "*",
                    "",
                    null,
                    "there is no " + what + " of this name, and skein.create-unknown is false",
                    Suggestion.sentence(name, known, what) + " Or set a property of it.",
                    null);
        }
    }

    /** A bean of the application's own that has the name of the cache or group. */
    private <T> @Nullable T userDefined(String kind, String name, Class<T> type) {
        boolean found =
                beans.containsBean(name) && beans.isTypeMatch(name, type) && !InjectableBeans.isOurs(beans, kind, name);
        return found ? beans.getBean(name, type) : null;
    }

    private static <T extends AutoCloseable> Made<T> adopted(T bean, Runnable kept) {
        return new Made<>(new Managed<>(bean, LoadGuard.NONE, Map.of()), false, kept);
    }

    private static <T extends AutoCloseable> Made<T> ofParent(Managed<T> managed) {
        return new Made<>(managed, false, () -> {});
    }

    private void clock(Consumer<Ticker> ticker, Consumer<Scheduler> scheduler) {
        beans.getBeanProvider(Ticker.class).ifUnique(ticker);
        beans.getBeanProvider(Scheduler.class).ifUnique(scheduler);
    }

    private void monitors(Consumer<Monitor> monitor) {
        beans.getBeanProvider(Monitor.class).orderedStream().forEach(monitor);
    }

    @SuppressWarnings("unchecked")
    private static <K, V> Weigher<K, V> uncheckedWeigher(Weigher<?, ?> weigher) {
        return (Weigher<K, V>) weigher;
    }

    @SuppressWarnings("unchecked")
    private static <V> UnaryOperator<V> uncheckedCopier(UnaryOperator<?> copier) {
        return (UnaryOperator<V>) copier;
    }

    @SuppressWarnings("unchecked") // nothing is known of the bean's types
    private static <K, V> CacheWriter<K, V> uncheckedWriter(CacheWriter<?, ?> writer) {
        return (CacheWriter<K, V>) writer;
    }

    @SuppressWarnings("unchecked") // it is only asked whether something is an instance
    private static Class<Object> unchecked(Class<?> type) {
        return (Class<Object>) type;
    }
}
