#include <fmt/format.h>

#include <pqxx/pqxx>

#include "participants/demo/checks.h"
#include "participants/demo/service.h"
#include "participants/demo/transfers_sql.h"
#include "shop/transfer/v1/transfers.grpc.pb.h"

namespace saga::demo {
namespace {

using shop::transfer::v1::BroadcastRequest;
using shop::transfer::v1::BroadcastResponse;
using shop::transfer::v1::ChargeRequest;
using shop::transfer::v1::ChargeResponse;
using shop::transfer::v1::CheckQuoteRequest;
using shop::transfer::v1::CheckQuoteResponse;
using shop::transfer::v1::PayBackRequest;
using shop::transfer::v1::PayBackResponse;
using shop::transfer::v1::QuoteRequest;
using shop::transfer::v1::QuoteResponse;
using shop::transfer::v1::SettleRequest;
using shop::transfer::v1::SettleResponse;
using shop::transfer::v1::Transfers;

constexpr std::int64_t kFeeWithoutSeries = 100;
constexpr std::int64_t kReservePercent = 150;  // A quote asks so much of the fee of now.

std::int64_t MillisNow() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

// The series begins again when it is over.
std::int64_t FeeAt(const Settings& settings, std::int64_t millis) {
  if (settings.fees.empty()) return kFeeWithoutSeries;
  const auto step = static_cast<std::size_t>(millis / kFeeStep.count());
  return settings.fees[step % settings.fees.size()];
}

Result<QuoteResponse> Quote(Visit& visit, const QuoteRequest& /*request*/) {
  const std::int64_t now = MillisNow();
  QuoteResponse response;
  response.set_fee(FeeAt(visit.settings, now) * kReservePercent / 100);
  response.set_expires_ms(now + visit.settings.quote_valid.count());
  return response;
}

Result<ChargeResponse> Charge(Visit& visit, const ChargeRequest& request) {
  if (request.amount() <= 0 || request.amount() > kAmountMax || request.fee() < 0 ||
      request.fee() > kAmountMax) {
    return InvalidField("amount", "is no amount");
  }
  const pqxx::result taken = visit.transaction.exec_params(
      transfers_sql::kTake, request.customer_id(), request.amount() + request.fee());
  if (taken.affected_rows() == 0) {
    return Status(StatusCode::kFailedPrecondition, "NO_FUNDS",
                  fmt::format("the wallet of '{}' does not cover it", request.customer_id()));
  }
  visit.transaction.exec_params(transfers_sql::kAdd, request.transfer_id(), visit.call.saga,
                                request.customer_id(), request.amount(), request.fee());
  return ChargeResponse();
}

Result<PayBackResponse> PayBack(Visit& visit, const PayBackRequest& /*request*/) {
  for (const pqxx::row& row :
       visit.transaction.exec_params(transfers_sql::kPayBack, visit.call.saga)) {
    visit.transaction.exec_params(transfers_sql::kGive, row[0].c_str(), row[1].as<std::int64_t>());
  }
  return PayBackResponse();
}

Result<CheckQuoteResponse> CheckQuote(Visit& visit, const CheckQuoteRequest& request) {
  const std::int64_t now = MillisNow();
  CheckQuoteResponse response;
  response.set_fee(FeeAt(visit.settings, now));
  response.set_expired(now >= request.expires_ms());
  visit.transaction.exec_params(transfers_sql::kChecked, visit.call.saga, response.fee(),
                                response.expired());
  return response;
}

// The network takes the fee of the moment in which it takes the transfer, and no more than allowed.
Result<BroadcastResponse> Broadcast(Visit& visit, const BroadcastRequest& request) {
  const std::int64_t then = MillisNow() + visit.settings.outcome_after.count();
  BroadcastResponse response;
  response.set_fee(std::min(FeeAt(visit.settings, then), request.fee_max()));
  const pqxx::result sent = visit.transaction.exec_params(transfers_sql::kSend, visit.call.saga,
                                                          response.fee(), request.fee_max());
  if (sent.empty()) {
    return Status(StatusCode::kFailedPrecondition, "NOT_CHARGED",
                  fmt::format("transfer '{}' is not paid for", request.transfer_id()));
  }
  SAGA_RETURN_IF_ERROR(ExpectOutcome(visit.transaction, visit.call,
                                     {.subject = visit.call.saga,
                                      .refusal = "",
                                      .after = visit.settings.outcome_after,
                                      .reports = 1},
                                     response));
  return response;
}

void Happened(pqxx::dbtransaction& transaction, const std::string& subject,
              const std::string& /*refusal*/) {
  transaction.exec_params(transfers_sql::kReceived, subject);
}

Result<SettleResponse> Settle(Visit& visit, const SettleRequest& request) {
  const pqxx::result rows =
      visit.transaction.exec_params(transfers_sql::kSettle, visit.call.saga, request.fee());
  if (rows.empty()) {
    return Status(StatusCode::kFailedPrecondition, "NOT_RECEIVED",
                  fmt::format("the network has not taken transfer '{}' for {}",
                              request.transfer_id(), request.fee()));
  }
  SettleResponse response;
  response.set_returned(rows[0][1].as<std::int64_t>());
  visit.transaction.exec_params(transfers_sql::kGive, rows[0][0].c_str(), response.returned());
  return response;
}

class TransfersService final : public Transfers::CallbackService {
 public:
  explicit TransfersService(Desk& desk) : desk_(desk) {}

  using Context = grpc::CallbackServerContext;
  grpc::ServerUnaryReactor* Quote(Context* context, const QuoteRequest* request,
                                  QuoteResponse* response) override {
    return desk_.Step(context, request, response, &demo::Quote);
  }
  grpc::ServerUnaryReactor* Charge(Context* context, const ChargeRequest* request,
                                   ChargeResponse* response) override {
    return desk_.Step(context, request, response, &demo::Charge);
  }
  grpc::ServerUnaryReactor* PayBack(Context* context, const PayBackRequest* request,
                                    PayBackResponse* response) override {
    return desk_.Step(context, request, response, &demo::PayBack);
  }
  grpc::ServerUnaryReactor* CheckQuote(Context* context, const CheckQuoteRequest* request,
                                       CheckQuoteResponse* response) override {
    return desk_.Step(context, request, response, &demo::CheckQuote);
  }
  grpc::ServerUnaryReactor* Broadcast(Context* context, const BroadcastRequest* request,
                                      BroadcastResponse* response) override {
    return desk_.Begun(context, request, response, &demo::Broadcast);
  }
  grpc::ServerUnaryReactor* Settle(Context* context, const SettleRequest* request,
                                   SettleResponse* response) override {
    return desk_.Step(context, request, response, &demo::Settle);
  }

 private:
  Desk& desk_;
};

}  // namespace

const ServiceSpec kTransfers = {.name = "transfers",
                                .domain = "transfers.shop",
                                .grpc_name = "shop.transfer.v1.Transfers",
                                .schema_sql = transfers_sql::kSchema,
                                .make = &MakeService<TransfersService>,
                                .happen = &Happened};

}  // namespace saga::demo
