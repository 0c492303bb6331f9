package io.skein.examples.catalogue;

import io.skein.cache.CoalescingCache;
import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** The catalogue for people: one page for each product. */
@Controller
class PageController {
    private final Catalogue catalogue;
    private final QueryCount queries;
    private final List<CoalescingCache<?, ?>> caches;

    PageController(
            Catalogue catalogue,
            QueryCount queries,
            @Qualifier("products") CoalescingCache<Long, Product> products,
            @Qualifier("categories") CoalescingCache<String, List<Product>> categories) {
        this.catalogue = catalogue;
        this.queries = queries;
        this.caches = List.of(products, categories);
    }

    @GetMapping("/")
    String home() {
        return "redirect:/products/1.html";
    }

    @GetMapping("/products/{id:\\d+}.html")
    String page(@PathVariable long id, Model model) {
        var product = catalogue.find(id).orElseThrow(() -> ProductController.none(id));
        model.addAttribute("product", product);
        model.addAttribute("others", catalogue.findAll(product.category()));
        model.addAttribute("queries", queries.total());
        model.addAttribute("caches", caches);
        return "product";
    }

    @PostMapping("/products/{id:\\d+}.html")
    String change(@PathVariable long id, @RequestParam(required = false) @Nullable BigDecimal price) {
        return catalogue
                .changePrice(id, new NewPrice(price).checked())
                .map(changed -> "redirect:/products/" + changed.id() + ".html")
                .orElseThrow(() -> ProductController.none(id));
    }
}
