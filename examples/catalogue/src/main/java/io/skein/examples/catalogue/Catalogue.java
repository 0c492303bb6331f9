package io.skein.examples.catalogue;

import io.skein.spring.Coalesced;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import org.springframework.cache.annotation.CacheEvict;
import org.springframework.cache.annotation.Caching;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

/**
 * The products. Whoever asks for products after a change has returned sees it, or a later one: with {@code
 * skein.transaction-aware=true} what the change concerns is evicted when it has been committed, and what was being read
 * meanwhile is not kept.
 */
@Service
public class Catalogue {
    private final ProductRepository products;
    private final CatalogueProperties properties;

    Catalogue(ProductRepository products, CatalogueProperties properties) {
        this.products = products;
        this.properties = properties;
    }

    /** The product; that there is none is remembered for a while too. */
    @Coalesced("products")
    public Optional<Product> find(long id) {
        return products.find(id);
    }

    /** The products of a category, in the order of their ids. */
    @Coalesced("categories")
    public List<Product> findAll(String category) {
        return List.copyOf(products.findAll(category));
    }

    /** All categories. Those who ask while it is made get the same report; nothing is kept. */
    @Coalesced(group = "reports")
    public List<CategoryReport> report() {
        return List.copyOf(products.report());
    }

    /**
     * What prices have been, as CSV. It is written once for all who ask meanwhile, each of whom reads it from its beginning: as it
     * was when the first of them asked.
     */
    @Coalesced(group = "exports")
    public StreamingResponseBody prices() {
        return new PriceHistory(products.findAll(), properties.exportTime())::writeTo;
    }

    /**
     * Changes a price.
     *
     * @return the product as it is now; empty if there is none
     */
    @Transactional
    @Caching(
            evict = {
                @CacheEvict(cacheNames = "products", key = "#id"),
                @CacheEvict(
                        cacheNames = "categories",
                        key = "#result.get().category",
                        condition = "#result.isPresent()")
            })
    public Optional<Product> changePrice(long id, BigDecimal price) {
        products.setPrice(id, price);
        return products.find(id);
    }
}
