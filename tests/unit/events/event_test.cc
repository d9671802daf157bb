#include "events/event.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "saga/event/v1/events.pb.h"

namespace saga {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
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
const FollowUpPlace kLate{FollowUpKind::kLate, 0};
const PayloadRef kPayload = MakePayload({PayloadEncoding::kJson, "", "{}"});

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

const DueCalls kDue = {{StepIndex{0}, Operation::kUndo}};

// One of each kind, as full as it gets.
std::vector<Record> SagaRecords() {
  return {SagaStarted{.definition = "checkout",
                      .version = 7,
                      .input = kPayload,
                      .deadline = kSoon,
                      .started_by = "shop",
                      .due = kDue},
          StepStuck{.step = StepIndex{0}, .attempts = 3, .failure = kFailure},
          StepRecovered{StepIndex{0}, Operation::kAction, 0},
          CompensationStarted{.step = StepIndex{0},
                              .failure = kFailure,
                              .actor = "alice",
                              .reason = "why",
                              .due = kDue},
          SagaPaused{},
          SagaResumed{kSoon},
          OperatorActed{.action = OperatorAction::kRetry,
                        .actor = "alice",
                        .reason = "why \"not\"",
                        .reference = "INC-1",
                        .step = StepIndex{0},
                        .operation = Operation::kUndo,
                        .follow_up = kLate},
          SagaSucceeded{},
          SagaCompensated{},
          SagaResolved{ResolvedAs::kCompensated, "alice", "r", "INC-1"},
          HoldsDecided{HoldDecision::kConfirm, kDue},
          SignalReceived{"paid", "p-1", kPayload},
          FollowUpRequested{kLate},
          FollowUpStarted{kLate},
          FollowUpStuck{kLate, kFailure},
          FollowUpRecovered{kLate}};
}

std::vector<Record> StepRecords() {
  return {StepSucceeded{.step = StepIndex{0}, .attempts = 1, .output = kPayload, .due = kDue},
          StepRejected{
              .step = StepIndex{0}, .failure = kFailure, .may_have_happened = true, .due = kDue},
          StepInDoubt{.step = StepIndex{0}, .failure = kFailure, .due = kDue},
          StepRetrying{StepIndex{0}, Operation::kAction, 3, 3, kFailure, kSoon},
          StepGivenUp{.step = StepIndex{0}, .failure = kFailure, .due = kDue},
          StepLate{.step = StepIndex{0}, .output = kPayload},
          StepUndone{.step = StepIndex{0}, .due = kDue},
          StepAccepted{.step = StepIndex{0}, .until = kSoon, .next_query = kSoon},
          StepConfirmed{.step = StepIndex{0}, .due = kDue, .waits = {{StepIndex{0}, kSoon}}},
          StepCancelled{.step = StepIndex{0}, .due = kDue},
          TimerFired{.step = StepIndex{0}, .due = kDue, .skipped = {StepIndex{0}}}};
}

TEST(EventTest, EveryRecordMakesAnEventThatItsMessageReads) {
  for (const Record& record : SagaRecords()) {
    const auto data = Parse<event::v1::SagaChanged>(MakeEvent("prod", Committed(record)));
    EXPECT_EQ(data.business_key(), "88213");
    EXPECT_EQ(data.labels().at("region"), "eu");
  }
  for (const Record& record : StepRecords()) {
    EXPECT_EQ(Parse<event::v1::StepChanged>(MakeEvent("prod", Committed(record))).step_id(),
              "stock");
  }
  EXPECT_EQ(SagaRecords().size() + StepRecords().size(), std::variant_size_v<Record>)
      << "a new record needs a line above";
}

// The line of docs/reference/events.md about a type; empty when it has none.
std::string ReferenceLine(const std::string& type) {
  std::ifstream file("docs/reference/events.md");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("| `" + type + "` |")) return line;
  }
  return "";
}

// What all data of the kind has.
const std::set<std::string> kOfAll = {"saga",   "definition", "definitionVersion",
                                      "stepId", "operation",  "attempt",
                                      "method", "participant"};

void ExpectReference(const Record& record, const std::string& message,
                     const std::set<std::string>& common) {
  const EventMessage event = MakeEvent("prod", Committed(record, 14, true));
  const std::string line = ReferenceLine(Headers(event).at("ce_type"));
  const std::string kind = event.attention ? message + ", attention" : message;
  EXPECT_THAT(line, HasSubstr("| " + kind + " |")) << Headers(event).at("ce_type");
  const nlohmann::json data = nlohmann::json::parse(event.value);
  for (const auto& [key, value] : data.items()) {
    if (common.contains(key)) continue;
    EXPECT_THAT(line, HasSubstr("`" + key + "`"));
  }
}

TEST(EventTest, TheReferenceNamesEveryTypeAndWhatItSays) {
  for (const Record& record : SagaRecords())
    ExpectReference(record, "SagaChanged",
                    {"saga", "definition", "definitionVersion", "businessKey", "labels"});
  for (const Record& record : StepRecords()) ExpectReference(record, "StepChanged", kOfAll);
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
