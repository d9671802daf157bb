#include <fmt/format.h>

#include <pqxx/pqxx>

#include "participants/demo/checks.h"
#include "participants/demo/customers_sql.h"
#include "participants/demo/service.h"
#include "shop/crm/v1/customers.grpc.pb.h"

namespace saga::demo {
namespace {

using shop::crm::v1::AddPointsRequest;
using shop::crm::v1::AddPointsResponse;
using shop::crm::v1::AssessRequest;
using shop::crm::v1::AssessResponse;
using shop::crm::v1::Customers;
using shop::crm::v1::NotifyRequest;
using shop::crm::v1::NotifyResponse;
using shop::crm::v1::RedeemCouponRequest;
using shop::crm::v1::RedeemCouponResponse;

constexpr std::int64_t kHarmless = 10;
constexpr std::int64_t kFraud = 95;

Result<AssessResponse> Assess(Visit& /*visit*/, const AssessRequest& request) {
  AssessResponse response;
  response.set_score(request.card() == "stolen" ? kFraud : kHarmless);
  return response;
}

Result<NotifyResponse> Notify(Visit& visit, const NotifyRequest& request) {
  visit.transaction.exec_params(customers_sql::kWrite, visit.call.saga, request.order_id());
  return NotifyResponse();
}

Result<RedeemCouponResponse> RedeemCoupon(Visit& visit, const RedeemCouponRequest& request) {
  if (request.coupon().empty()) return InvalidField("coupon", "is empty");
  if (request.coupon().rfind("OLD", 0) == 0) {
    return Status(StatusCode::kFailedPrecondition, "COUPON_EXPIRED",
                  fmt::format("coupon '{}' is no longer good", request.coupon()));
  }
  visit.transaction.exec_params(customers_sql::kRedeem, visit.call.saga, request.customer_id(),
                                request.order_id(), request.coupon());
  return RedeemCouponResponse();
}

Result<AddPointsResponse> AddPoints(Visit& visit, const AddPointsRequest& request) {
  if (request.points() <= 0) return InvalidField("points", "is not more than none");
  visit.transaction.exec_params(customers_sql::kAddPoints, visit.call.saga, request.customer_id(),
                                request.order_id(), request.points());
  const pqxx::result rows = visit.transaction.exec_params(customers_sql::kAddBalance,
                                                          request.customer_id(), request.points());
  AddPointsResponse response;
  response.set_balance(rows[0][0].as<std::int64_t>());
  return response;
}

class CustomersService final : public Customers::CallbackService {
 public:
  explicit CustomersService(Desk& desk) : desk_(desk) {}

  using Context = grpc::CallbackServerContext;
  grpc::ServerUnaryReactor* Assess(Context* context, const AssessRequest* request,
                                   AssessResponse* response) override {
    return desk_.Step(context, request, response, &demo::Assess);
  }
  grpc::ServerUnaryReactor* Notify(Context* context, const NotifyRequest* request,
                                   NotifyResponse* response) override {
    return desk_.Step(context, request, response, &demo::Notify);
  }
  grpc::ServerUnaryReactor* RedeemCoupon(Context* context, const RedeemCouponRequest* request,
                                         RedeemCouponResponse* response) override {
    return desk_.Step(context, request, response, &demo::RedeemCoupon);
  }
  grpc::ServerUnaryReactor* AddPoints(Context* context, const AddPointsRequest* request,
                                      AddPointsResponse* response) override {
    return desk_.Step(context, request, response, &demo::AddPoints);
  }

 private:
  Desk& desk_;
};

}  // namespace

const ServiceSpec kCustomers = {.name = "customers",
                                .domain = "customers.shop",
                                .grpc_name = "shop.crm.v1.Customers",
                                .schema_sql = customers_sql::kSchema,
                                .make = &MakeService<CustomersService>};

}  // namespace saga::demo
