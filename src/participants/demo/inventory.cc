#include <fmt/format.h>

#include <pqxx/pqxx>

#include "participants/demo/checks.h"
#include "participants/demo/inventory_sql.h"
#include "participants/demo/service.h"
#include "shop/stock/v1/inventory.grpc.pb.h"

namespace saga::demo {
namespace {

using shop::stock::v1::AdjustStockRequest;
using shop::stock::v1::AdjustStockResponse;
using shop::stock::v1::DispatchRequest;
using shop::stock::v1::DispatchResponse;
using shop::stock::v1::GetStockRequest;
using shop::stock::v1::GetStockResponse;
using shop::stock::v1::Inventory;
using shop::stock::v1::ReleaseRequest;
using shop::stock::v1::ReleaseResponse;
using shop::stock::v1::ReserveRequest;
using shop::stock::v1::ReserveResponse;

Status SkuUnknown(const std::string& sku) {
  return Status(StatusCode::kNotFound, "SKU_UNKNOWN", fmt::format("no article '{}'", sku))
      .WithMetadata("sku", sku);
}

Result<ReserveResponse> Reserve(Visit& visit, const ReserveRequest& request) {
  SAGA_ASSIGN_OR_RETURN(const Pieces pieces, PiecesOf(request.lines()));
  for (const auto& [sku, quantity] : pieces) {
    const pqxx::result changed =
        visit.transaction.exec_params(inventory_sql::kReserve, sku, quantity);
    if (changed.affected_rows() > 0) continue;
    if (visit.transaction.exec_params(inventory_sql::kIsKnown, sku).empty()) {
      return SkuUnknown(sku);
    }
    return Status(StatusCode::kFailedPrecondition, "OUT_OF_STOCK",
                  fmt::format("fewer than {} of '{}' are left", quantity, sku))
        .WithMetadata("sku", sku);
  }
  const pqxx::result reservation = visit.transaction.exec_params(
      inventory_sql::kAddReservation, visit.call.saga, request.order_id());
  const std::string id = reservation[0][0].c_str();
  for (const auto& [sku, quantity] : pieces) {
    visit.transaction.exec_params(inventory_sql::kAddLine, id, sku, quantity);
  }
  ReserveResponse response;
  response.set_reservation_id(id);
  return response;
}

// What is reserved for an order by this saga.
Pieces Reserved(Visit& visit, const std::string& order_id) {
  Pieces pieces;
  for (const pqxx::row& row :
       visit.transaction.exec_params(inventory_sql::kReserved, visit.call.saga, order_id)) {
    pieces[row[0].c_str()] = row[1].as<std::int64_t>();
  }
  return pieces;
}

void EndReservation(Visit& visit, const std::string& order_id, const Pieces& pieces,
                    const char* change, const char* state) {
  for (const auto& [sku, quantity] : pieces) {
    visit.transaction.exec_params(change, sku, quantity);
  }
  visit.transaction.exec_params(inventory_sql::kEndReservation, visit.call.saga, order_id, state);
}

Result<ReleaseResponse> Release(Visit& visit, const ReleaseRequest& request) {
  const Pieces pieces = Reserved(visit, request.order_id());
  for (const auto& [sku, quantity] : pieces) {
    if (!visit.faults.stocktake.contains(sku)) continue;
    return Status(StatusCode::kFailedPrecondition, "STOCKTAKE",
                  fmt::format("the stock of '{}' is being counted: nothing can be put back", sku))
        .WithMetadata("sku", sku);
  }
  EndReservation(visit, request.order_id(), pieces, inventory_sql::kRelease, "released");
  return ReleaseResponse();
}

Result<DispatchResponse> Dispatch(Visit& visit, const DispatchRequest& request) {
  const Pieces pieces = Reserved(visit, request.order_id());
  if (pieces.empty()) {
    return Status(StatusCode::kFailedPrecondition, "NOT_RESERVED",
                  fmt::format("nothing is reserved for order '{}'", request.order_id()));
  }
  EndReservation(visit, request.order_id(), pieces, inventory_sql::kDispatch, "dispatched");
  return DispatchResponse();
}

Result<AdjustStockResponse> Adjust(pqxx::dbtransaction& transaction,
                                   const AdjustStockRequest& request) {
  if (request.sku().empty()) return InvalidField("sku", "is empty");
  transaction.exec_params(inventory_sql::kAddSku, request.sku());
  const pqxx::result rows =
      transaction.exec_params(inventory_sql::kAdjust, request.sku(), request.change());
  if (rows.empty()) {
    return Status(StatusCode::kFailedPrecondition, "BELOW_RESERVED",
                  fmt::format("more of '{}' are reserved than would be left", request.sku()));
  }
  AdjustStockResponse response;
  response.set_on_hand(rows[0][0].as<std::int64_t>());
  return response;
}

Result<GetStockResponse> Get(pqxx::dbtransaction& transaction, const GetStockRequest& request) {
  const pqxx::result rows = transaction.exec_params(inventory_sql::kGet, request.sku());
  if (rows.empty()) return SkuUnknown(request.sku());
  GetStockResponse response;
  response.set_on_hand(rows[0][0].as<std::int64_t>());
  response.set_reserved(rows[0][1].as<std::int64_t>());
  response.set_dispatched(rows[0][2].as<std::int64_t>());
  return response;
}

class InventoryService final : public Inventory::CallbackService {
 public:
  explicit InventoryService(Desk& desk) : desk_(desk) {}

  using Context = grpc::CallbackServerContext;
  grpc::ServerUnaryReactor* Reserve(Context* context, const ReserveRequest* request,
                                    ReserveResponse* response) override {
    return desk_.Step(context, request, response, &demo::Reserve);
  }
  grpc::ServerUnaryReactor* Release(Context* context, const ReleaseRequest* request,
                                    ReleaseResponse* response) override {
    return desk_.Step(context, request, response, &demo::Release);
  }
  grpc::ServerUnaryReactor* Dispatch(Context* context, const DispatchRequest* request,
                                     DispatchResponse* response) override {
    return desk_.Step(context, request, response, &demo::Dispatch);
  }
  grpc::ServerUnaryReactor* AdjustStock(Context* context, const AdjustStockRequest* request,
                                        AdjustStockResponse* response) override {
    return desk_.Plain(context, request, response, &Adjust);
  }
  grpc::ServerUnaryReactor* GetStock(Context* context, const GetStockRequest* request,
                                     GetStockResponse* response) override {
    return desk_.Plain(context, request, response, &Get);
  }

 private:
  Desk& desk_;
};

}  // namespace

const ServiceSpec kInventory = {.name = "inventory",
                                .domain = "inventory.shop",
                                .grpc_name = "shop.stock.v1.Inventory",
                                .schema_sql = inventory_sql::kSchema,
                                .make = &MakeService<InventoryService>};

}  // namespace saga::demo
