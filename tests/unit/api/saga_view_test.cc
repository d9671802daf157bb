#include "api/saga_view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/attention.h"
#include "api/event_view.h"

namespace saga::api {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using namespace std::chrono_literals;

constexpr TimePoint kStart = TimePoint(1'000'000s);

// stock (undo) -> card (undo, pivot follows) -> ship.
DefinitionRef OrderDefinition() {
  const auto call = [](std::string method) {
    return Call{.participant = "shop", .method = std::move(method), .retry = {.attempts = 3}};
  };
  Definition definition{.name_space = "default", .name = "order", .version = 7, .owner = "team"};
  definition.runbook = "https://runbooks.example/order";
  definition.steps = {
      Step{.id = "stock", .action = call("Reserve"), .undo = call("Release")},
      Step{.id = "card", .after = {ToStep(0)}, .action = call("Pay"), .pivot = true}};
  auto made = Definition::Make(std::move(definition));
  EXPECT_TRUE(made.ok()) << made.status().ToString();
  return *made;
}

class OneDefinition final : public DefinitionResolver {
 public:
  DefinitionRef Find(const std::string&, const std::string& name, std::uint32_t) const override {
    return name == "order" ? definition_ : nullptr;
  }

 private:
  const DefinitionRef definition_ = OrderDefinition();
};

// Records one second apart.
std::vector<NumberedRecord> Numbered(std::vector<Record> records) {
  std::vector<NumberedRecord> numbered;
  for (Record& record : records) {
    const auto n = numbered.size() + 1;
    numbered.push_back(
        {static_cast<Revision>(n), kStart + std::chrono::seconds(n - 1), std::move(record)});
  }
  return numbered;
}

SagaStarted Started() {
  return {.definition = "order",
          .version = 7,
          .input = MakePayload({.encoding = PayloadEncoding::kJson, .bytes = "{\"n\": 1.0}"}),
          .business_key = "k-1",
          .labels = {{"region", "eu"}},
          .started_by = "alice",
          .traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
          .due = {{ToStep(0), Operation::kAction}}};
}

// Rejected at the pivot, and the undo of `stock` used up: stuck on its way back.
std::vector<NumberedRecord> StuckRecords() {
  const Failure no{StatusCode::kFailedPrecondition, "CARD_DECLINED", "pay", "no money"};
  const Failure away{StatusCode::kUnavailable, "", "", "connection refused"};
  return Numbered({Started(),
                   StepSucceeded{.step = ToStep(0),
                                 .attempts = 1,
                                 .output = EmptyPayload(),
                                 .due = {{ToStep(1), Operation::kAction}}},
                   StepRejected{.step = ToStep(1), .attempts = 1, .failure = no},
                   CompensationStarted{
                       .step = ToStep(1), .failure = no, .due = {{ToStep(0), Operation::kUndo}}},
                   StepStuck{.step = ToStep(0),
                             .operation = Operation::kUndo,
                             .reason = StuckReason::kCompensationExhausted,
                             .attempts = 3,
                             .failure = away}});
}

v1::Saga Shown(const std::vector<NumberedRecord>& records, View view) {
  const OneDefinition definitions;
  const Result<Saga> saga = Replay(SagaId("default", "ord-1"), records, definitions);
  EXPECT_TRUE(saga.ok()) << saga.status().ToString();
  v1::Saga proto;
  ToProto(*saga, view, {.cluster = "test"}, proto);
  AddAttemptTimes(*saga->definition, records, proto);
  return proto;
}

TEST(SagaViewTest, AStuckSagaSaysWhyAndWhatCouldBeDone) {
  const v1::Saga saga = Shown(StuckRecords(), View::kSteps);

  EXPECT_EQ(saga.state(), v1::Saga::STATE_COMPENSATING);
  EXPECT_EQ(saga.health(), v1::Saga::HEALTH_STUCK);
  EXPECT_EQ(saga.etag(), "r5");
  EXPECT_EQ(saga.current_step(), "stock/undo");
  EXPECT_EQ(saga.attention().reason(), "COMPENSATION_EXHAUSTED");
  EXPECT_EQ(saga.attention().summary(),
            "stock/undo failed 3 of 3 times; last: UNAVAILABLE connection refused");
  EXPECT_THAT(saga.attention().allowed_actions(), ElementsAre("retry", "skip", "pause", "resolve"));
  EXPECT_EQ(saga.attention().since().seconds(), 1'000'004);
  EXPECT_EQ(saga.failure().reason(), "CARD_DECLINED");
  EXPECT_EQ(saga.note(), "rolled back because of card: FAILED_PRECONDITION CARD_DECLINED no money");
  EXPECT_EQ(saga.trace_id(), "4bf92f3577b34da6a3ce929d0e0e4736");
}

TEST(SagaViewTest, StepsShowTheirAttemptsWithTimesFromTheRecords) {
  const v1::Saga saga = Shown(StuckRecords(), View::kSteps);

  ASSERT_EQ(saga.steps_size(), 2);
  const v1::Step& stock = saga.steps(0);
  EXPECT_EQ(stock.state(), v1::Step::STATE_UNDOING);
  EXPECT_EQ(stock.stuck_reason(), "COMPENSATION_EXHAUSTED");
  ASSERT_EQ(stock.attempts_size(), 2);
  EXPECT_EQ(stock.attempts(0).operation(), v1::OPERATION_ACTION);
  EXPECT_EQ(stock.attempts(0).duration().seconds(), 1);
  EXPECT_FALSE(stock.attempts(0).has_failure());
  EXPECT_EQ(stock.attempts(1).operation(), v1::OPERATION_UNDO);
  EXPECT_EQ(stock.attempts(1).number(), 3);
  EXPECT_EQ(stock.attempts(1).failure().message(), "connection refused");
  EXPECT_FALSE(stock.attempts(1).has_duration());
  EXPECT_EQ(stock.attempts(1).idempotency_key(), "test/default/ord-1:stock:undo");
  EXPECT_EQ(saga.steps(1).state(), v1::Step::STATE_REJECTED);
  EXPECT_TRUE(saga.steps(1).pivot());
}

TEST(SagaViewTest, ACallThatWasUndoneBeforeItsAnswerIsShown) {
  const v1::Saga saga =
      Shown(Numbered({Started(),
                      CompensationStarted{.cause = CompensationCause::kCancelled,
                                          .due = {{ToStep(0), Operation::kUndo}}},
                      StepUndone{.step = ToStep(0), .operation = Operation::kUndo, .attempts = 1}}),
            View::kSteps);

  const v1::Step& stock = saga.steps(0);
  ASSERT_EQ(stock.attempts_size(), 2);
  EXPECT_EQ(stock.attempts(0).operation(), v1::OPERATION_ACTION);
  EXPECT_EQ(stock.attempts(0).number(), 1);
  EXPECT_EQ(stock.attempts(1).operation(), v1::OPERATION_UNDO);
  EXPECT_THAT(saga.steps(1).attempts(), IsEmpty()) << "it was not due";
}

TEST(SagaViewTest, ViewsLeaveOutWhatWasNotAskedFor) {
  const auto records = StuckRecords();

  EXPECT_THAT(Shown(records, View::kBasic).steps(), IsEmpty());
  EXPECT_FALSE(Shown(records, View::kSteps).has_input());
  EXPECT_EQ(Shown(records, View::kFull).input().json(), "{\"n\": 1.0}");
}

TEST(SagaViewTest, AResolvedSagaSaysByWhomAndAsWhat) {
  auto records = StuckRecords();
  records.push_back({Revision{6}, kStart + 10s,
                     SagaResolved{ResolvedAs::kCompensated, "bob", "checked by hand", "INC-1"}});

  const v1::Saga saga = Shown(records, View::kBasic);

  EXPECT_EQ(saga.state(), v1::Saga::STATE_RESOLVED);
  EXPECT_EQ(saga.resolved_as(), v1::Saga::STATE_COMPENSATED);
  EXPECT_EQ(saga.note(), "resolved as compensated by bob: checked by hand");
  EXPECT_FALSE(saga.has_attention());
  EXPECT_EQ(saga.current_step(), "");
  EXPECT_EQ(saga.end_time().seconds(), 1'000'010);
}

TEST(SagaViewTest, EventsNameTheirStepTheirFailureAndWhatTheyMadeDue) {
  const auto records = StuckRecords();
  const OneDefinition definitions;
  const SagaHeader header = HeaderOf(SagaId("default", "ord-1"), records, definitions);
  std::vector<v1::SagaEvent> events(records.size());
  for (std::size_t i = 0; i < records.size(); ++i) ToProto(records[i], header, events[i]);

  EXPECT_EQ(events[0].actor(), "alice");
  EXPECT_THAT(events[0].due(), ElementsAre("stock"));
  EXPECT_EQ(events[2].type(), "step.rejected.v1");
  EXPECT_EQ(events[2].step_id(), "card");
  EXPECT_EQ(events[2].failure().reason(), "CARD_DECLINED");
  EXPECT_THAT(events[3].due(), ElementsAre("stock/undo"));
  EXPECT_EQ(events[3].note(), "STEP_FAILED");
  EXPECT_EQ(events[4].type(), "saga.stuck.v1");
  EXPECT_EQ(events[4].operation(), v1::OPERATION_UNDO);
  EXPECT_EQ(events[4].definition(), "order@7");
}

TEST(SagaViewTest, HistoriesThatMakeNoSenseAreUnreadableNotFatal) {
  const OneDefinition definitions;
  const SagaId id("default", "ord-1");
  SagaStarted other = Started();
  other.definition = "refund";

  EXPECT_EQ(Replay(id, {}, definitions).status().reason(), "SAGA_UNREADABLE");
  EXPECT_EQ(Replay(id, Numbered({other}), definitions).status().reason(), "SAGA_UNREADABLE");
  EXPECT_EQ(Replay(id, Numbered({Started(), StepSucceeded{.step = ToStep(9)}}), definitions)
                .status()
                .reason(),
            "SAGA_UNREADABLE");
}

TEST(SagaViewTest, ARowThatNobodyCanReadShowsItsReason) {
  SagaRow row{.id = SagaId("default", "ord-1"), .definition = "order", .version = 7};
  row.status.health = SagaHealth::kStuck;
  row.status.attention.reason = "SAGA_UNREADABLE";
  row.status.attention.failure = {StatusCode::kDataLoss, "RECORD_UNKNOWN", "sagad", "kind 99"};
  v1::Saga proto;

  ToProto(row, proto);

  EXPECT_EQ(proto.health(), v1::Saga::HEALTH_STUCK);
  EXPECT_EQ(proto.attention().summary(), "the saga as a whole: DATA_LOSS RECORD_UNKNOWN kind 99");
}

}  // namespace
}  // namespace saga::api
