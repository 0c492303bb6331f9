package io.skein.examples.catalogue;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Talks to a running catalogue. For any thread. */
final class Browser {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final JsonMapper JSON = new JsonMapper();

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final String root;

    Browser(int port) {
        root = "http://localhost:" + port;
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(root + path)).timeout(PATIENCE);
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return http.send(request(path).build(), BodyHandlers.ofString());
    }

    CompletableFuture<HttpResponse<String>> getLater(String path) {
        return http.sendAsync(request(path).build(), BodyHandlers.ofString());
    }

    HttpResponse<String> setPrice(long id, String price) throws IOException, InterruptedException {
        var body = BodyPublishers.ofString("{\"price\": " + price + "}");
        var request = request("/products/" + id + "/price").header("Content-Type", "application/json");
        return http.send(request.PUT(body).build(), BodyHandlers.ofString());
    }

    /** Sends the form of a product's page. */
    HttpResponse<String> submitPrice(long id, String price) throws IOException, InterruptedException {
        var body = BodyPublishers.ofString("price=" + URLEncoder.encode(price, StandardCharsets.UTF_8));
        var request = request("/products/" + id + ".html").header("Content-Type", "application/x-www-form-urlencoded");
        return http.send(request.POST(body).build(), BodyHandlers.ofString());
    }

    /** The product in an answer that has to be one. */
    static Product product(HttpResponse<String> response) {
        return JSON.readValue(body(response), Product.class);
    }

    /** The products in an answer that has to be some. */
    static List<Product> products(HttpResponse<String> response) {
        return JSON.readValue(body(response), new TypeReference<List<Product>>() {});
    }

    private static String body(HttpResponse<String> response) {
        if (response.statusCode() != 200) {
            throw new AssertionError(response + ": " + response.body());
        }
        return response.body();
    }
}
