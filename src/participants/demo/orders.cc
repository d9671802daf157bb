#include <fmt/format.h>

#include <pqxx/pqxx>

#include "participants/demo/checks.h"
#include "participants/demo/orders_sql.h"
#include "participants/demo/service.h"
#include "shop/order/v1/orders.grpc.pb.h"

namespace saga::demo {
namespace {

using shop::order::v1::CancelRequest;
using shop::order::v1::CancelResponse;
using shop::order::v1::ConfirmRequest;
using shop::order::v1::ConfirmResponse;
using shop::order::v1::CreateRequest;
using shop::order::v1::CreateResponse;
using shop::order::v1::GetOrderRequest;
using shop::order::v1::GetOrderResponse;
using shop::order::v1::Orders;

Result<CreateResponse> Create(Visit& visit, const CreateRequest& request) {
  if (request.order_id().empty() || request.customer_id().empty()) {
    return Status(StatusCode::kInvalidArgument, "ORDER_INVALID",
                  "an order needs order_id and customer_id");
  }
  SAGA_RETURN_IF_ERROR(PiecesOf(request.lines()).status());
  SAGA_RETURN_IF_ERROR(CheckAmount(request.total()));
  const pqxx::result rows = visit.transaction.exec_params(
      orders_sql::kCreate, request.order_id(), visit.call.saga, request.customer_id(),
      request.total().currency(), request.total().minor_units());
  if (rows.empty()) {
    return Status(StatusCode::kAlreadyExists, "ORDER_EXISTS",
                  fmt::format("order '{}' was placed before", request.order_id()));
  }
  CreateResponse response;
  response.set_order_id(request.order_id());
  return response;
}

Result<CancelResponse> Cancel(Visit& visit, const CancelRequest& request) {
  const pqxx::result changed =
      visit.transaction.exec_params(orders_sql::kCancel, request.order_id(), visit.call.saga);
  if (changed.affected_rows() == 0 &&
      !visit.transaction.exec_params(orders_sql::kIsConfirmed, request.order_id(), visit.call.saga)
           .empty()) {
    return Status(StatusCode::kFailedPrecondition, "ORDER_CONFIRMED",
                  fmt::format("order '{}' is confirmed", request.order_id()));
  }
  return CancelResponse();
}

Result<ConfirmResponse> Confirm(Visit& visit, const ConfirmRequest& request) {
  const pqxx::result changed = visit.transaction.exec_params(
      orders_sql::kConfirm, request.order_id(), visit.call.saga, request.shipment_id());
  if (changed.affected_rows() == 0) {
    return Status(StatusCode::kFailedPrecondition, "ORDER_NOT_PENDING",
                  fmt::format("order '{}' is not pending", request.order_id()));
  }
  return ConfirmResponse();
}

Result<GetOrderResponse> Get(pqxx::dbtransaction& transaction, const GetOrderRequest& request) {
  const pqxx::result rows = transaction.exec_params(orders_sql::kGet, request.order_id());
  if (rows.empty()) {
    return Status(StatusCode::kNotFound, "ORDER_UNKNOWN",
                  fmt::format("no order '{}'", request.order_id()));
  }
  GetOrderResponse response;
  response.set_state(rows[0][0].c_str());
  response.set_saga(rows[0][1].c_str());
  response.set_shipment_id(rows[0][2].c_str());
  return response;
}

class OrdersService final : public Orders::CallbackService {
 public:
  explicit OrdersService(Desk& desk) : desk_(desk) {}

  using Context = grpc::CallbackServerContext;
  grpc::ServerUnaryReactor* Create(Context* context, const CreateRequest* request,
                                   CreateResponse* response) override {
    return desk_.Step(context, request, response, &demo::Create);
  }
  grpc::ServerUnaryReactor* Cancel(Context* context, const CancelRequest* request,
                                   CancelResponse* response) override {
    return desk_.Step(context, request, response, &demo::Cancel);
  }
  grpc::ServerUnaryReactor* Confirm(Context* context, const ConfirmRequest* request,
                                    ConfirmResponse* response) override {
    return desk_.Step(context, request, response, &demo::Confirm);
  }
  grpc::ServerUnaryReactor* GetOrder(Context* context, const GetOrderRequest* request,
                                     GetOrderResponse* response) override {
    return desk_.Plain(context, request, response, &Get);
  }

 private:
  Desk& desk_;
};

}  // namespace

const ServiceSpec kOrders = {.name = "orders",
                             .domain = "orders.shop",
                             .grpc_name = "shop.order.v1.Orders",
                             .schema_sql = orders_sql::kSchema,
                             .make = &MakeService<OrdersService>};

}  // namespace saga::demo
