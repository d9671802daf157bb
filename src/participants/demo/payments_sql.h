// The SQL of the payments service.
#pragma once

namespace saga::demo::payments_sql {

// No CHECK constraints on purpose: the guarded UPDATEs must suffice, and saga-demo-check would see
// it if they did not. Amounts are minor units.
inline constexpr char kSchema[] = R"sql(
CREATE TABLE IF NOT EXISTS accounts (
  customer_id text   PRIMARY KEY,
  currency    text   NOT NULL,
  balance     bigint NOT NULL DEFAULT 0,  -- Free.
  held        bigint NOT NULL DEFAULT 0,  -- By authorizations.
  captured    bigint NOT NULL DEFAULT 0,  -- Taken for good.
  deposited   bigint NOT NULL DEFAULT 0   -- All that ever came.
) WITH (fillfactor = 50);
CREATE TABLE IF NOT EXISTS authorizations (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  saga        text   NOT NULL,
  order_id    text   NOT NULL,
  customer_id text   NOT NULL,
  amount      bigint NOT NULL,
  state       text   NOT NULL  -- held, voided, captured
);
CREATE INDEX IF NOT EXISTS authorizations_saga ON authorizations (saga);
INSERT INTO accounts (customer_id, currency, balance, deposited)
  SELECT 'cust-' || n, 'EUR', 1000000000, 1000000000 FROM generate_series(1, 100) AS n
  ON CONFLICT DO NOTHING;
INSERT INTO accounts (customer_id, currency) VALUES ('cust-poor', 'EUR') ON CONFLICT DO NOTHING;
)sql";

// $1 customer, $2 amount, $3 currency. The guard is in the same statement: no row = not enough, or
// no such account.
inline constexpr char kHold[] =
    "UPDATE accounts SET balance = balance - $2, held = held + $2 "
    "WHERE customer_id = $1 AND currency = $3 AND balance >= $2";
// $1 saga, $2 order, $3 customer, $4 amount.
inline constexpr char kAddAuthorization[] =
    "INSERT INTO authorizations (saga, order_id, customer_id, amount, state) "
    "VALUES ($1, $2, $3, $4, 'held') RETURNING id";
// $1 saga, $2 order.
inline constexpr char kVoid[] =
    "UPDATE authorizations SET state = 'voided' "
    "WHERE saga = $1 AND order_id = $2 AND state = 'held' RETURNING customer_id, amount";
// $1 customer, $2 amount.
inline constexpr char kGiveBack[] =
    "UPDATE accounts SET balance = balance + $2, held = held - $2 WHERE customer_id = $1";
// $1 authorization, $2 order.
inline constexpr char kCapture[] =
    "UPDATE authorizations SET state = 'captured' "
    "WHERE id::text = $1 AND order_id = $2 AND state = 'held' RETURNING customer_id, amount";
// $1 customer, $2 amount.
inline constexpr char kTake[] =
    "UPDATE accounts SET held = held - $2, captured = captured + $2 WHERE customer_id = $1 "
    "RETURNING currency";
// $1 customer, $2 amount, $3 currency. No row = the account has another currency.
inline constexpr char kDeposit[] =
    "INSERT INTO accounts AS a (customer_id, balance, deposited, currency) "
    "VALUES ($1, $2, $2, $3) ON CONFLICT (customer_id) DO UPDATE "
    "SET balance = a.balance + $2, deposited = a.deposited + $2 WHERE a.currency = $3 "
    "RETURNING balance";
inline constexpr char kGet[] =
    "SELECT currency, balance, held, captured FROM accounts WHERE customer_id = $1";

}  // namespace saga::demo::payments_sql
