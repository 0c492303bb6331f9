package io.skein.examples;

/** How much is in the demo's database. */
record ShopSize(int products, int orderLines) {
    static final ShopSize DEFAULT = new ShopSize(200_000, 2_000_000);
}
