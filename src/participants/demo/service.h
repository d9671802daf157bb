// One of the demo's services: its tables and its gRPC service.
#pragma once

#include <grpcpp/impl/service_type.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/status.h"
#include "participants/demo/desk.h"
#include "participants/demo/outcomes.h"

namespace saga::demo {

struct ServiceSpec {
  const char* name;    // E.g. orders.
  const char* domain;  // Of its error reasons.
  const char* grpc_name;
  const char* schema_sql;  // Makes its tables where they are missing, and what they begin with.
  std::unique_ptr<grpc::Service> (*make)(Desk&);
  Happen happen = nullptr;       // Of a service that reports outcomes later.
  const char* schema = nullptr;  // Null = its name; else it shares another's tables.

  const char* schema_name() const { return schema != nullptr ? schema : name; }
};

// For ServiceSpec::make.
template <typename Service>
std::unique_ptr<grpc::Service> MakeService(Desk& desk) {
  return std::make_unique<Service>(desk);
}

extern const ServiceSpec kOrders;
extern const ServiceSpec kInventory;
extern const ServiceSpec kPayments;
extern const ServiceSpec kPaymentsV2;
extern const ServiceSpec kShipping;
extern const ServiceSpec kCashier;
extern const ServiceSpec kCourier;
extern const ServiceSpec kCustomers;
extern const ServiceSpec kTransfers;

// Null when there is no such service.
const ServiceSpec* FindService(std::string_view name);
std::string ServiceNames();

// Makes the schema, the barrier's table and the service's own, where they are missing.
Status PrepareSchema(const std::string& conninfo, const ServiceSpec& service);

}  // namespace saga::demo
