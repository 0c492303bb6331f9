package io.skein.examples.catalogue;

import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.DataClassRowMapper;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The table of products. */
@Repository
class ProductRepository {
    private static final String PRODUCT = "select id, name, category, price, version from product";
    private static final String REPORT = """
            select category, count(*) as products, min(price) as lowest_price, max(price) as highest_price,
                sum(version - 1) as changes
            from product group by category order by category""";

    private static final RowMapper<Product> PRODUCT_ROW = DataClassRowMapper.newInstance(Product.class);
    private static final RowMapper<CategoryReport> REPORT_ROW = DataClassRowMapper.newInstance(CategoryReport.class);

    private final JdbcClient database;

    ProductRepository(JdbcClient database) {
        this.database = database;
    }

    Optional<Product> find(long id) {
        return database.sql(PRODUCT + " where id = ?")
                .param(id)
                .query(PRODUCT_ROW)
                .optional();
    }

    List<Product> findAll(String category) {
        return database.sql(PRODUCT + " where category = ? order by id")
                .param(category)
                .query(PRODUCT_ROW)
                .list();
    }

    List<Product> findAll() {
        return database.sql(PRODUCT + " order by id").query(PRODUCT_ROW).list();
    }

    List<CategoryReport> report() {
        return database.sql(REPORT).query(REPORT_ROW).list();
    }

    void setPrice(long id, BigDecimal price) {
        database.sql("update product set price = ?, version = version + 1 where id = ?")
                .params(price, id)
                .update();
    }
}
