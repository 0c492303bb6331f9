package io.skein.examples.catalogue;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.cache.annotation.EnableCaching;

/** The service. Runs until it is told to end. */
@SpringBootApplication(proxyBeanMethods = false)
@EnableCaching
@EnableConfigurationProperties(CatalogueProperties.class)
public class CatalogueApplication {
    /**
     * Starts it, and says where it is.
     *
     * @param args properties, such as {@code --server.port=9000} and {@code --spring.profiles.active=postgres}
     */
    public static void main(String[] args) {
        var application = SpringApplication.run(CatalogueApplication.class, args);
        var port = application.getEnvironment().getProperty("local.server.port");
        System.out.println("The catalogue is open at http://localhost:" + port + "/ and closes with Ctrl-C.");
    }
}
