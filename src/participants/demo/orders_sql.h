// The SQL of the orders service.
#pragma once

namespace saga::demo::orders_sql {

// A cancelled order may be placed again, by another saga.
inline constexpr char kSchema[] = R"sql(
CREATE TABLE IF NOT EXISTS orders (
  number      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  order_id    text   NOT NULL,
  saga        text   NOT NULL,
  customer_id text   NOT NULL,
  currency    text   NOT NULL,
  total       bigint NOT NULL,
  state       text   NOT NULL,  -- pending, confirmed, cancelled
  shipment_id text   NOT NULL DEFAULT '',
  created     timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX IF NOT EXISTS orders_order_id ON orders (order_id) WHERE state <> 'cancelled';
CREATE INDEX IF NOT EXISTS orders_saga ON orders (saga);
)sql";

// $1 order, $2 saga, $3 customer, $4 currency, $5 total. No row = there is such an order.
inline constexpr char kCreate[] =
    "INSERT INTO orders (order_id, saga, customer_id, currency, total, state) "
    "VALUES ($1, $2, $3, $4, $5, 'pending') "
    "ON CONFLICT (order_id) WHERE state <> 'cancelled' DO NOTHING RETURNING number";
// $1 order, $2 saga.
inline constexpr char kCancel[] =
    "UPDATE orders SET state = 'cancelled' "
    "WHERE order_id = $1 AND saga = $2 AND state = 'pending'";
inline constexpr char kIsConfirmed[] =
    "SELECT 1 FROM orders WHERE order_id = $1 AND saga = $2 AND state = 'confirmed'";
// $1 order, $2 saga, $3 shipment.
inline constexpr char kConfirm[] =
    "UPDATE orders SET state = 'confirmed', shipment_id = $3 "
    "WHERE order_id = $1 AND saga = $2 AND state = 'pending'";
// $1 order. The last one.
inline constexpr char kGet[] =
    "SELECT state, saga, shipment_id FROM orders WHERE order_id = $1 "
    "ORDER BY number DESC LIMIT 1";

}  // namespace saga::demo::orders_sql
