// The SQL of the transfers service.
#pragma once

namespace saga::demo::transfers_sql {

// Amounts are minor units. No CHECK constraints on purpose: saga-demo-check would see it.
inline constexpr char kSchema[] = R"sql(
CREATE TABLE IF NOT EXISTS wallets (
  customer_id text   PRIMARY KEY,
  balance     bigint NOT NULL,
  deposited   bigint NOT NULL
) WITH (fillfactor = 50);
CREATE TABLE IF NOT EXISTS transfers (
  transfer_id text   NOT NULL,
  saga        text   NOT NULL,
  customer_id text   NOT NULL,
  amount      bigint NOT NULL,
  fee_charged bigint NOT NULL,
  fee_max     bigint,                       -- The network may take so much.
  fee_taken   bigint,                       -- By the network.
  state       text   NOT NULL DEFAULT 'charged',  -- charged, paid back, sent, received, settled
  returned    bigint NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS transfers_saga ON transfers (saga);
-- What was seen right before each broadcast.
CREATE TABLE IF NOT EXISTS quote_checks (
  saga text NOT NULL, fee bigint NOT NULL, expired boolean NOT NULL
);
INSERT INTO wallets SELECT 'cust-' || n, 1000000000, 1000000000 FROM generate_series(1, 100) AS n
  ON CONFLICT DO NOTHING;
INSERT INTO wallets VALUES ('cust-poor', 0, 0) ON CONFLICT DO NOTHING;
)sql";

// $1 customer, $2 amount with fee. No row = not enough, or no such wallet.
inline constexpr char kTake[] =
    "UPDATE wallets SET balance = balance - $2 WHERE customer_id = $1 AND balance >= $2";
// $1 transfer, $2 saga, $3 customer, $4 amount, $5 fee.
inline constexpr char kAdd[] =
    "INSERT INTO transfers (transfer_id, saga, customer_id, amount, fee_charged) "
    "VALUES ($1, $2, $3, $4, $5)";
// $1 saga.
inline constexpr char kPayBack[] =
    "UPDATE transfers SET state = 'paid back', returned = amount + fee_charged "
    "WHERE saga = $1 AND state = 'charged' RETURNING customer_id, returned";
// $1 customer, $2 amount.
inline constexpr char kGive[] = "UPDATE wallets SET balance = balance + $2 WHERE customer_id = $1";
// $1 saga, $2 fee, $3 expired.
inline constexpr char kChecked[] = "INSERT INTO quote_checks VALUES ($1, $2, $3)";
// $1 saga, $2 fee, $3 most. No row = it is not charged.
inline constexpr char kSend[] =
    "UPDATE transfers SET state = 'sent', fee_taken = $2, fee_max = $3 WHERE saga = $1 AND state = "
    "'charged' "
    "RETURNING transfer_id";
// $1 saga.
inline constexpr char kReceived[] =
    "UPDATE transfers SET state = 'received' WHERE saga = $1 AND state = 'sent'";
// $1 saga, $2 fee.
inline constexpr char kSettle[] =
    "UPDATE transfers SET state = 'settled', returned = fee_charged - $2 "
    "WHERE saga = $1 AND state = 'received' AND fee_taken = $2 RETURNING customer_id, returned";

}  // namespace saga::demo::transfers_sql
