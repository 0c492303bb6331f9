package io.skein.examples.catalogue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

/** The catalogue for programs. */
@RestController
class ProductController {
    private static final MediaType CSV = new MediaType("text", "csv", StandardCharsets.UTF_8);

    private final Catalogue catalogue;

    ProductController(Catalogue catalogue) {
        this.catalogue = catalogue;
    }

    @GetMapping("/products/{id:\\d+}")
    Product product(@PathVariable long id) {
        return catalogue.find(id).orElseThrow(() -> none(id));
    }

    /** Answers when the change has been committed, and is what everybody sees from now on. */
    @PutMapping("/products/{id:\\d+}/price")
    Product change(@PathVariable long id, @RequestBody NewPrice price) {
        return catalogue.changePrice(id, price.checked()).orElseThrow(() -> none(id));
    }

    @GetMapping("/categories/{category}/products")
    List<Product> products(@PathVariable String category) {
        return catalogue.findAll(category);
    }

    @GetMapping("/report")
    List<CategoryReport> report() {
        return catalogue.report();
    }

    @GetMapping("/prices.csv")
    ResponseEntity<StreamingResponseBody> prices() {
        return ResponseEntity.ok().contentType(CSV).body(catalogue.prices());
    }

    static ResponseStatusException none(long id) {
        return new ResponseStatusException(HttpStatus.NOT_FOUND, "there is no product " + id);
    }
}
