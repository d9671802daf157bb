#include "participants/demo/check/flow_invariants.h"

#include <fmt/format.h>

#include <array>

namespace saga::demo {
namespace {

constexpr char kAllEnds[] = "SELECT count(*) FROM ends";

constexpr FlowInvariant kEverySagaEnded{
    "every saga has ended", kAllEnds,
    "SELECT saga || ' is in state ' || state FROM ends WHERE state NOT IN (3, 4)"};

constexpr FlowInvariant kOrdersAgree{
    "orders are confirmed, or cancelled, as their sagas ended", kAllEnds,
    R"sql(SELECT e.saga || ' ended in state ' || e.state || ' and has '
    || count(*) FILTER (WHERE o.state = 'confirmed') || ' confirmed, '
    || count(*) FILTER (WHERE o.state = 'pending') || ' pending orders'
  FROM ends e LEFT JOIN orders.orders o USING (saga) GROUP BY e.saga, e.state
  HAVING count(*) FILTER (WHERE o.state = 'confirmed') <> (e.state = 3)::int
    OR count(*) FILTER (WHERE o.state = 'pending') > 0)sql"};

constexpr FlowInvariant kStockAgrees{
    "stock left for succeeded sagas once, and for no others", kAllEnds,
    R"sql(SELECT e.saga || ' ended in state ' || e.state || ' with reservations: '
    || coalesce(string_agg(r.state, ', '), 'none')
  FROM ends e LEFT JOIN inventory.reservations r USING (saga) GROUP BY e.saga, e.state
  HAVING count(r.id) FILTER (WHERE r.state = 'dispatched') <> (e.state = 3)::int
    OR count(r.id) FILTER (WHERE r.state = 'reserved') > 0 OR count(r.id) > 1)sql"};

// For all that ever ran in the shop, other runs included.
constexpr FlowInvariant kStockAddsUp{
    "sold + frozen + free = what there was", "SELECT count(*) FROM inventory.stock",
    R"sql(SELECT s.sku || ': ' || sold || ' sold + ' || frozen || ' frozen + '
    || s.on_hand - s.reserved || ' free, of ' || s.received
  FROM inventory.stock s, LATERAL (
    SELECT coalesce(sum(l.quantity) FILTER (WHERE r.state = 'dispatched'), 0) AS sold,
           coalesce(sum(l.quantity) FILTER (WHERE r.state = 'reserved'), 0) AS frozen
    FROM inventory.reservation_lines l JOIN inventory.reservations r ON r.id = l.reservation
    WHERE l.sku = s.sku) lines
  WHERE sold + frozen + s.on_hand - s.reserved <> s.received OR frozen <> s.reserved
    OR s.on_hand < s.reserved OR s.reserved < 0)sql"};

constexpr std::array kOrderPay{
    kEverySagaEnded,
    FlowInvariant{"every order ended as its card says", kAllEnds,
                  R"sql(SELECT e.saga || ' ended in state ' || e.state || ' with card '
    || coalesce(p.card, 'none')
  FROM ends e LEFT JOIN cashier.payments p USING (saga)
  WHERE p.card IS NULL OR (p.card LIKE 'paid%') <> (e.state = 3))sql"},
    kOrdersAgree,
    kStockAgrees,
    kStockAddsUp,
    FlowInvariant{"what is paid for a confirmed order is kept", kAllEnds,
                  R"sql(SELECT e.saga || ': payment ' || p.id || ' is ' || p.state || ', paid back '
    || (SELECT count(*) FROM cashier.refunds r WHERE r.payment = p.id) || ' times'
  FROM ends e JOIN cashier.payments p USING (saga) WHERE e.state = 3 AND
    (p.state <> 'paid' OR EXISTS (SELECT 1 FROM cashier.refunds r WHERE r.payment = p.id)))sql"},
    FlowInvariant{
        "what is paid for a closed order is paid back once",
        "SELECT count(*) FROM ends e JOIN cashier.payments p USING (saga) WHERE e.state = 4",
        R"sql(SELECT e.saga || ': payment ' || p.id || ' is ' || p.state || ', paid back '
    || count(r.payment) || ' times'
  FROM ends e JOIN cashier.payments p USING (saga) LEFT JOIN cashier.refunds r ON r.payment = p.id
  WHERE e.state = 4 GROUP BY e.saga, p.id, p.state, p.amount
  HAVING count(r.payment) <> (p.state = 'paid')::int
    OR (p.state = 'paid' AND sum(r.amount) <> p.amount))sql"},
    FlowInvariant{
        "every late payment came, and has its refund saga",
        "SELECT count(*) FROM ends e JOIN cashier.payments p USING (saga) WHERE p.card = 'late'",
        R"sql(SELECT e.saga || ': payment ' || p.id || ' is ' || p.state || ', refund saga in state '
    || coalesce(o.state::text, 'none')
  FROM ends e JOIN cashier.payments p USING (saga)
  LEFT JOIN others o ON o.saga = e.saga || '.late.pay' AND o.definition = 'refund-payment'
  WHERE p.card = 'late' AND (p.state <> 'paid' OR o.state IS DISTINCT FROM 3))sql"},
    FlowInvariant{
        "every callback was taken, as often as it came",
        "SELECT count(*) FROM ends e JOIN cashier.payments p USING (saga) WHERE p.card <> 'silent'",
        R"sql(SELECT e.saga || ': ' || o.taken || ' callbacks taken, ' || o.reports_left || ' left '
    || o.answer
  FROM ends e JOIN cashier.payments p USING (saga) JOIN cashier.outcomes o ON o.subject = p.id::text
  WHERE o.taken <> CASE p.card WHEN 'paid-thrice' THEN 3 ELSE 1 END)sql"},
};

constexpr std::array kCheckout{
    kEverySagaEnded,
    kOrdersAgree,
    kStockAgrees,
    kStockAddsUp,
    FlowInvariant{"nothing is frozen at rest",
                  "SELECT count(*) FROM inventory.stock s WHERE EXISTS "
                  "(SELECT 1 FROM ends e JOIN inventory.reservations r USING (saga) "
                  "JOIN inventory.reservation_lines l ON l.reservation = r.id WHERE l.sku = s.sku)",
                  R"sql(SELECT DISTINCT s.sku || ': ' || s.reserved || ' frozen'
  FROM ends e JOIN inventory.reservations r USING (saga)
  JOIN inventory.reservation_lines l ON l.reservation = r.id JOIN inventory.stock s USING (sku)
  WHERE s.reserved <> 0)sql"},
    FlowInvariant{"no hold was both confirmed and cancelled",
                  "SELECT count(*) FROM ends e JOIN inventory.saga_barrier b "
                  "ON split_part(split_part(b.key, '/', 3), ':', 1) = e.saga "
                  "WHERE split_part(b.operation, '#', 1) IN ('confirm', 'cancel')",
                  R"sql(SELECT e.saga || ': ' || string_agg(DISTINCT b.operation, ', ')
  FROM ends e
  JOIN inventory.saga_barrier b ON split_part(split_part(b.key, '/', 3), ':', 1) = e.saga
  WHERE split_part(b.operation, '#', 1) IN ('confirm', 'cancel') GROUP BY e.saga
  HAVING count(DISTINCT split_part(b.operation, '#', 1)) > 1)sql"},
    FlowInvariant{
        "a try that came after its cancel held nothing",
        "SELECT count(*) FROM ends e JOIN inventory.saga_barrier b "
        "ON split_part(split_part(b.key, '/', 3), ':', 1) = e.saga "
        "WHERE b.operation = 'try' AND b.state = 'blocked'",
        R"sql(SELECT e.saga || ': its try was stopped, and it has a reservation: ' || r.state
  FROM ends e
  JOIN inventory.saga_barrier b ON split_part(split_part(b.key, '/', 3), ':', 1) = e.saga
  JOIN inventory.reservations r ON r.saga = e.saga
  WHERE b.operation = 'try' AND b.state = 'blocked')sql"},
    FlowInvariant{"money was taken for succeeded sagas once, and for no others", kAllEnds,
                  R"sql(SELECT e.saga || ' ended in state ' || e.state || ' with authorizations: '
    || coalesce(string_agg(a.state, ', '), 'none')
  FROM ends e LEFT JOIN payments.authorizations a USING (saga) GROUP BY e.saga, e.state
  HAVING count(a.id) FILTER (WHERE a.state = 'captured') <> (e.state = 3)::int
    OR count(a.id) FILTER (WHERE a.state = 'held') > 0)sql"},
    FlowInvariant{"a parcel left for succeeded sagas once, and for no others", kAllEnds,
                  R"sql(SELECT e.saga || ' ended in state ' || e.state || ' with parcels: '
    || coalesce(string_agg(p.state, ', '), 'none')
  FROM ends e LEFT JOIN courier.parcels p USING (saga) GROUP BY e.saga, e.state
  HAVING count(p.id) <> (e.state = 3)::int
    OR count(p.id) FILTER (WHERE p.state <> 'on its way') > 0)sql"},
    FlowInvariant{"no stolen card bought anything",
                  "SELECT count(*) FROM ends WHERE number % 20 = 0",
                  "SELECT saga || ' succeeded' FROM ends WHERE number % 20 = 0 AND state = 3"},
    FlowInvariant{"nobody was written to twice, or for nothing", kAllEnds,
                  R"sql(SELECT e.saga || ' ended in state ' || e.state || ' with ' || count(l.saga)
    || ' letters'
  FROM ends e LEFT JOIN customers.letters l USING (saga) GROUP BY e.saga, e.state
  HAVING count(l.saga) > (e.state = 3)::int)sql"},
};

constexpr std::array kPostPayment{
    kEverySagaEnded,
    FlowInvariant{"no order was given up, whatever its coupon", kAllEnds,
                  "SELECT saga || ' ended in state ' || state FROM ends WHERE state <> 3"},
    kOrdersAgree,
    FlowInvariant{"every order has one shipment", kAllEnds,
                  R"sql(SELECT e.saga || ' has ' || count(s.id) || ' shipments'
  FROM ends e LEFT JOIN shipping.shipments s USING (saga) GROUP BY e.saga HAVING count(s.id) <> 1)sql"},
    FlowInvariant{"every order has its points once", kAllEnds,
                  R"sql(SELECT e.saga || ' has ' || count(p.saga) || ' entries of '
    || coalesce(sum(p.points), 0) || ' points, its total is ' || o.total
  FROM ends e JOIN orders.orders o USING (saga) LEFT JOIN customers.points p USING (saga)
  GROUP BY e.saga, o.total HAVING count(p.saga) <> 1 OR sum(p.points) <> o.total / 100 + 1)sql"},
    FlowInvariant{"good coupons were redeemed once, others never", kAllEnds,
                  R"sql(SELECT e.saga || ' redeemed ' || count(c.saga) || ' coupons'
  FROM ends e LEFT JOIN customers.coupons c USING (saga) GROUP BY e.saga, e.number
  HAVING count(c.saga) <> (e.number % 3 = 1)::int)sql"},
    FlowInvariant{"customers have the sum of their points",
                  "SELECT count(*) FROM customers.point_accounts",
                  R"sql(SELECT a.customer_id || ' has ' || a.balance || ' points, entries of '
    || coalesce(sum(p.points), 0)
  FROM customers.point_accounts a LEFT JOIN customers.points p USING (customer_id)
  GROUP BY a.customer_id, a.balance HAVING a.balance <> coalesce(sum(p.points), 0))sql"},
};

constexpr std::array kQuoteCapPivot{
    kEverySagaEnded,
    FlowInvariant{"money is conserved", "SELECT count(*) FROM transfers.wallets",
                  R"sql(SELECT w.customer_id || ': ' || w.deposited || ' came, ' || w.balance
    || ' is there, ' || coalesce(sum(t.amount + t.fee_charged - t.returned), 0) || ' left'
  FROM transfers.wallets w LEFT JOIN transfers.transfers t USING (customer_id)
  GROUP BY w.customer_id, w.deposited, w.balance
  HAVING w.balance < 0
    OR w.deposited - w.balance <> coalesce(sum(t.amount + t.fee_charged - t.returned), 0))sql"},
    FlowInvariant{"succeeded transfers were sent once and settled", kAllEnds,
                  R"sql(SELECT e.saga || ' ended in state ' || e.state || ' with transfers: '
    || coalesce(string_agg(t.state, ', '), 'none')
  FROM ends e LEFT JOIN transfers.transfers t USING (saga) GROUP BY e.saga, e.state
  HAVING count(t.saga) FILTER (WHERE t.state = 'settled') <> (e.state = 3)::int
    OR count(t.saga) FILTER (WHERE t.state NOT IN ('settled', 'paid back')) > 0
    OR count(t.saga) > 1)sql"},
    FlowInvariant{"customers paid what the network took, not more",
                  "SELECT count(*) FROM ends WHERE state = 3",
                  R"sql(SELECT e.saga || ': charged ' || t.fee_charged || ', taken ' || t.fee_taken
    || ', allowed ' || t.fee_max || ', returned ' || t.returned
  FROM ends e JOIN transfers.transfers t USING (saga)
  WHERE e.state = 3 AND (t.returned <> t.fee_charged - t.fee_taken OR t.fee_taken > t.fee_max))sql"},
    FlowInvariant{"nothing was sent above its cap",
                  "SELECT count(*) FROM ends e JOIN transfers.transfers t USING (saga) "
                  "WHERE t.fee_taken IS NOT NULL",
                  R"sql(SELECT e.saga || ': taken ' || t.fee_taken || ', at most '
    || (ARRAY[90, 130, 180, 400])[e.number % 4 + 1]
  FROM ends e JOIN transfers.transfers t USING (saga)
  WHERE t.fee_taken > (ARRAY[90, 130, 180, 400])[e.number % 4 + 1])sql"},
    FlowInvariant{
        "quote and cap held right before each broadcast",
        "SELECT count(*) FROM ends e JOIN transfers.quote_checks c USING (saga)",
        R"sql(SELECT e.saga || ' was sent; seen before: fee ' || coalesce(c.fee::text, 'none')
    || CASE WHEN c.expired THEN ', expired' ELSE '' END
  FROM ends e JOIN transfers.transfers t USING (saga) LEFT JOIN transfers.quote_checks c USING (saga)
  WHERE t.fee_taken IS NOT NULL AND (c.saga IS NULL OR c.expired OR c.fee > t.fee_max))sql"},
    FlowInvariant{"a price that was refused was never sent",
                  "SELECT count(*) FROM ends e JOIN transfers.quote_checks c USING (saga)",
                  R"sql(SELECT e.saga || ' ended in state ' || e.state || ' after a refused price'
  FROM ends e JOIN transfers.quote_checks c USING (saga) JOIN transfers.transfers t USING (saga)
  WHERE e.state = 3 AND
    (c.expired OR c.fee > t.fee_charged OR c.fee > (ARRAY[90, 130, 180, 400])[e.number % 4 + 1]))sql"},
};

constexpr std::array kFlows{
    FlowCheck{"order-pay", "order-pay", kOrderPay},
    FlowCheck{"checkout", "checkout-hold", kCheckout},
    FlowCheck{"post-payment", "post-payment", kPostPayment},
    FlowCheck{"quote-cap-pivot", "quote-cap-pivot", kQuoteCapPivot},
};

}  // namespace

const FlowCheck* FindFlowCheck(std::string_view name) {
  for (const FlowCheck& flow : kFlows) {
    if (flow.name == name) return &flow;
  }
  return nullptr;
}

std::string FlowCheckNames() {
  std::string names;
  for (const FlowCheck& flow : kFlows) {
    names += fmt::format("{}{}", names.empty() ? "" : ", ", flow.name);
  }
  return names;
}

}  // namespace saga::demo
