package io.skein.spring;

import com.jayway.jsonpath.JsonPath;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/** An application of the kind that is deployed, with a web server, which is talked to by HTTP. */
public final class WebApplication implements AutoCloseable {
    private final HttpClient client = HttpClient.newHttpClient();
    private final ConfigurableApplicationContext context;

    private WebApplication(ConfigurableApplicationContext context) {
        this.context = context;
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Everything {}

    /** What it said. */
    public record Answer(int status, String body) {
        /** What is at a place in it. */
        public <T> T at(String path) {
            return JsonPath.read(body, path);
        }
    }

    /** Starts it, with all endpoints on the web. */
    public static WebApplication start(Class<?> configuration, String... properties) {
        var all = new ArrayList<>(List.of(properties));
        all.add("management.endpoints.web.exposure.include=*");
        return startWithoutEndpoints(configuration, all.toArray(String[]::new));
    }

    /** Starts it with what is exposed by default. */
    public static WebApplication startWithoutEndpoints(Class<?> configuration, String... properties) {
        var arguments = new ArrayList<String>();
        arguments.add("--server.port=0");
        arguments.add("--spring.main.banner-mode=off");
        arguments.add("--logging.level.root=warn");
        List.of(properties).forEach(property -> arguments.add("--" + property));
        var application = new SpringApplication(Everything.class, configuration);
        return new WebApplication(application.run(arguments.toArray(String[]::new)));
    }

    public <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    public ConfigurableApplicationContext context() {
        return context;
    }

    public Answer get(String path) {
        return send("GET", path);
    }

    public Answer delete(String path) {
        return send("DELETE", path);
    }

    private Answer send(String method, String path) {
        var port = context.getEnvironment().getRequiredProperty("local.server.port");
        var request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                .method(method, HttpRequest.BodyPublishers.noBody())
                .build();
        try {
            var response = client.send(request, BodyHandlers.ofString());
            return new Answer(response.statusCode(), response.body());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        context.close();
    }
}
