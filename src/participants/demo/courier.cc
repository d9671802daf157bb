#include <fmt/format.h>

#include <pqxx/pqxx>

#include "participants/demo/checks.h"
#include "participants/demo/courier_sql.h"
#include "participants/demo/service.h"
#include "shop/courier/v1/courier.grpc.pb.h"

namespace saga::demo {
namespace {

using shop::courier::v1::Courier;
using shop::courier::v1::DeliverRequest;
using shop::courier::v1::DeliverResponse;

Result<DeliverResponse> Deliver(Visit& visit, const DeliverRequest& request) {
  if (request.order_id().empty()) return InvalidField("order_id", "is empty");
  const pqxx::result rows =
      visit.transaction.exec_params(courier_sql::kOrder, visit.call.saga, request.order_id());
  DeliverResponse response;
  response.set_parcel_id(fmt::format("parcel-{}", rows[0][0].c_str()));
  SAGA_RETURN_IF_ERROR(ExpectOutcome(visit.transaction, visit.call,
                                     {.subject = response.parcel_id(),
                                      .refusal = "",
                                      .after = visit.settings.outcome_after,
                                      .reports = 1},
                                     response));
  return response;
}

void Happened(pqxx::dbtransaction& transaction, const std::string& subject,
              const std::string& /*refusal*/) {
  transaction.exec_params(courier_sql::kGone, subject);
}

class CourierService final : public Courier::CallbackService {
 public:
  explicit CourierService(Desk& desk) : desk_(desk) {}

  using Context = grpc::CallbackServerContext;
  grpc::ServerUnaryReactor* Deliver(Context* context, const DeliverRequest* request,
                                    DeliverResponse* response) override {
    return desk_.Begun(context, request, response, &demo::Deliver);
  }

 private:
  Desk& desk_;
};

}  // namespace

const ServiceSpec kCourier = {.name = "courier",
                              .domain = "courier.shop",
                              .grpc_name = "shop.courier.v1.Courier",
                              .schema_sql = courier_sql::kSchema,
                              .make = &MakeService<CourierService>,
                              .happen = &Happened};

}  // namespace saga::demo
