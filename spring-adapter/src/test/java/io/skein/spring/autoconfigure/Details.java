package io.skein.spring.autoconfigure;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.util.ClassUtils;

/** Boot's bean that says where Redis is, in whichever line of Boot the tests run. */
final class Details {
    private static final String ON_3 = "org.springframework.boot.autoconfigure.data.redis.";
    private static final String ON_4 = "org.springframework.boot.data.redis.autoconfigure.Data";

    private static final String PREFIX = ClassUtils.isPresent(ON_4 + "RedisConnectionDetails", null) ? ON_4 : ON_3;

    /** Its type. */
    static final Class<Object> TYPE = type("RedisConnectionDetails");

    private Details() {}

    @SuppressWarnings("unchecked")
    private static Class<Object> type(String name) {
        return (Class<Object>) ClassUtils.resolveClassName(PREFIX + name, null);
    }

    /** @param answers by the names of methods, wherever they are asked for; what is not there is null */
    static Object standalone(Map<String, Object> answers) {
        return of("Standalone", answers);
    }

    static Object sentinel(Map<String, Object> answers) {
        return of("Sentinel", answers);
    }

    static Object cluster(Map<String, Object> answers) {
        return of("Cluster", answers);
    }

    static Object masterReplica(Map<String, Object> answers) {
        return of("MasterReplica", answers);
    }

    static boolean knowsMasterReplica() {
        return Arrays.stream(TYPE.getMethods())
                .anyMatch(method -> method.getName().equals("getMasterReplica"));
    }

    static List<Object> nodes(Map<String, Integer> portsByHost) throws ReflectiveOperationException {
        var maker = type("RedisConnectionDetails$Node").getConstructor(String.class, int.class);
        var nodes = new Object[portsByHost.size()];
        int i = 0;
        for (var node : portsByHost.entrySet()) {
            nodes[i++] = maker.newInstance(node.getKey(), node.getValue());
        }
        return List.of(nodes);
    }

    /** What Boot makes of properties, of none here. */
    static Object ofProperties() throws ReflectiveOperationException {
        var on4 = PREFIX.equals(ON_4);
        var name = on4
                ? "org.springframework.boot.data.redis.autoconfigure.PropertiesDataRedisConnectionDetails"
                : ON_3 + "PropertiesRedisConnectionDetails";
        var properties = type("RedisProperties");
        var maker = ClassUtils.resolveClassName(name, null).getDeclaredConstructor(properties, SslBundles.class);
        maker.setAccessible(true);
        return maker.newInstance(properties.getConstructor().newInstance(), null);
    }

    private static Object of(String kind, Map<String, Object> answers) {
        var place =
                proxy(type("RedisConnectionDetails$" + kind), (proxy, method, arguments) -> answer(answers, method));
        return proxy(
                TYPE,
                (proxy, method, arguments) -> method.getName().equals("get" + kind) ? place : answer(answers, method));
    }

    private static Object answer(Map<String, Object> answers, Method method) {
        var answer = answers.get(method.getName());
        return answer == null && method.getReturnType() == int.class ? Integer.valueOf(0) : answer;
    }

    private static Object proxy(Class<?> type, InvocationHandler handler) {
        return Proxy.newProxyInstance(Details.class.getClassLoader(), new Class<?>[] {type}, handler);
    }
}
