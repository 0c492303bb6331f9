package io.skein.spring.autoconfigure;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.RedisURI;
import io.skein.redis.RedisServer;
import io.skein.redis.RedisTier;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.mock.env.MockEnvironment;

/** Where Redis is: a property of our own says it, else a bean of Boot's, else Boot's properties. */
class RedisPlacesTest {
    private static MockEnvironment environment(String... properties) {
        var environment = new MockEnvironment();
        for (var property : properties) {
            int equals = property.indexOf('=');
            environment.setProperty(property.substring(0, equals), property.substring(equals + 1));
        }
        return environment;
    }

    private static RedisPlace place(BootRedis boot, String... properties) {
        var environment = environment(properties);
        var own = Binder.get(environment)
                .bind("skein.redis", Bindable.of(RedisProperties.class))
                .orElseGet(RedisProperties::new);
        var beans = new DefaultListableBeanFactory();
        if (boot != null) {
            beans.registerSingleton("boot", boot);
        }
        return RedisSettings.place(
                own, environment, beans.getBeanProvider(BootRedis.class), beans.getBeanProvider(SslBundles.class));
    }

    private static RedisPlace place(String... properties) {
        return place(null, properties);
    }

    private static String text(RedisURI uri) {
        var credentials = uri.getCredentialsProvider()
                .resolveCredentials()
                .map(some ->
                        some.getUsername() + '/' + (some.hasPassword() ? String.valueOf(some.getPassword()) : "none"))
                .block();
        return (uri.isSsl() ? "tls " : "")
                + uri.getHost()
                + ':'
                + uri.getPort()
                + ' '
                + uri.getDatabase()
                + ' '
                + credentials
                + (uri.getClientName() == null ? "" : " as " + uri.getClientName());
    }

    static Stream<Arguments> standalone() {
        return Stream.of(
                Arguments.of("", "localhost:6379 0 null/none"),
                Arguments.of("host=red port=7 database=3 password=p client-name=shop", "red:7 3 null/p as shop"),
                Arguments.of("username=u password=p", "localhost:6379 0 u/p"),
                Arguments.of("host=red ssl.enabled=true", "tls red:6379 0 null/none"),
                Arguments.of("url=redis://u:p%40x@red:7/3 host=blue", "red:7 3 u/p@x"),
                Arguments.of("url=redis://red", "red:6379 0 null/none"),
                Arguments.of("url=redis://:p@red/", "red:6379 0 null/p"),
                Arguments.of("url=redis://p@red client-name=shop", "red:6379 0 null/p as shop"),
                Arguments.of("url=rediss://red", "tls red:6379 0 null/none"),
                Arguments.of("url=redis://red ssl.enabled=true", "tls red:6379 0 null/none"));
    }

    private static String[] ofBoot(String properties) {
        return Stream.of(properties.split(" "))
                .filter(property -> !property.isEmpty())
                .map(property -> "spring.data.redis." + property)
                .toArray(String[]::new);
    }

    @ParameterizedTest
    @MethodSource("standalone")
    void propertiesOfBoot_sayWhereOneNodeIs(String properties, String expected) {
        var place = place(ofBoot(properties));

        assertThat(place.isCluster()).isFalse();
        assertThat(place.uris())
                .extracting(RedisPlacesTest::text)
                .containsExactly(expected.replace("null/none", none()));
    }

    /** What Lettuce has if there is no password. */
    private static String none() {
        var uri = RedisURI.create("redis://red");
        var text = text(uri);
        return text.substring(text.lastIndexOf(' ') + 1);
    }

    @Test
    void sentinels_goBeforeAUrl_whichLogsIn() {
        var place =
                place(ofBoot("url=rediss://u:p@red/3 sentinel.master=shop sentinel.nodes=a:1,b sentinel.password=s"));

        assertThat(place.uris()).hasSize(1);
        var uri = place.uris().get(0);
        assertThat(uri.getSentinelMasterId()).isEqualTo("shop");
        assertThat(text(uri)).startsWith("tls ").endsWith(" 3 u/p");
        assertThat(uri.getSentinels())
                .extracting(RedisPlacesTest::text)
                .containsExactly("tls a:1 0 null/s", "tls b:26379 0 null/s");
        assertThat(place.address()).isEqualTo("a:1, b:26379");
    }

    @Test
    void aCluster_goesBeforeAUrl() {
        var place = place(ofBoot("url=redis://u:p@red/3 cluster.nodes=a:1,[::1]:2,b client-name=shop"));

        assertThat(place.isCluster()).isTrue();
        assertThat(place.uris())
                .extracting(RedisPlacesTest::text)
                .containsExactly("a:1 0 u/p as shop", "[::1]:2 0 u/p as shop", "b:6379 0 u/p as shop");
    }

    @Test
    void aPropertyOfOurOwn_goesBeforeAll() throws Exception {
        var place = place(
                properties -> {
                    throw new AssertionError("asked");
                },
                "skein.redis.uri=redis://own:1/2",
                "spring.data.redis.cluster.nodes=a:1");

        assertThat(place.isCluster()).isFalse();
        assertThat(place.uris()).extracting(RedisPlacesTest::text).containsExactly("own:1 2 " + none());
    }

    // What cannot be

    static Stream<Arguments> nonsense() {
        return Stream.of(
                Arguments.of("skein.redis.uri", "", "it cannot be read"),
                Arguments.of("skein.redis.uri", "s3cret", "it cannot be read"),
                Arguments.of("skein.redis.uri", "redis://:s3cret%@red", "it cannot be read"),
                Arguments.of("skein.redis.uri", "redis://:s3cret@my_red:1", "it has no host"),
                Arguments.of("spring.data.redis.url", "", "it begins neither"),
                Arguments.of("spring.data.redis.url", "http://:s3cret@red", "it begins neither"),
                Arguments.of("spring.data.redis.url", "redis://:s3cret^@red", "it is not a URL"),
                Arguments.of("spring.data.redis.url", "redis://:s3cret@my_red:1", "it has no host"),
                Arguments.of("spring.data.redis.url", "redis://:s3cret@red:99999", "its port is none"),
                Arguments.of("spring.data.redis.url", "redis://red/s3cret", "after the host"),
                Arguments.of("spring.data.redis.host", " ", "it is empty"),
                Arguments.of("spring.data.redis.port", "s3cret", "it is not what it has to be"),
                Arguments.of("spring.data.redis.port", "99999", "it is not a port"),
                Arguments.of("spring.data.redis.database", "-1", "it is not a number of a database"),
                Arguments.of("spring.data.redis.username", "s3cret", "it needs password"),
                Arguments.of("spring.data.redis.ssl.bundle", "s3cret", "no SSL bundles"),
                Arguments.of("spring.data.redis.sentinel.nodes", "red:s3cret", "there is one whose port is none"),
                Arguments.of("spring.data.redis.sentinel.nodes", "red:0", "there is one whose port is none"),
                Arguments.of("spring.data.redis.sentinel.nodes", ":1", "there is one without a host"),
                Arguments.of("spring.data.redis.sentinel.nodes", "red:1", "it needs sentinel.master"),
                Arguments.of("spring.data.redis.cluster.nodes", "", "it is empty"),
                Arguments.of("spring.data.redis.cluster.nodes", "red:s3cret", "there is one whose port is none"),
                Arguments.of("spring.data.redis.masterreplica.nodes", "red:1", "a master and its replicas"));
    }

    @ParameterizedTest
    @MethodSource("nonsense")
    void whatCannotBe_isNamed_andNotShown(String property, String value, String problem) {
        assertThatThrownBy(() -> place(property + '=' + value))
                .isInstanceOfSatisfying(InvalidPropertyException.class, e -> {
                    assertThat(e.property()).isEqualTo(property);
                    assertThat(e.value()).isEqualTo("******");
                    assertThat(e.problem()).contains(problem);
                })
                .hasNoCause()
                .message()
                .doesNotContain("s3cret");
    }

    // Beans of Boot's

    private static final ApplicationContextRunner APPLICATION = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(SkeinAutoConfiguration.class, SslAutoConfiguration.class));

    private static ApplicationContextRunner with(Object details) {
        return APPLICATION.withBean("details", Details.TYPE, () -> details);
    }

    private static void check(Object details, Consumer<RedisPlace> check, String... properties) {
        with(details).withPropertyValues(properties).run(context -> {
            var boot = context.getBean(BootRedis.class);
            check.accept(place(boot, properties));
        });
    }

    @Test
    void aBeanOfBoots_isConnectedWith() {
        try (var server = new RedisServer()) {
            with(Details.standalone(Map.of("getHost", "127.0.0.1", "getPort", server.port())))
                    .withPropertyValues(
                            "skein.redis.fail-fast=true",
                            "skein.redis.command-timeout=5s",
                            "spring.data.redis.host=nowhere.invalid")
                    .run(context -> assertThat(context.getBean(RedisTier.class).isConnected())
                            .isTrue());
        }
    }

    @Test
    void aBeanOfBoots_logsIn() {
        check(
                Details.standalone(Map.of(
                        "getHost", "red", "getPort", 7, "getDatabase", 3, "getUsername", "u", "getPassword", "p")),
                place -> assertThat(place.uris())
                        .extracting(RedisPlacesTest::text)
                        .containsExactly("red:7 3 u/p as shop"),
                "spring.data.redis.client-name=shop",
                "spring.data.redis.port=9",
                "spring.data.redis.password=other");
    }

    @Test
    void aBeanOfBoots_mayNameSentinels() throws Exception {
        check(
                Details.sentinel(Map.of(
                        "getMaster",
                        "shop",
                        "getNodes",
                        Details.nodes(Map.of("a", 1)),
                        "getDatabase",
                        3,
                        "getPassword",
                        "p",
                        "getSslBundle",
                        SslBundle.systemDefault())),
                place -> {
                    var uri = place.uris().get(0);
                    assertThat(uri.getSentinelMasterId()).isEqualTo("shop");
                    assertThat(text(uri)).startsWith("tls ").endsWith(" 3 null/p");
                    assertThat(uri.getSentinels())
                            .extracting(RedisPlacesTest::text)
                            .containsExactly("tls a:1 0 null/p");
                });
    }

    @Test
    void aBeanOfBoots_mayNameACluster() throws Exception {
        check(Details.cluster(Map.of("getNodes", Details.nodes(Map.of("a", 1)))), place -> {
            assertThat(place.isCluster()).isTrue();
            assertThat(place.uris()).extracting(RedisPlacesTest::text).containsExactly("a:1 0 " + none());
        });
    }

    @Test
    void aBeanOfBoots_isWithTls_ifAUrlSaysSo() {
        check(
                Details.standalone(Map.of("getHost", "red", "getPort", 7)),
                place -> assertThat(place.uris().get(0).isSsl()).isTrue(),
                "spring.data.redis.url=rediss://blue");
    }

    @Test
    void whatABeanOfBoots_cannotBeUsedFor_isTold() throws Exception {
        var useless = new ArrayList<Object>();
        if (Details.knowsMasterReplica()) {
            useless.add(Details.masterReplica(Map.of("getNodes", Details.nodes(Map.of("a", 1)))));
        }
        useless.add(Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Details.TYPE}, (proxy, method, arguments) -> null));
        for (var details : useless) {
            with(details).run(context -> {
                var boot = context.getBean(BootRedis.class);
                assertThatThrownBy(() -> place(boot))
                        .isInstanceOf(InvalidPropertyException.class)
                        .hasMessageContaining("Say by skein.redis.uri where Redis is.");
            });
        }
    }

    @Test
    void whatBootMakesOfProperties_isReadFromThese() throws Exception {
        check(
                Details.ofProperties(),
                place -> assertThat(place.uris())
                        .extracting(RedisPlacesTest::text)
                        .containsExactly("tls red:7 0 " + none()),
                "spring.data.redis.url=rediss://red:7");
    }

    // TLS

    private static final char[] PASSWORD = "changeit".toCharArray();

    private static Path keys(Path folder) throws IOException, InterruptedException {
        var store = folder.resolve("keys.p12");
        var made = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keystore",
                        store.toString(),
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        new String(PASSWORD),
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=test",
                        "-ext",
                        "san=ip:127.0.0.1")
                .inheritIO()
                .start();
        assertThat(made.waitFor()).isZero();
        return store;
    }

    private static SSLServerSocket server(Path keys) throws Exception {
        var store = KeyStore.getInstance(keys.toFile(), PASSWORD);
        var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(store, PASSWORD);
        var context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return (SSLServerSocket)
                context.getServerSocketFactory().createServerSocket(0, 1, InetAddress.getLoopbackAddress());
    }

    /** The first that a client says, decrypted. */
    private static CompletableFuture<String> firstWords(SSLServerSocket server) {
        return CompletableFuture.supplyAsync(() -> {
            try (var client = (SSLSocket) server.accept()) {
                return new String(client.getInputStream().readNBytes(20), US_ASCII);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    @Test
    void anSslBundle_isWhatTlsTrusts(@TempDir Path folder) throws Exception {
        var keys = keys(folder);
        assertThat(Files.exists(keys)).isTrue();
        try (var server = server(keys)) {
            var words = firstWords(server);
            APPLICATION
                    .withPropertyValues(
                            "spring.ssl.bundle.jks.redis.truststore.location=" + keys.toUri(),
                            "spring.ssl.bundle.jks.redis.truststore.type=PKCS12",
                            "spring.ssl.bundle.jks.redis.truststore.password=" + new String(PASSWORD),
                            "spring.data.redis.host=127.0.0.1",
                            "spring.data.redis.port=" + server.getLocalPort(),
                            "spring.data.redis.ssl.bundle=redis")
                    .run(context -> {
                        context.getBean(RedisTier.class);
                        assertThat(words.get(30, TimeUnit.SECONDS)).contains("HELLO");
                    });
        }
    }
}
