// Work that is accepted: what becomes of it, and how it is reported.
#include <gtest/gtest.h>

#include <deque>

#include "base/mutex.h"
#include "integration/participants/demo/shop.h"
#include "saga/v1/participant_service.grpc.pb.h"
#include "shop/cash/v1/cashier.grpc.pb.h"
#include "support/wait.h"

namespace saga::demo {
namespace {

using shop::cash::v1::Cashier;
using test::WaitUntil;

constexpr std::chrono::seconds kPatience{20};

// Takes reports as sagad does; answers with the given codes first, then with OK.
class Reports final : public saga::v1::ParticipantService::Service {
 public:
  Reports() {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
  }

  grpc::Status ReportStepOutcome(grpc::ServerContext* /*context*/,
                                 const saga::v1::ReportStepOutcomeRequest* request,
                                 saga::v1::ReportStepOutcomeResponse* /*response*/) override {
    MutexLock lock(mutex_);
    seen_.push_back(*request);
    if (answers_.empty()) return grpc::Status::OK;
    const grpc::StatusCode code = answers_.front();
    answers_.pop_front();
    return {code, "as told"};
  }

  void AnswerFirst(std::deque<grpc::StatusCode> answers) {
    MutexLock lock(mutex_);
    answers_ = std::move(answers);
  }
  std::vector<saga::v1::ReportStepOutcomeRequest> seen() {
    MutexLock lock(mutex_);
    return seen_;
  }
  std::string address() const { return fmt::format("127.0.0.1:{}", port_); }

 private:
  int port_ = 0;
  Mutex mutex_;
  std::deque<grpc::StatusCode> answers_ SAGA_GUARDED_BY(mutex_);
  std::vector<saga::v1::ReportStepOutcomeRequest> seen_ SAGA_GUARDED_BY(mutex_);
  std::unique_ptr<grpc::Server> server_;
};

class OutcomesTest : public ::testing::Test {
 protected:
  struct Answer {
    grpc::Status status;
    std::string outcome;  // Of the trailer.
    std::string payment;
  };

  Answer Request(const char* card, const char* token = "token-1") {
    grpc::ClientContext context;
    Prepare(context, {.step = "pay", .task_token = token});
    shop::cash::v1::RequestPaymentRequest request;
    request.set_order_id("o-1");
    request.set_card(card);
    request.mutable_amount()->set_currency("EUR");
    request.mutable_amount()->set_minor_units(500);
    shop::cash::v1::RequestPaymentResponse response;
    Answer answer{stub_->RequestPayment(&context, request, &response), "", response.payment_id()};
    const auto& trailers = context.GetServerTrailingMetadata();
    const auto found = trailers.find("saga-outcome");
    if (found != trailers.end()) answer.outcome = {found->second.data(), found->second.size()};
    return answer;
  }
  bool Close() {
    grpc::ClientContext context;
    Prepare(context, {.step = "pay", .operation = "undo"});
    shop::cash::v1::ClosePaymentRequest request;
    request.set_order_id("o-1");
    shop::cash::v1::ClosePaymentResponse response;
    return stub_->ClosePayment(&context, request, &response).ok();
  }
  std::string Refund(const std::string& saga, const std::string& payment) {
    grpc::ClientContext context;
    Prepare(context, {.saga = saga, .step = "refund"});
    shop::cash::v1::RefundRequest request;
    request.set_payment_id(payment);
    shop::cash::v1::RefundResponse response;
    return ReasonOf(stub_->Refund(&context, request, &response));
  }
  bool Becomes(const std::string& sql, const std::string& value) {
    return WaitUntil(kPatience, [&] { return shop_.Value(sql) == value; });
  }

  static constexpr char kState[] = "SELECT state FROM cashier.payments";
  static constexpr char kRefunds[] = "SELECT count(*) FROM cashier.refunds";

  Reports reports_;
  Shop shop_{"cashier", "", reports_.address()};
  const std::unique_ptr<Cashier::Stub> stub_ = Cashier::NewStub(shop_.channel());
};

TEST_F(OutcomesTest, AnAcceptedCallSaysSoAndIsReportedWithItsToken) {
  const Answer answer = Request("paid");

  EXPECT_TRUE(answer.status.ok());
  EXPECT_EQ(answer.outcome, "accepted");
  ASSERT_TRUE(WaitUntil(kPatience, [&] { return !reports_.seen().empty(); }));
  const saga::v1::ReportStepOutcomeRequest report = reports_.seen().front();
  EXPECT_EQ(report.task_token(), "token-1");
  EXPECT_EQ(report.output().type(), "shop.cash.v1.RequestPaymentResponse");
  shop::cash::v1::RequestPaymentResponse output;
  ASSERT_TRUE(output.ParseFromString(report.output().protobuf()));
  EXPECT_EQ(output.payment_id(), answer.payment);
  EXPECT_EQ(shop_.Value(kState), "paid") << "it happens before it is told";
}

TEST_F(OutcomesTest, ARepeatedCallIsAcceptedAgainAndHappensOnce) {
  const Answer first = Request("paid");
  const Answer again = Request("paid");

  EXPECT_EQ(again.outcome, "accepted");
  EXPECT_EQ(again.payment, first.payment);
  EXPECT_EQ(shop_.Value("SELECT count(*) FROM cashier.outcomes"), "1");
}

TEST_F(OutcomesTest, ACallWithoutATokenIsRefused) {
  const Answer answer = Request("paid", "");

  EXPECT_EQ(ReasonOf(answer.status), "NOT_ASYNC");
  EXPECT_EQ(answer.outcome, "");
  EXPECT_EQ(shop_.Value("SELECT count(*) FROM cashier.payments"), "0");
}

TEST_F(OutcomesTest, AReportThatFailsIsRepeatedUntilItIsTaken) {
  reports_.AnswerFirst({grpc::StatusCode::UNAVAILABLE, grpc::StatusCode::DEADLINE_EXCEEDED});
  Request("paid");

  EXPECT_TRUE(Becomes("SELECT taken FROM cashier.outcomes", "1"));
  EXPECT_EQ(reports_.seen().size(), 3U);
}

TEST_F(OutcomesTest, AReportThatIsRefusedForGoodIsKeptWithItsAnswer) {
  reports_.AnswerFirst({grpc::StatusCode::FAILED_PRECONDITION});
  Request("paid");

  EXPECT_TRUE(Becomes("SELECT answer FROM cashier.outcomes", "as told"));
  EXPECT_EQ(shop_.Value("SELECT reports_left FROM cashier.outcomes"), "0");
  EXPECT_EQ(reports_.seen().size(), 1U);
}

TEST_F(OutcomesTest, TheProviderMayCallBackThriceOrSayNo) {
  Request("paid-thrice");
  EXPECT_TRUE(Becomes("SELECT taken FROM cashier.outcomes", "3"));

  Shop other("cashier", "", reports_.address());
  const auto stub = Cashier::NewStub(other.channel());
  grpc::ClientContext context;
  Prepare(context, {.step = "pay", .task_token = "token-2"});
  shop::cash::v1::RequestPaymentRequest request;
  request.set_card("refused");
  request.mutable_amount()->set_currency("EUR");
  request.mutable_amount()->set_minor_units(500);
  shop::cash::v1::RequestPaymentResponse response;
  EXPECT_TRUE(stub->RequestPayment(&context, request, &response).ok());
  ASSERT_TRUE(WaitUntil(kPatience, [&] { return reports_.seen().size() == 4; }));
  EXPECT_EQ(reports_.seen().back().task_token(), "token-2");
  EXPECT_EQ(reports_.seen().back().failure().reason(), "CARD_REFUSED");
  EXPECT_EQ(other.Value(kState), "refused");
}

TEST_F(OutcomesTest, ClosingAPaidOnePaysItBackAndARefundFindsNothingLeft) {
  const Answer answer = Request("paid");
  ASSERT_TRUE(Becomes(kState, "paid"));

  EXPECT_TRUE(Close());
  EXPECT_EQ(shop_.Value(kRefunds), "1");
  EXPECT_EQ(Refund("refund-1", answer.payment), "");

  EXPECT_EQ(shop_.Value(kRefunds), "1");
}

TEST_F(OutcomesTest, ClosingASilentOnePaysNothingBack) {
  const Answer answer = Request("silent");

  EXPECT_TRUE(Close());

  EXPECT_EQ(shop_.Value(kRefunds), "0");
  EXPECT_EQ(Refund("refund-1", answer.payment), "NOT_PAID");
  EXPECT_EQ(Refund("refund-2", "4711"), "PAYMENT_UNKNOWN");
}

TEST_F(OutcomesTest, WhatIsPaidAfterTheCloseIsPaidBackByOneRefund) {
  const Answer answer = Request("silent");
  EXPECT_TRUE(Close());
  shop_.Value("UPDATE cashier.payments SET state = 'paid' RETURNING id");

  EXPECT_EQ(Refund("refund-1", answer.payment), "");
  EXPECT_EQ(Refund("refund-2", answer.payment), "") << "another saga, and nothing left";

  EXPECT_EQ(shop_.Value(kRefunds), "1");
  EXPECT_EQ(shop_.Value("SELECT amount FROM cashier.refunds"), "500");
}

}  // namespace
}  // namespace saga::demo
