#include <fmt/format.h>

#include <pqxx/pqxx>

#include "participants/demo/cashier_sql.h"
#include "participants/demo/checks.h"
#include "participants/demo/service.h"
#include "shop/cash/v1/cashier.grpc.pb.h"

namespace saga::demo {
namespace {

using shop::cash::v1::Cashier;
using shop::cash::v1::ClosePaymentRequest;
using shop::cash::v1::ClosePaymentResponse;
using shop::cash::v1::RefundRequest;
using shop::cash::v1::RefundResponse;
using shop::cash::v1::RequestPaymentRequest;
using shop::cash::v1::RequestPaymentResponse;

// The provider's test cards: how the payment goes, and how often the provider calls back.
struct Card {
  const char* name;
  const char* refusal;
  int callbacks;
  std::chrono::milliseconds Settings::*after;
};
constexpr Card kCards[] = {
    {"paid", "", 1, &Settings::outcome_after},
    {"paid-thrice", "", 3, &Settings::outcome_after},
    {"refused", "CARD_REFUSED", 1, &Settings::outcome_after},
    {"late", "", 1, &Settings::late_after},
    {"silent", "", 0, &Settings::outcome_after},
};

Result<RequestPaymentResponse> RequestPayment(Visit& visit, const RequestPaymentRequest& request) {
  SAGA_RETURN_IF_ERROR(CheckAmount(request.amount()));
  for (const Card& card : kCards) {
    if (card.name != request.card()) continue;
    const pqxx::result rows =
        visit.transaction.exec_params(cashier_sql::kAsk, visit.call.saga, request.order_id(),
                                      request.card(), request.amount().minor_units());
    RequestPaymentResponse response;
    response.set_payment_id(rows[0][0].c_str());
    if (card.callbacks > 0) {
      SAGA_RETURN_IF_ERROR(ExpectOutcome(visit.transaction, visit.call,
                                         {.subject = response.payment_id(),
                                          .refusal = card.refusal,
                                          .after = visit.settings.*card.after,
                                          .reports = card.callbacks},
                                         response));
    }
    return response;
  }
  return Status(StatusCode::kInvalidArgument, "CARD_UNKNOWN",
                fmt::format("no card '{}'", request.card()));
}

void Happened(pqxx::dbtransaction& transaction, const std::string& subject,
              const std::string& refusal) {
  transaction.exec_params(cashier_sql::kAnswered, subject, refusal.empty() ? "paid" : "refused");
}

Result<ClosePaymentResponse> ClosePayment(Visit& visit, const ClosePaymentRequest& request) {
  for (const pqxx::row& row :
       visit.transaction.exec_params(cashier_sql::kClose, visit.call.saga, request.order_id())) {
    if (std::string_view(row[1].c_str()) != "paid") continue;
    visit.transaction.exec_params(cashier_sql::kPayBack, row[0].c_str(), visit.call.saga);
  }
  return ClosePaymentResponse();
}

Result<RefundResponse> Refund(Visit& visit, const RefundRequest& request) {
  const pqxx::result rows = visit.transaction.exec_params(cashier_sql::kLock, request.payment_id());
  if (rows.empty()) {
    return Status(StatusCode::kNotFound, "PAYMENT_UNKNOWN",
                  fmt::format("no payment '{}'", request.payment_id()));
  }
  if (std::string_view(rows[0][0].c_str()) != "paid") {
    return Status(StatusCode::kFailedPrecondition, "NOT_PAID",
                  fmt::format("payment '{}' is {}", request.payment_id(), rows[0][0].c_str()));
  }
  visit.transaction.exec_params(cashier_sql::kPayBack, request.payment_id(), visit.call.saga);
  return RefundResponse();
}

class CashierService final : public Cashier::CallbackService {
 public:
  explicit CashierService(Desk& desk) : desk_(desk) {}

  using Context = grpc::CallbackServerContext;
  grpc::ServerUnaryReactor* RequestPayment(Context* context, const RequestPaymentRequest* request,
                                           RequestPaymentResponse* response) override {
    return desk_.Begun(context, request, response, &demo::RequestPayment);
  }
  grpc::ServerUnaryReactor* ClosePayment(Context* context, const ClosePaymentRequest* request,
                                         ClosePaymentResponse* response) override {
    return desk_.Step(context, request, response, &demo::ClosePayment);
  }
  grpc::ServerUnaryReactor* Refund(Context* context, const RefundRequest* request,
                                   RefundResponse* response) override {
    return desk_.Step(context, request, response, &demo::Refund);
  }

 private:
  Desk& desk_;
};

}  // namespace

const ServiceSpec kCashier = {.name = "cashier",
                              .domain = "cashier.shop",
                              .grpc_name = "shop.cash.v1.Cashier",
                              .schema_sql = cashier_sql::kSchema,
                              .make = &MakeService<CashierService>,
                              .happen = &Happened};

}  // namespace saga::demo
