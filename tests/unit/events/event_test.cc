#include "events/event.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <map>

#include "saga/event/v1/events.pb.h"

namespace saga {
namespace {

using ::testing::Contains;
using ::testing::Key;
using ::testing::Not;

DefinitionRef MakeDefinition(bool publish_payloads) {
  Definition definition;
  definition.name_space = "shop";
  definition.name = "checkout";
  definition.version = 7;
  definition.publish_payloads = publish_payloads;
  Step stock;
  stock.id = "stock";
  stock.action = {.participant = "inventory", .method = "Reserve"};
  stock.on_late = FollowUp{.definition = "refund"};
  stock.undo = Call{.participant = "inventory", .method = "Release"};
  definition.steps = {stock};
  return *Definition::Make(std::move(definition));
}

CommittedRecord Committed(Record record, std::uint64_t revision = 14,
                          bool publish_payloads = false) {
  auto header =
      std::make_shared<const SagaHeader>(SagaHeader{.id = SagaId("shop", "ord-1"),
                                                    .definition = MakeDefinition(publish_payloads),
                                                    .definition_name = "checkout",
                                                    .definition_version = 7,
                                                    .business_key = "88213",
                                                    .labels = {{"region", "eu"}}});
  auto numbered = std::make_shared<const NumberedRecord>(
      NumberedRecord{Revision{revision}, FromMicros(1'700'000'000'123'000), std::move(record)});
  return {JournalSeq{5}, std::move(header), std::move(numbered)};
}

std::map<std::string, std::string> Headers(const EventMessage& event) {
  return {event.headers.begin(), event.headers.end()};
}

template <typename Message>
Message Parse(const EventMessage& event) {
  Message message;
  const auto status = google::protobuf::util::JsonStringToMessage(event.value, &message);
  EXPECT_TRUE(status.ok()) << std::string(status.message()) << "\n" << event.value;
  return message;
}

const TimePoint kSoon = FromMicros(1'700'000'001'000'000);
const Failure kFailure{StatusCode::kUnavailable, "BUSY", "shop", "no \xff answer"};

TEST(EventTest, HeadersAreCloudEventsAndStable) {
  const auto committed = Committed(StepRetrying{StepIndex{0}, Operation::kUndo, 3, 3, kFailure,
                                                FromMicros(1'700'000'001'000'000)});
  const EventMessage event = MakeEvent("prod", committed);
  EXPECT_EQ(event, MakeEvent("prod", committed));
  EXPECT_EQ(event.key, "ord-1");
  const auto headers = Headers(event);
  EXPECT_EQ(headers.at("ce_specversion"), "1.0");
  EXPECT_EQ(headers.at("ce_type"), "sagad.step.retrying.v1");
  EXPECT_EQ(headers.at("ce_source"), "/sagad/prod/namespaces/shop/sagas/ord-1");
  EXPECT_EQ(headers.at("ce_id"), "ord-1-000000000014");
  EXPECT_EQ(headers.at("ce_sequence"), "000000000014");
  EXPECT_EQ(headers.at("ce_causationid"), "ord-1-000000000013");
  EXPECT_EQ(headers.at("ce_subject"), "stock/undo");
  EXPECT_EQ(headers.at("ce_correlationid"), "88213");
  EXPECT_EQ(headers.at("ce_time"), "2023-11-14T22:13:20.123Z");
  EXPECT_EQ(headers.at("content-type"), "application/json");
  EXPECT_FALSE(event.attention);
}

TEST(EventTest, StepDataReadsBackAsItsMessage) {
  const auto data = Parse<event::v1::StepChanged>(
      MakeEvent("prod", Committed(StepRetrying{StepIndex{0}, Operation::kUndo, 3, 3, kFailure,
                                               FromMicros(1'700'000'001'000'000)})));
  EXPECT_EQ(data.saga(), "namespaces/shop/sagas/ord-1");
  EXPECT_EQ(data.definition_version(), "checkout@7");
  EXPECT_EQ(data.step_id(), "stock");
  EXPECT_EQ(data.operation(), "undo");
  EXPECT_EQ(data.attempt(), 3);
  EXPECT_EQ(data.participant(), "inventory");
  EXPECT_EQ(data.method(), "Release");
  EXPECT_EQ(data.code(), "UNAVAILABLE");
  EXPECT_EQ(data.next_attempt_time().seconds(), 1'700'000'001);
}

TEST(EventTest, EveryRecordMakesAnEventThatItsMessageReads) {
  const DueCalls due = {{StepIndex{0}, Operation::kUndo}};
  const std::vector<Record> saga_records = {
      SagaStarted{.definition = "checkout",
                  .version = 7,
                  .input = EmptyPayload(),
                  .deadline = FromMicros(1'700'000'001'000'000),
                  .started_by = "shop",
                  .due = due},
      StepStuck{.step = StepIndex{0}, .failure = kFailure},
      StepRecovered{StepIndex{0}, Operation::kAction, 0},
      CompensationStarted{.step = StepIndex{0}, .failure = kFailure, .due = due},
      SagaPaused{},
      SagaResumed{FromMicros(1'700'000'001'000'000)},
      OperatorActed{.action = OperatorAction::kRetry,
                    .actor = "alice",
                    .reason = "why \"not\"",
                    .step = StepIndex{0},
                    .operation = Operation::kUndo},
      SagaSucceeded{},
      SagaCompensated{},
      SagaResolved{ResolvedAs::kCompensated, "alice", "r", "INC-1"},
      HoldsDecided{HoldDecision::kConfirm, due},
      SignalReceived{"paid", "p-1", EmptyPayload()},
      FollowUpRequested{{FollowUpKind::kLate, 0}},
      FollowUpStarted{{FollowUpKind::kLate, 0}},
      FollowUpStuck{{FollowUpKind::kLate, 0}, kFailure},
      FollowUpRecovered{{FollowUpKind::kLate, 0}}};
  for (const Record& record : saga_records) {
    const auto data = Parse<event::v1::SagaChanged>(MakeEvent("prod", Committed(record)));
    EXPECT_EQ(data.business_key(), "88213");
    EXPECT_EQ(data.labels().at("region"), "eu");
  }
  const std::vector<Record> step_records = {
      StepSucceeded{.step = StepIndex{0}, .output = EmptyPayload(), .due = due},
      StepRejected{.step = StepIndex{0}, .failure = kFailure, .due = due},
      StepInDoubt{.step = StepIndex{0}, .failure = kFailure},
      StepGivenUp{.step = StepIndex{0}, .failure = kFailure, .due = due},
      StepLate{.step = StepIndex{0}},
      StepUndone{.step = StepIndex{0}, .due = due},
      StepAccepted{.step = StepIndex{0}, .until = kSoon, .next_query = kSoon},
      StepConfirmed{.step = StepIndex{0}, .due = due, .waits = {{StepIndex{0}, kSoon}}},
      StepCancelled{.step = StepIndex{0}, .due = due},
      TimerFired{.step = StepIndex{0}, .due = due, .skipped = {StepIndex{0}}}};
  for (const Record& record : step_records) {
    EXPECT_EQ(Parse<event::v1::StepChanged>(MakeEvent("prod", Committed(record))).step_id(),
              "stock");
  }
  EXPECT_EQ(saga_records.size() + step_records.size() + 1, std::variant_size_v<Record>)
      << "a new record needs a line here";
}

TEST(EventTest, PayloadsStayOutUnlessTheDefinitionSaysFull) {
  const StepSucceeded record{
      .step = StepIndex{0},
      .output = MakePayload({PayloadEncoding::kProtobuf, "shop.X", "\x01\x02\xff"})};
  EXPECT_EQ(Parse<event::v1::StepChanged>(MakeEvent("prod", Committed(record))).payload(), "");
  EXPECT_EQ(Parse<event::v1::StepChanged>(MakeEvent("prod", Committed(record, 2, true))).payload(),
            "AQL/");
}

TEST(EventTest, StuckRecoveredAndResolvedCallForAttention) {
  EXPECT_TRUE(MakeEvent("prod", Committed(StepStuck{.step = StepIndex{0}})).attention);
  EXPECT_TRUE(MakeEvent("prod", Committed(SagaResolved{})).attention);
  EXPECT_FALSE(MakeEvent("prod", Committed(SagaSucceeded{})).attention);
}

TEST(EventTest, AFirstRecordHasNoCause) {
  EXPECT_THAT(Headers(MakeEvent("prod", Committed(SagaPaused{}, 1))),
              Not(Contains(Key("ce_causationid"))));
}

}  // namespace
}  // namespace saga
