#include "participants/demo/payments.h"

#include <fmt/format.h>

#include <pqxx/pqxx>

#include "participants/demo/checks.h"
#include "participants/demo/payments_sql.h"
#include "participants/demo/service.h"
#include "shop/pay/v1/payments.grpc.pb.h"

namespace saga::demo {
namespace {

using shop::pay::v1::AuthorizeRequest;
using shop::pay::v1::AuthorizeResponse;
using shop::pay::v1::CaptureRequest;
using shop::pay::v1::CaptureResponse;
using shop::pay::v1::DepositRequest;
using shop::pay::v1::DepositResponse;
using shop::pay::v1::GetAccountRequest;
using shop::pay::v1::GetAccountResponse;
using shop::pay::v1::Payments;
using shop::pay::v1::VoidRequest;
using shop::pay::v1::VoidResponse;

Status AccountUnknown(const std::string& customer) {
  return Status(StatusCode::kNotFound, "ACCOUNT_UNKNOWN",
                fmt::format("no account of '{}'", customer));
}

}  // namespace

Result<AuthorizeResponse> Authorize(Visit& visit, const AuthorizeRequest& request) {
  SAGA_RETURN_IF_ERROR(CheckAmount(request.amount()));
  const std::int64_t amount = request.amount().minor_units();
  const pqxx::result changed = visit.transaction.exec_params(
      payments_sql::kHold, request.customer_id(), amount, request.amount().currency());
  if (changed.affected_rows() == 0) {
    const pqxx::result account =
        visit.transaction.exec_params(payments_sql::kGet, request.customer_id());
    if (account.empty()) return AccountUnknown(request.customer_id());
    return Status(StatusCode::kFailedPrecondition, "CARD_DECLINED",
                  fmt::format("the account of '{}' does not cover {} {}", request.customer_id(),
                              amount, request.amount().currency()));
  }
  const pqxx::result added =
      visit.transaction.exec_params(payments_sql::kAddAuthorization, visit.call.saga,
                                    request.order_id(), request.customer_id(), amount);
  AuthorizeResponse response;
  response.set_authorization_id(added[0][0].c_str());
  return response;
}

Result<VoidResponse> Void(Visit& visit, const VoidRequest& request) {
  for (const pqxx::row& row :
       visit.transaction.exec_params(payments_sql::kVoid, visit.call.saga, request.order_id())) {
    visit.transaction.exec_params(payments_sql::kGiveBack, row[0].c_str(),
                                  row[1].as<std::int64_t>());
  }
  return VoidResponse();
}

Result<CaptureResponse> Capture(Visit& visit, const CaptureRequest& request) {
  const pqxx::result captured = visit.transaction.exec_params(
      payments_sql::kCapture, request.authorization_id(), request.order_id());
  if (captured.empty()) {
    return Status(StatusCode::kFailedPrecondition, "NOT_HELD",
                  fmt::format("authorization '{}' of order '{}' is not held",
                              request.authorization_id(), request.order_id()));
  }
  const std::int64_t amount = captured[0][1].as<std::int64_t>();
  const pqxx::result account =
      visit.transaction.exec_params(payments_sql::kTake, captured[0][0].c_str(), amount);
  CaptureResponse response;
  response.mutable_amount()->set_currency(account[0][0].c_str());
  response.mutable_amount()->set_minor_units(amount);
  return response;
}

namespace {

Result<DepositResponse> Deposit(pqxx::dbtransaction& transaction, const DepositRequest& request) {
  SAGA_RETURN_IF_ERROR(CheckAmount(request.amount()));
  if (request.customer_id().empty()) return InvalidField("customer_id", "is empty");
  const pqxx::result rows =
      transaction.exec_params(payments_sql::kDeposit, request.customer_id(),
                              request.amount().minor_units(), request.amount().currency());
  if (rows.empty()) return InvalidField("amount.currency", "is not the account's");
  DepositResponse response;
  response.set_balance(rows[0][0].as<std::int64_t>());
  return response;
}

Result<GetAccountResponse> Get(pqxx::dbtransaction& transaction, const GetAccountRequest& request) {
  const pqxx::result rows = transaction.exec_params(payments_sql::kGet, request.customer_id());
  if (rows.empty()) return AccountUnknown(request.customer_id());
  GetAccountResponse response;
  response.set_currency(rows[0][0].c_str());
  response.set_balance(rows[0][1].as<std::int64_t>());
  response.set_held(rows[0][2].as<std::int64_t>());
  response.set_captured(rows[0][3].as<std::int64_t>());
  return response;
}

class PaymentsService final : public Payments::CallbackService {
 public:
  explicit PaymentsService(Desk& desk) : desk_(desk) {}

  using Context = grpc::CallbackServerContext;
  grpc::ServerUnaryReactor* Authorize(Context* context, const AuthorizeRequest* request,
                                      AuthorizeResponse* response) override {
    return desk_.Step(context, request, response, &demo::Authorize);
  }
  grpc::ServerUnaryReactor* Void(Context* context, const VoidRequest* request,
                                 VoidResponse* response) override {
    return desk_.Step(context, request, response, &demo::Void);
  }
  grpc::ServerUnaryReactor* Capture(Context* context, const CaptureRequest* request,
                                    CaptureResponse* response) override {
    return desk_.Step(context, request, response, &demo::Capture);
  }
  grpc::ServerUnaryReactor* Deposit(Context* context, const DepositRequest* request,
                                    DepositResponse* response) override {
    return desk_.Plain(context, request, response, &demo::Deposit);
  }
  grpc::ServerUnaryReactor* GetAccount(Context* context, const GetAccountRequest* request,
                                       GetAccountResponse* response) override {
    return desk_.Plain(context, request, response, &Get);
  }

 private:
  Desk& desk_;
};

}  // namespace

const ServiceSpec kPayments = {.name = "payments",
                               .domain = "payments.shop",
                               .grpc_name = "shop.pay.v1.Payments",
                               .schema_sql = payments_sql::kSchema,
                               .make = &MakeService<PaymentsService>};

}  // namespace saga::demo
