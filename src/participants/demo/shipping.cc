#include <fmt/format.h>

#include <pqxx/pqxx>

#include "participants/demo/service.h"
#include "participants/demo/shipping_sql.h"
#include "shop/ship/v1/shipping.grpc.pb.h"

namespace saga::demo {
namespace {

using shop::ship::v1::AllowCountryRequest;
using shop::ship::v1::AllowCountryResponse;
using shop::ship::v1::CreateShipmentRequest;
using shop::ship::v1::CreateShipmentResponse;
using shop::ship::v1::ListShipmentsRequest;
using shop::ship::v1::ListShipmentsResponse;
using shop::ship::v1::Shipping;

std::string ShipmentId(const pqxx::row& row) { return fmt::format("parcel-{}", row[0].c_str()); }

Result<CreateShipmentResponse> CreateShipment(Visit& visit, const CreateShipmentRequest& request) {
  const std::string& country = request.address().country();
  if (visit.transaction.exec_params(shipping_sql::kDelivers, country).empty()) {
    return Status(StatusCode::kFailedPrecondition, "ADDRESS_UNDELIVERABLE",
                  fmt::format("nobody delivers to country '{}'", country))
        .WithMetadata("country", country);
  }
  const pqxx::result rows = visit.transaction.exec_params(
      shipping_sql::kAddShipment, visit.call.saga, request.order_id(), country);
  CreateShipmentResponse response;
  response.set_shipment_id(ShipmentId(rows[0]));
  return response;
}

Result<AllowCountryResponse> Allow(pqxx::dbtransaction& transaction,
                                   const AllowCountryRequest& request) {
  if (request.country().size() != 2) return InvalidField("country", "has two letters");
  transaction.exec_params(shipping_sql::kAllow, request.country());
  return AllowCountryResponse();
}

Result<ListShipmentsResponse> List(pqxx::dbtransaction& transaction,
                                   const ListShipmentsRequest& request) {
  ListShipmentsResponse response;
  for (const pqxx::row& row : transaction.exec_params(shipping_sql::kList, request.order_id())) {
    response.add_shipment_ids(ShipmentId(row));
  }
  return response;
}

class ShippingService final : public Shipping::CallbackService {
 public:
  explicit ShippingService(Desk& desk) : desk_(desk) {}

  using Context = grpc::CallbackServerContext;
  grpc::ServerUnaryReactor* CreateShipment(Context* context, const CreateShipmentRequest* request,
                                           CreateShipmentResponse* response) override {
    return desk_.Step(context, request, response, &demo::CreateShipment);
  }
  grpc::ServerUnaryReactor* AllowCountry(Context* context, const AllowCountryRequest* request,
                                         AllowCountryResponse* response) override {
    return desk_.Plain(context, request, response, &Allow);
  }
  grpc::ServerUnaryReactor* ListShipments(Context* context, const ListShipmentsRequest* request,
                                          ListShipmentsResponse* response) override {
    return desk_.Plain(context, request, response, &List);
  }

 private:
  Desk& desk_;
};

}  // namespace

const ServiceSpec kShipping = {.name = "shipping",
                               .domain = "shipping.shop",
                               .grpc_name = "shop.ship.v1.Shipping",
                               .schema_sql = shipping_sql::kSchema,
                               .make = &MakeService<ShippingService>};

}  // namespace saga::demo
