// The SQL of the courier.
#pragma once

namespace saga::demo::courier_sql {

inline constexpr char kSchema[] = R"sql(
CREATE TABLE IF NOT EXISTS parcels (
  id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  saga     text NOT NULL,
  order_id text NOT NULL,
  state    text NOT NULL DEFAULT 'ordered'  -- ordered, on its way
);
CREATE INDEX IF NOT EXISTS parcels_saga ON parcels (saga);
)sql";

// $1 saga, $2 order.
inline constexpr char kOrder[] =
    "INSERT INTO parcels (saga, order_id) VALUES ($1, $2) RETURNING id";
// $1 parcel.
inline constexpr char kGone[] =
    "UPDATE parcels SET state = 'on its way' WHERE 'parcel-' || id = $1 AND state = 'ordered'";

}  // namespace saga::demo::courier_sql
