// The payments service by another API. Its answers have the same bytes as those of the first
// version: the barrier repeats to one what it has kept for the other.
#include "participants/demo/checks.h"
#include "participants/demo/payments.h"
#include "participants/demo/payments_sql.h"
#include "participants/demo/service.h"
#include "shop/pay/v2/card_holds.grpc.pb.h"

namespace saga::demo {
namespace {

using shop::pay::v2::CardHolds;
using shop::pay::v2::DropRequest;
using shop::pay::v2::DropResponse;
using shop::pay::v2::PlaceRequest;
using shop::pay::v2::PlaceResponse;
using shop::pay::v2::TakeRequest;
using shop::pay::v2::TakeResponse;

constexpr std::int64_t kMillsPerCent = 10;

// The error as this version says it.
Status InThisVersion(const Status& error) {
  if (error.reason() == "CARD_DECLINED") {
    return Status(StatusCode::kAborted, "E_FUNDS", error.message());
  }
  if (error.reason() == "ACCOUNT_UNKNOWN") {
    return Status(StatusCode::kNotFound, "E_BUYER", error.message());
  }
  return error;
}

Result<PlaceResponse> Place(Visit& visit, const PlaceRequest& request) {
  if (request.mills() % kMillsPerCent != 0) {
    return Status(StatusCode::kInvalidArgument, "AMOUNT_INVALID", "mills: are not full cents");
  }
  shop::pay::v1::AuthorizeRequest former;
  former.set_order_id(request.reference());
  former.set_customer_id(request.buyer());
  former.mutable_amount()->set_currency(request.currency());
  former.mutable_amount()->set_minor_units(request.mills() / kMillsPerCent);
  const auto held = Authorize(visit, former);
  if (!held.ok()) return InThisVersion(held.status());
  PlaceResponse response;
  response.set_token(held->authorization_id());
  return response;
}

Result<DropResponse> Drop(Visit& visit, const DropRequest& request) {
  shop::pay::v1::VoidRequest former;
  former.set_order_id(request.reference());
  SAGA_RETURN_IF_ERROR(Void(visit, former).status());
  return DropResponse();
}

Result<TakeResponse> Take(Visit& visit, const TakeRequest& request) {
  shop::pay::v1::CaptureRequest former;
  former.set_order_id(request.reference());
  former.set_authorization_id(request.token());
  SAGA_ASSIGN_OR_RETURN(const auto captured, Capture(visit, former));
  TakeResponse response;
  *response.mutable_taken() = captured.amount();
  return response;
}

class CardHoldsService final : public CardHolds::CallbackService {
 public:
  explicit CardHoldsService(Desk& desk) : desk_(desk) {}

  using Context = grpc::CallbackServerContext;
  grpc::ServerUnaryReactor* Place(Context* context, const PlaceRequest* request,
                                  PlaceResponse* response) override {
    return desk_.Step(context, request, response, &demo::Place);
  }
  grpc::ServerUnaryReactor* Drop(Context* context, const DropRequest* request,
                                 DropResponse* response) override {
    return desk_.Step(context, request, response, &demo::Drop);
  }
  grpc::ServerUnaryReactor* Take(Context* context, const TakeRequest* request,
                                 TakeResponse* response) override {
    return desk_.Step(context, request, response, &demo::Take);
  }

 private:
  Desk& desk_;
};

}  // namespace

const ServiceSpec kPaymentsV2 = {.name = "payments-v2",
                                 .domain = "payments.shop",
                                 .grpc_name = "shop.pay.v2.CardHolds",
                                 .schema_sql = payments_sql::kSchema,
                                 .make = &MakeService<CardHoldsService>,
                                 .schema = "payments"};

}  // namespace saga::demo
