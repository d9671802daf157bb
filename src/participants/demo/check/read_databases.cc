#include "participants/demo/check/read_databases.h"

#include <fmt/format.h>

#include <fstream>
#include <pqxx/pqxx>

namespace saga::demo {
namespace {

// $1 namespace. The id is stored as namespace/id. Health 3 and 4: stuck, paused; a pause does not
// forget that the saga is stuck.
constexpr char kSagas[] =
    "SELECT substr(id, length($1::text) + 2), definition, state, revision, "
    "health IN (3, 4) OR stuck_reason <> '' FROM sagas WHERE namespace = $1";
constexpr char kOrders[] = "SELECT order_id, saga, state FROM orders.orders";
constexpr char kStock[] =
    "SELECT sku, on_hand, reserved, dispatched, received FROM inventory.stock ORDER BY sku";
constexpr char kReservations[] = "SELECT id, saga, state FROM inventory.reservations";
constexpr char kLines[] = "SELECT reservation, sku, quantity FROM inventory.reservation_lines";
constexpr char kAccounts[] =
    "SELECT customer_id, balance, held, captured, deposited FROM payments.accounts "
    "ORDER BY customer_id";
constexpr char kAuthorizations[] =
    "SELECT saga, customer_id, amount, state FROM payments.authorizations";
constexpr char kShipments[] = "SELECT saga FROM shipping.shipments";

using Snapshot = pqxx::transaction<pqxx::repeatable_read, pqxx::read_only>;

void ReadSagas(const DatabaseOptions& options, Evidence& evidence) {
  pqxx::connection connection(options.sagad);
  Snapshot snapshot(connection);
  for (const pqxx::row& row : snapshot.exec_params(kSagas, options.name_space)) {
    const std::string id = row[0].c_str();
    if (row[1].c_str() != options.definition) {
      evidence.other_sagas.insert(id);
      continue;
    }
    evidence.sagas[id] = {static_cast<SagaState>(row[2].as<int>()),
                          row[4].as<bool>() ? Flag::kWaitsForAPerson : Flag::kNone,
                          row[3].as<std::uint64_t>()};
  }
}

void ReadInventory(Snapshot& snapshot, Evidence& evidence) {
  for (const pqxx::row& row : snapshot.exec(kStock)) {
    evidence.stock.push_back({row[0].c_str(), row[1].as<std::int64_t>(), row[2].as<std::int64_t>(),
                              row[3].as<std::int64_t>(), row[4].as<std::int64_t>()});
  }
  std::map<std::int64_t, ReservationFact> reservations;
  for (const pqxx::row& row : snapshot.exec(kReservations)) {
    reservations[row[0].as<std::int64_t>()] = {row[1].c_str(), row[2].c_str(), {}};
  }
  for (const pqxx::row& row : snapshot.exec(kLines)) {
    reservations[row[0].as<std::int64_t>()].pieces[row[1].c_str()] = row[2].as<std::int64_t>();
  }
  for (auto& [id, reservation] : reservations) {
    evidence.reservations.push_back(std::move(reservation));
  }
}

void ReadShop(const DatabaseOptions& options, Evidence& evidence) {
  pqxx::connection connection(options.shop);
  Snapshot snapshot(connection);
  for (const pqxx::row& row : snapshot.exec(kOrders)) {
    evidence.orders.push_back({row[0].c_str(), row[1].c_str(), row[2].c_str()});
  }
  ReadInventory(snapshot, evidence);
  for (const pqxx::row& row : snapshot.exec(kAccounts)) {
    evidence.accounts.push_back({row[0].c_str(), row[1].as<std::int64_t>(),
                                 row[2].as<std::int64_t>(), row[3].as<std::int64_t>(),
                                 row[4].as<std::int64_t>()});
  }
  for (const pqxx::row& row : snapshot.exec(kAuthorizations)) {
    evidence.authorizations.push_back(
        {row[0].c_str(), row[1].c_str(), row[2].as<std::int64_t>(), row[3].c_str()});
  }
  for (const pqxx::row& row : snapshot.exec(kShipments)) {
    evidence.shipments.push_back({row[0].c_str()});
  }
}

}  // namespace

Status ReadDatabases(const DatabaseOptions& options, Evidence& evidence) {
  try {
    ReadSagas(options, evidence);
    ReadShop(options, evidence);
    return Status::Ok();
  } catch (const std::exception& error) {
    return Status(StatusCode::kUnavailable, "DATABASE_UNAVAILABLE", error.what());
  }
}

Status ReadAcknowledged(const std::string& path, Evidence& evidence) {
  std::ifstream file(path);
  if (!file) return InvalidField("acknowledged", fmt::format("cannot read '{}'", path));
  evidence.acknowledged.emplace();
  for (std::string line; std::getline(file, line);) {
    if (!line.empty()) evidence.acknowledged->push_back(line);
  }
  return Status::Ok();
}

}  // namespace saga::demo
