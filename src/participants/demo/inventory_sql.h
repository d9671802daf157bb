// The SQL of the inventory service.
#pragma once

namespace saga::demo::inventory_sql {

// No CHECK constraints on purpose: the guarded UPDATEs must suffice, and saga-demo-check would see
// it if they did not.
inline constexpr char kSchema[] = R"sql(
CREATE TABLE IF NOT EXISTS stock (
  sku        text   PRIMARY KEY,
  on_hand    bigint NOT NULL DEFAULT 0,  -- In the warehouse, the reserved ones included.
  reserved   bigint NOT NULL DEFAULT 0,
  dispatched bigint NOT NULL DEFAULT 0,  -- Left for customers.
  received   bigint NOT NULL DEFAULT 0   -- All that ever came, less what a count took away.
) WITH (fillfactor = 50);
CREATE TABLE IF NOT EXISTS reservations (
  id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  saga     text NOT NULL,
  order_id text NOT NULL,
  state    text NOT NULL  -- reserved, released, dispatched
);
CREATE INDEX IF NOT EXISTS reservations_saga ON reservations (saga);
CREATE TABLE IF NOT EXISTS reservation_lines (
  reservation bigint NOT NULL REFERENCES reservations,
  sku         text   NOT NULL,
  quantity    bigint NOT NULL,
  PRIMARY KEY (reservation, sku)
);
INSERT INTO stock (sku, on_hand, received)
  SELECT 'SKU-' || n, 1000000, 1000000 FROM generate_series(1, 20) AS n
  ON CONFLICT DO NOTHING;
INSERT INTO stock (sku) VALUES ('SKU-NONE') ON CONFLICT DO NOTHING;
)sql";

// $1 article, $2 pieces. The guard is in the same statement: no row = not enough, or no such one.
inline constexpr char kReserve[] =
    "UPDATE stock SET reserved = reserved + $2 WHERE sku = $1 AND on_hand - reserved >= $2";
inline constexpr char kIsKnown[] = "SELECT 1 FROM stock WHERE sku = $1";
// $1 saga, $2 order.
inline constexpr char kAddReservation[] =
    "INSERT INTO reservations (saga, order_id, state) VALUES ($1, $2, 'reserved') RETURNING id";
// $1 reservation, $2 article, $3 pieces.
inline constexpr char kAddLine[] = "INSERT INTO reservation_lines VALUES ($1, $2, $3)";
// $1 saga, $2 order. In the order in which everybody locks articles.
inline constexpr char kReserved[] =
    "SELECT l.sku, sum(l.quantity) FROM reservations r "
    "JOIN reservation_lines l ON l.reservation = r.id "
    "WHERE r.saga = $1 AND r.order_id = $2 AND r.state = 'reserved' GROUP BY l.sku ORDER BY l.sku";
// $1 saga, $2 order, $3 state.
inline constexpr char kEndReservation[] =
    "UPDATE reservations SET state = $3 WHERE saga = $1 AND order_id = $2 AND state = 'reserved'";
// $1 article, $2 pieces.
inline constexpr char kRelease[] = "UPDATE stock SET reserved = reserved - $2 WHERE sku = $1";
inline constexpr char kDispatch[] =
    "UPDATE stock SET reserved = reserved - $2, on_hand = on_hand - $2, "
    "dispatched = dispatched + $2 WHERE sku = $1";
// $1 article, $2 change. No row = fewer would be left than are reserved.
inline constexpr char kAdjust[] =
    "UPDATE stock SET on_hand = on_hand + $2, received = received + $2 "
    "WHERE sku = $1 AND on_hand + $2 >= reserved RETURNING on_hand";
inline constexpr char kAddSku[] = "INSERT INTO stock (sku) VALUES ($1) ON CONFLICT DO NOTHING";
inline constexpr char kGet[] = "SELECT on_hand, reserved, dispatched FROM stock WHERE sku = $1";

}  // namespace saga::demo::inventory_sql
