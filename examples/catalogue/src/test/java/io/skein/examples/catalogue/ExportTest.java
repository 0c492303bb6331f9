package io.skein.examples.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32;
import java.util.zip.CheckedOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.builder.SpringApplicationBuilder;

/** 200 clients who arrive over two seconds download 50 MB, which are made by one query. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class ExportTest {
    private static final int CLIENTS = 200;
    private static final Duration ARRIVALS = Duration.ofSeconds(2);

    private record Download(long bytes, long checksum) {}

    @Test
    void everyClient_getsTheWholeExport_ofOneQuery() throws Exception {
        var clients = Executors.newScheduledThreadPool(CLIENTS);
        try (var application = new SpringApplicationBuilder(CatalogueApplication.class)
                .run("--server.port=0", "--server.tomcat.threads.max=" + (CLIENTS + 10))) {
            int port = application.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
            var queries = application.getBean(QueryCount.class);
            long before = queries.total();
            var http =
                    HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
            var request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/prices.csv"))
                    .build();

            long start = System.nanoTime();
            var downloads = new ArrayList<Future<Download>>();
            for (int i = 0; i < CLIENTS; i++) {
                downloads.add(clients.schedule(
                        download(http, request), ARRIVALS.toMillis() * i / CLIENTS, TimeUnit.MILLISECONDS));
            }
            for (var download : downloads) {
                download.get();
            }
            long millis = (System.nanoTime() - start) / 1_000_000;
            var query = queries.total() - before;

            var whole = whole(application.getBean(ProductRepository.class));
            for (var download : downloads) {
                assertThat(download.get()).isEqualTo(whole);
            }

            System.out.println(CLIENTS + " clients downloaded " + whole.bytes + " bytes each, " + query + " query, "
                    + millis + " ms");
            assertThat(whole.bytes).isBetween(50_000_000L, 60_000_000L);
            assertThat(query).isEqualTo(1);
        } finally {
            clients.shutdownNow();
        }
    }

    /** What everybody should get. */
    private static Download whole(ProductRepository products) throws IOException {
        var checksum = new CRC32();
        var bytes = new AtomicLong();
        new PriceHistory(products.findAll(), Duration.ZERO)
                .writeTo(new CheckedOutputStream(
                        new OutputStream() {
                            @Override
                            public void write(int one) {
                                bytes.incrementAndGet();
                            }

                            @Override
                            public void write(byte[] some, int offset, int count) {
                                bytes.addAndGet(count);
                            }
                        },
                        checksum));
        return new Download(bytes.get(), checksum.getValue());
    }

    private static Callable<Download> download(HttpClient http, HttpRequest request) {
        return () -> {
            var response = http.send(request, BodyHandlers.ofInputStream());
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.headers().firstValue("Content-Type")).hasValue("text/csv;charset=UTF-8");
            var checksum = new CRC32();
            long bytes = 0;
            try (var in = response.body()) {
                var buffer = new byte[64 * 1024];
                for (int some = in.read(buffer); some >= 0; some = in.read(buffer)) {
                    checksum.update(buffer, 0, some);
                    bytes += some;
                }
            } catch (IOException e) {
                throw new IOException("after " + bytes + " bytes", e);
            }
            return new Download(bytes, checksum.getValue());
        };
    }
}
