// The SQL of the cashier.
#pragma once

namespace saga::demo::cashier_sql {

// Amounts are minor units. A payment is changed by the saga's calls and by the provider, in any
// order: each change is one statement, and the row's lock keeps them apart.
inline constexpr char kSchema[] = R"sql(
CREATE TABLE IF NOT EXISTS payments (
  id       bigint  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  saga     text    NOT NULL,
  order_id text    NOT NULL,
  card     text    NOT NULL,
  amount   bigint  NOT NULL,
  state    text    NOT NULL DEFAULT 'asked',  -- asked, paid, refused
  closed   boolean NOT NULL DEFAULT false     -- Nobody waits for it.
);
CREATE INDEX IF NOT EXISTS payments_saga ON payments (saga);
CREATE TABLE IF NOT EXISTS refunds (
  payment bigint NOT NULL REFERENCES payments,
  saga    text   NOT NULL,  -- Who paid back.
  amount  bigint NOT NULL
);
CREATE INDEX IF NOT EXISTS refunds_payment ON refunds (payment);
)sql";

// $1 saga, $2 order, $3 card, $4 amount.
inline constexpr char kAsk[] =
    "INSERT INTO payments (saga, order_id, card, amount) VALUES ($1, $2, $3, $4) RETURNING id";
// $1 payment, $2 state.
inline constexpr char kAnswered[] =
    "UPDATE payments SET state = $2 WHERE id::text = $1 AND state = 'asked'";
// $1 saga, $2 order.
inline constexpr char kClose[] =
    "UPDATE payments SET closed = true WHERE saga = $1 AND order_id = $2 RETURNING id, state";
// $1 payment. Locks it.
inline constexpr char kLock[] = "SELECT state FROM payments WHERE id::text = $1 FOR UPDATE";
// $1 payment, $2 saga. Requires the lock.
inline constexpr char kPayBack[] =
    "INSERT INTO refunds (payment, saga, amount) SELECT id, $2, amount FROM payments p "
    "WHERE id::text = $1 AND NOT EXISTS (SELECT 1 FROM refunds r WHERE r.payment = p.id)";

}  // namespace saga::demo::cashier_sql
