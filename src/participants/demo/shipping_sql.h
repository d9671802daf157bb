// The SQL of the shipping service.
#pragma once

namespace saga::demo::shipping_sql {

inline constexpr char kSchema[] = R"sql(
CREATE TABLE IF NOT EXISTS countries (
  code text PRIMARY KEY  -- Parcels go there.
);
CREATE TABLE IF NOT EXISTS shipments (
  id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  saga     text NOT NULL,
  order_id text NOT NULL,
  country  text NOT NULL,
  created  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS shipments_saga ON shipments (saga);
CREATE INDEX IF NOT EXISTS shipments_order ON shipments (order_id);
INSERT INTO countries VALUES ('AT'), ('BE'), ('CH'), ('CZ'), ('DE'), ('DK'), ('ES'), ('FR'), ('IT'),
  ('NL'), ('PL'), ('SE') ON CONFLICT DO NOTHING;
)sql";

inline constexpr char kDelivers[] = "SELECT 1 FROM countries WHERE code = $1";
// $1 saga, $2 order, $3 country.
inline constexpr char kAddShipment[] =
    "INSERT INTO shipments (saga, order_id, country) VALUES ($1, $2, $3) RETURNING id";
inline constexpr char kAllow[] = "INSERT INTO countries VALUES ($1) ON CONFLICT DO NOTHING";
inline constexpr char kList[] = "SELECT id FROM shipments WHERE order_id = $1 ORDER BY id";

}  // namespace saga::demo::shipping_sql
