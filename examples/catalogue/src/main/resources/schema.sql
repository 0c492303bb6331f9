create table product (
    id bigint primary key,
    name varchar(200) not null,
    category varchar(100) not null,
    price numeric(12, 2) not null,
    version bigint not null
);

create index product_category on product (category);
