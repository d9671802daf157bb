// What the checker looks at: the shop's tables, sagad's rows, the starts that were acknowledged and
// the events, as plain data.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace saga::demo {

// The numbers that sagad stores.
enum class SagaState : std::uint8_t {
  kRunning = 1,
  kCompensating = 2,
  kSucceeded = 3,
  kCompensated = 4,
  kResolved = 5,
};
std::string StateName(SagaState state);
constexpr bool IsEnded(SagaState state) { return state >= SagaState::kSucceeded; }

enum class Flag : std::uint8_t {
  kNone,
  kWaitsForAPerson,  // Stuck or paused.
};

struct SagaFact {
  SagaState state = SagaState::kRunning;
  Flag flag = Flag::kNone;
  std::uint64_t revision = 0;
};

struct OrderFact {
  std::string order_id;
  std::string saga;
  std::string state;  // pending, confirmed, cancelled
};

struct StockFact {
  std::string sku;
  std::int64_t on_hand = 0;
  std::int64_t reserved = 0;
  std::int64_t dispatched = 0;
  std::int64_t received = 0;
};

struct ReservationFact {
  std::string saga;
  std::string state;  // reserved, released, dispatched
  std::map<std::string, std::int64_t> pieces;
};

struct AccountFact {
  std::string customer;
  std::int64_t balance = 0;
  std::int64_t held = 0;
  std::int64_t captured = 0;
  std::int64_t deposited = 0;
};

struct AuthorizationFact {
  std::string saga;
  std::string customer;
  std::int64_t amount = 0;
  std::string state;  // held, voided, captured
};

struct ShipmentFact {
  std::string saga;
};

struct EventFact {
  std::string saga;
  std::uint64_t sequence = 0;
  std::string id;    // ce_id
  std::string type;  // ce_type, e.g. sagad.saga.started.v1
};

struct Evidence {
  std::map<std::string, SagaFact> sagas;  // Of the definition that is checked, by id.
  std::set<std::string> other_sagas;      // Of other definitions.
  std::vector<OrderFact> orders;
  std::vector<StockFact> stock;
  std::vector<ReservationFact> reservations;
  std::vector<AccountFact> accounts;
  std::vector<AuthorizationFact> authorizations;
  std::vector<ShipmentFact> shipments;
  std::optional<std::vector<std::string>> acknowledged;  // Saga ids; absent = not asked for.
  // Of all partitions, each partition in its order; absent = not asked for.
  std::optional<std::vector<EventFact>> events;
};

}  // namespace saga::demo
