insert into product (id, name, category, price, version) values
    (1, 'Sock wool, 420 m', 'wool', 9.80, 1),
    (2, 'Merino, 160 m', 'wool', 8.50, 1),
    (3, 'Alpaca, 100 m', 'wool', 11.90, 1),
    (4, 'Cotton, 125 m', 'cotton', 4.20, 1),
    (5, 'Crochet cotton, 280 m', 'cotton', 5.60, 1),
    (6, 'Knitting needles, 3 mm', 'tools', 7.40, 1),
    (7, 'Crochet hook, 4 mm', 'tools', 5.10, 1),
    (8, 'Swift, of wood', 'tools', 64.00, 1);
