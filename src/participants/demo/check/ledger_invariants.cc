#include "participants/demo/check/ledger_invariants.h"

#include <fmt/format.h>

#include <utility>

namespace saga::demo {
namespace {

// What is left of one saga in the four services.
struct Effects {
  int orders_pending = 0;
  int orders_confirmed = 0;
  int reserved = 0;
  int dispatched = 0;
  int money_held = 0;
  int money_captured = 0;
  int shipments = 0;

  bool operator==(const Effects&) const = default;

  std::string Text() const {
    return fmt::format(
        "orders {} pending {} confirmed, stock {} reserved {} dispatched, money {} held {} "
        "captured, {} shipments",
        orders_pending, orders_confirmed, reserved, dispatched, money_held, money_captured,
        shipments);
  }
};

constexpr Effects kNothing{};
constexpr Effects kWholeOrder{
    .orders_confirmed = 1, .dispatched = 1, .money_captured = 1, .shipments = 1};

std::map<std::string, Effects> EffectsBySaga(const Evidence& evidence) {
  std::map<std::string, Effects> effects;
  for (const OrderFact& order : evidence.orders) {
    Effects& of = effects[order.saga];
    of.orders_pending += order.state == "pending" ? 1 : 0;
    of.orders_confirmed += order.state == "confirmed" ? 1 : 0;
  }
  for (const ReservationFact& reservation : evidence.reservations) {
    Effects& of = effects[reservation.saga];
    of.reserved += reservation.state == "reserved" ? 1 : 0;
    of.dispatched += reservation.state == "dispatched" ? 1 : 0;
  }
  for (const AuthorizationFact& authorization : evidence.authorizations) {
    Effects& of = effects[authorization.saga];
    of.money_held += authorization.state == "held" ? 1 : 0;
    of.money_captured += authorization.state == "captured" ? 1 : 0;
  }
  for (const ShipmentFact& shipment : evidence.shipments) ++effects[shipment.saga].shipments;
  return effects;
}

// Every saga in `state` must have left exactly `expected`.
Verdict SagasHave(const Evidence& evidence, SagaState state, const Effects& expected) {
  const std::map<std::string, Effects> effects = EffectsBySaga(evidence);
  Verdict verdict;
  for (const auto& [id, saga] : evidence.sagas) {
    if (saga.state != state) continue;
    ++verdict.looked_at;
    const auto found = effects.find(id);
    const Effects& left = found == effects.end() ? kNothing : found->second;
    if (left != expected) verdict.violations.push_back(fmt::format("{}: {}", id, left.Text()));
  }
  return verdict;
}

}  // namespace

Verdict MoneyIsConserved(const Evidence& evidence) {
  Verdict verdict{evidence.accounts.size(), {}};
  for (const AccountFact& account : evidence.accounts) {
    const std::int64_t there = account.balance + account.held + account.captured;
    if (there == account.deposited) continue;
    verdict.violations.push_back(fmt::format("{}: balance {} + held {} + captured {} is not {}",
                                             account.customer, account.balance, account.held,
                                             account.captured, account.deposited));
  }
  return verdict;
}

Verdict NoAccountIsOverdrawn(const Evidence& evidence) {
  Verdict verdict{evidence.accounts.size(), {}};
  for (const AccountFact& account : evidence.accounts) {
    if (account.balance >= 0 && account.held >= 0 && account.captured >= 0) continue;
    verdict.violations.push_back(fmt::format("{}: balance {}, held {}, captured {}",
                                             account.customer, account.balance, account.held,
                                             account.captured));
  }
  return verdict;
}

Verdict AccountsAgreeWithAuthorizations(const Evidence& evidence) {
  std::map<std::string, std::pair<std::int64_t, std::int64_t>> sums;  // Held, captured.
  for (const AuthorizationFact& authorization : evidence.authorizations) {
    auto& [held, captured] = sums[authorization.customer];
    if (authorization.state == "held") held += authorization.amount;
    if (authorization.state == "captured") captured += authorization.amount;
  }
  Verdict verdict{evidence.accounts.size(), {}};
  for (const AccountFact& account : evidence.accounts) {
    const auto [held, captured] = sums[account.customer];
    if (account.held == held && account.captured == captured) continue;
    verdict.violations.push_back(
        fmt::format("{}: held {} captured {}, by its authorizations {} and {}", account.customer,
                    account.held, account.captured, held, captured));
  }
  return verdict;
}

Verdict StockIsConserved(const Evidence& evidence) {
  Verdict verdict{evidence.stock.size(), {}};
  for (const StockFact& stock : evidence.stock) {
    if (stock.on_hand + stock.dispatched == stock.received) continue;
    verdict.violations.push_back(fmt::format("{}: {} on hand + {} dispatched is not {}", stock.sku,
                                             stock.on_hand, stock.dispatched, stock.received));
  }
  return verdict;
}

Verdict NoStockIsOversold(const Evidence& evidence) {
  Verdict verdict{evidence.stock.size(), {}};
  for (const StockFact& stock : evidence.stock) {
    if (stock.reserved >= 0 && stock.dispatched >= 0 && stock.on_hand >= stock.reserved) continue;
    verdict.violations.push_back(fmt::format("{}: {} on hand, {} reserved, {} dispatched",
                                             stock.sku, stock.on_hand, stock.reserved,
                                             stock.dispatched));
  }
  return verdict;
}

Verdict StockAgreesWithReservations(const Evidence& evidence) {
  std::map<std::string, std::pair<std::int64_t, std::int64_t>> sums;  // Reserved, dispatched.
  for (const ReservationFact& reservation : evidence.reservations) {
    for (const auto& [sku, quantity] : reservation.pieces) {
      if (reservation.state == "reserved") sums[sku].first += quantity;
      if (reservation.state == "dispatched") sums[sku].second += quantity;
    }
  }
  Verdict verdict{evidence.stock.size(), {}};
  for (const StockFact& stock : evidence.stock) {
    const auto [reserved, dispatched] = sums[stock.sku];
    if (stock.reserved == reserved && stock.dispatched == dispatched) continue;
    verdict.violations.push_back(
        fmt::format("{}: {} reserved {} dispatched, by the reservations {} and {}", stock.sku,
                    stock.reserved, stock.dispatched, reserved, dispatched));
  }
  return verdict;
}

Verdict NothingIsHeldForEndedSagas(const Evidence& evidence) {
  const std::map<std::string, Effects> effects = EffectsBySaga(evidence);
  Verdict verdict;
  for (const auto& [id, saga] : evidence.sagas) {
    if (saga.state != SagaState::kSucceeded && saga.state != SagaState::kCompensated) continue;
    ++verdict.looked_at;
    const auto found = effects.find(id);
    if (found == effects.end()) continue;
    const Effects& left = found->second;
    if (left.orders_pending + left.reserved + left.money_held == 0) continue;
    verdict.violations.push_back(
        fmt::format("{} is {}: {}", id, StateName(saga.state), left.Text()));
  }
  return verdict;
}

Verdict SucceededHaveAllOnce(const Evidence& evidence) {
  return SagasHave(evidence, SagaState::kSucceeded, kWholeOrder);
}

Verdict CompensatedHaveNothing(const Evidence& evidence) {
  return SagasHave(evidence, SagaState::kCompensated, kNothing);
}

Verdict EffectsBelongToSagas(const Evidence& evidence) {
  const std::map<std::string, Effects> effects = EffectsBySaga(evidence);
  Verdict verdict{effects.size(), {}};
  for (const auto& [id, left] : effects) {
    if (evidence.sagas.contains(id) || evidence.other_sagas.contains(id)) continue;
    verdict.violations.push_back(fmt::format("no saga '{}': {}", id, left.Text()));
  }
  return verdict;
}

}  // namespace saga::demo
