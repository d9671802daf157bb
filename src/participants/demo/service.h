// One of the demo's services: its tables and its gRPC service.
#pragma once

#include <grpcpp/impl/service_type.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/status.h"
#include "participants/demo/desk.h"

namespace saga::demo {

struct ServiceSpec {
  const char* name;    // Also of its schema: orders, inventory, payments, shipping.
  const char* domain;  // Of its error reasons.
  const char* grpc_name;
  const char* schema_sql;  // Makes its tables where they are missing, and what they begin with.
  std::unique_ptr<grpc::Service> (*make)(Desk&);
};

extern const ServiceSpec kOrders;
extern const ServiceSpec kInventory;
extern const ServiceSpec kPayments;
extern const ServiceSpec kShipping;

// Null when there is no such service.
const ServiceSpec* FindService(std::string_view name);

// Makes the schema, the barrier's table and the service's own, where they are missing.
Status PrepareSchema(const std::string& conninfo, const ServiceSpec& service);

}  // namespace saga::demo
