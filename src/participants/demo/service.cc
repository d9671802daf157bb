#include "participants/demo/service.h"

#include <fmt/format.h>

#include <array>
#include <pqxx/pqxx>

#include "participants/sdk/barrier_schema.h"

namespace saga::demo {

namespace {

constexpr std::array<const ServiceSpec*, 9> kServices{&kOrders,     &kInventory, &kPayments,
                                                      &kPaymentsV2, &kShipping,  &kCashier,
                                                      &kCourier,    &kCustomers, &kTransfers};

}  // namespace

const ServiceSpec* FindService(std::string_view name) {
  for (const ServiceSpec* service : kServices) {
    if (service->name == name) return service;
  }
  return nullptr;
}

std::string ServiceNames() {
  std::string names;
  for (const ServiceSpec* service : kServices) {
    names += fmt::format("{}{}", names.empty() ? "" : ", ", service->name);
  }
  return names;
}

Status PrepareSchema(const std::string& conninfo, const ServiceSpec& service) {
  try {
    pqxx::connection connection(conninfo);
    pqxx::work transaction(connection);
    // IF NOT EXISTS is no protection against two services that start at the same time.
    transaction.exec("SELECT pg_advisory_xact_lock(hashtext('saga-demo'))");
    transaction.exec("SET LOCAL client_min_messages = warning");
    const std::string schema = connection.quote_name(service.schema_name());
    transaction.exec(fmt::format("CREATE SCHEMA IF NOT EXISTS {}", schema));
    transaction.exec(fmt::format("SET LOCAL search_path = {}", schema));
    transaction.exec(sdk::kBarrierSchema);
    if (service.happen != nullptr) transaction.exec(kOutcomesSchema);
    transaction.exec(service.schema_sql);
    transaction.commit();
    return Status::Ok();
  } catch (const std::exception& error) {
    return Status(StatusCode::kUnavailable, "DATABASE_UNAVAILABLE",
                  fmt::format("schema '{}': {}", service.schema_name(), error.what()));
  }
}

}  // namespace saga::demo
