// The SQL of the customers service.
#pragma once

namespace saga::demo::customers_sql {

// No unique keys on purpose: the barrier must suffice, and saga-demo-check would see it if it did
// not.
inline constexpr char kSchema[] = R"sql(
CREATE TABLE IF NOT EXISTS letters (saga text NOT NULL, order_id text NOT NULL);
CREATE TABLE IF NOT EXISTS coupons (
  saga text NOT NULL, customer_id text NOT NULL, order_id text NOT NULL, coupon text NOT NULL
);
CREATE TABLE IF NOT EXISTS points (
  saga text NOT NULL, customer_id text NOT NULL, order_id text NOT NULL, points bigint NOT NULL
);
CREATE TABLE IF NOT EXISTS point_accounts (
  customer_id text PRIMARY KEY, balance bigint NOT NULL
) WITH (fillfactor = 50);
)sql";

// $1 saga, $2 order.
inline constexpr char kWrite[] = "INSERT INTO letters VALUES ($1, $2)";
// $1 saga, $2 customer, $3 order, $4 coupon.
inline constexpr char kRedeem[] = "INSERT INTO coupons VALUES ($1, $2, $3, $4)";
// $1 saga, $2 customer, $3 order, $4 points.
inline constexpr char kAddPoints[] = "INSERT INTO points VALUES ($1, $2, $3, $4)";
// $1 customer, $2 points.
inline constexpr char kAddBalance[] =
    "INSERT INTO point_accounts AS a VALUES ($1, $2) ON CONFLICT (customer_id) "
    "DO UPDATE SET balance = a.balance + $2 RETURNING balance";

}  // namespace saga::demo::customers_sql
