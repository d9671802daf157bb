-- The demo shop's database, apart from sagad's: the two never share a transaction.
CREATE ROLE demo LOGIN PASSWORD 'demo';
CREATE DATABASE demo OWNER demo;
