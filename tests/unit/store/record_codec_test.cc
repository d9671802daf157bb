#include "store/record_codec.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "orchestrator/record_names.h"
#include "saga/internal/v1/record.pb.h"
#include "store/batch_blob.h"

namespace saga {
namespace {

const Failure kFailure{StatusCode::kFailedPrecondition, "OUT_OF_STOCK", "shop", "no \xff pears"};
const DueCalls kDue = {{StepIndex{1}, Operation::kAction}, {StepIndex{0}, Operation::kUndo}};

const StepWaits kWaits = {{StepIndex{5}, FromMicros(77)}, {StepIndex{6}, std::nullopt}};

PayloadRef Bytes() {
  return MakePayload({PayloadEncoding::kProtobuf, "shop.Order", std::string("\0\x01\xff", 3)});
}

// One of each kind, no field at its default.
std::vector<Record> AllRecords() {
  return {
      SagaStarted{"checkout",
                  7,
                  "sha-d",
                  "sha-s",
                  Bytes(),
                  "ord-1",
                  {{"region", "eu"}},
                  FromMicros(99),
                  "shop",
                  "00-1",
                  kDue},
      StepSucceeded{StepIndex{3}, Operation::kAction, 2, Bytes(), true, kDue, {StepIndex{4}}},
      StepRejected{StepIndex{3}, Operation::kAction, 2, kFailure, true, kDue},
      StepInDoubt{StepIndex{3}, Operation::kAction, 2, kFailure},
      StepRetrying{StepIndex{3}, Operation::kUndo, 5, 4, kFailure, FromMicros(123), false},
      StepGivenUp{StepIndex{3}, 2, kFailure, true, kDue, {StepIndex{9}}},
      StepLate{StepIndex{3}, Operation::kAction, 2},
      StepUndone{StepIndex{3}, Operation::kUndo, 2, kDue},
      StepStuck{StepIndex{3}, Operation::kUndo, StuckReason::kLateSuccess, 2, kFailure, false},
      StepRecovered{StepIndex{3}, Operation::kUndo, 2},
      CompensationStarted{CompensationCause::kCancelled,
                          StepIndex{0},
                          kFailure,
                          "alice",
                          "why",
                          {StepIndex{1}},
                          {StepIndex{2}},
                          kDue},
      SagaPaused{},
      SagaResumed{FromMicros(7)},
      OperatorActed{OperatorAction::kSettleDone, "alice", "ipv4:1", "because", "INC-1",
                    StepIndex{0}, Operation::kUndo, "digest"},
      SagaSucceeded{},
      SagaCompensated{},
      SagaResolved{ResolvedAs::kCompensated, "alice", "because", "INC-1"},
      HoldsDecided{HoldDecision::kCancel, kDue},
      StepAccepted{StepIndex{3}, Operation::kTry, 2, FromMicros(99), FromMicros(98)},
      StepConfirmed{StepIndex{3}, Operation::kConfirm, 2, kDue, {StepIndex{4}}, kWaits},
      StepCancelled{StepIndex{3}, Operation::kCancel, 2, kDue},
      TimerFired{StepIndex{3}, kDue, {StepIndex{4}}, kWaits},
      SignalReceived{"paid", "pay-1", Bytes()},
      FollowUpRequested{{FollowUpKind::kCompensated, 2}},
      FollowUpStarted{{FollowUpKind::kLate, 3}},
      FollowUpStuck{{FollowUpKind::kLate, 3}, kFailure},
      FollowUpRecovered{{FollowUpKind::kSucceeded, 1}},
  };
}

TEST(RecordCodecTest, EveryKindSurvivesTheRoundTrip) {
  const ProtoRecordCodec codec;
  const auto records = AllRecords();
  ASSERT_EQ(records.size(), std::variant_size_v<Record>) << "a new record needs a line here";
  for (std::size_t i = 0; i < records.size(); ++i) {
    ASSERT_EQ(records[i].index(), i) << "one of each kind, in the variant's order";
    const NumberedRecord record{Revision{i + 1}, FromMicros(1'700'000'000'000'000), records[i]};
    const std::string bytes = codec.Encode(record);

    const auto decoded = codec.Decode(bytes);

    ASSERT_TRUE(decoded.ok()) << decoded.status().ToString();
    EXPECT_EQ(decoded->revision, record.revision);
    EXPECT_EQ(decoded->at, record.at);
    EXPECT_EQ(decoded->record.index(), i);
    EXPECT_EQ(codec.Encode(*decoded), bytes);
  }
}

TEST(RecordCodecTest, FieldsKeepTheirValues) {
  const ProtoRecordCodec codec;
  const auto started = codec.Decode(codec.Encode({Revision{1}, FromMicros(5), AllRecords()[0]}));
  const auto& record = std::get<SagaStarted>(started->record);
  EXPECT_EQ(*record.input, *Bytes());
  EXPECT_EQ(record.labels.at("region"), "eu");
  EXPECT_EQ(record.deadline, FromMicros(99));
  EXPECT_EQ(record.due, kDue);
  const auto turned = codec.Decode(codec.Encode({Revision{1}, FromMicros(5), AllRecords()[10]}));
  const auto& compensation = std::get<CompensationStarted>(turned->record);
  EXPECT_EQ(compensation.step, StepIndex{0});
  EXPECT_EQ(compensation.failure, kFailure);
  EXPECT_EQ(compensation.abandoned, std::vector<StepIndex>{StepIndex{2}});
}

TEST(RecordCodecTest, BytesThatAreNoRecordAreBroken) {
  const ProtoRecordCodec codec;
  EXPECT_EQ(codec.Decode("\xff\xff\xff").status().reason(), "RECORD_BROKEN");
  EXPECT_EQ(codec.Decode("").status().reason(), "RECORD_BROKEN");
}

TEST(RecordCodecTest, AKindOfALaterReleaseIsUnknownAndNotGuessed) {
  const ProtoRecordCodec codec;
  internal::v1::StoredRecord stored;
  stored.set_revision(3);
  std::string bytes = stored.SerializeAsString();
  bytes += std::string("\xa2\x06\x00", 3);  // Field 100, which no release has used.
  EXPECT_EQ(codec.Decode(bytes).status().reason(), "RECORD_UNKNOWN");
}

TEST(RecordCodecTest, AValueOfALaterReleaseIsUnknownAndNotGuessed) {
  const ProtoRecordCodec codec;
  internal::v1::StoredRecord stored;
  stored.set_revision(3);
  stored.mutable_step_stuck()->set_operation(1);
  stored.mutable_step_stuck()->set_reason(200);
  EXPECT_EQ(codec.Decode(stored.SerializeAsString()).status().reason(), "RECORD_UNKNOWN");
}

// "NAME HEX" per line, written by the release that first stored such a record. Lines are added,
// never changed: whatever any release wrote is decoded by every later one.
std::map<std::string, std::string> Golden() {
  std::ifstream file("tests/unit/store/golden/records.hex");
  std::map<std::string, std::string> lines;
  std::string name;
  std::string hex;
  while (file >> name >> hex) lines[name] = hex;
  return lines;
}

std::string ToHex(std::string_view bytes) {
  std::string hex;
  for (const char c : bytes) hex += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return hex;
}

std::string FromHex(const std::string& hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  return bytes;
}

TEST(RecordCodecTest, WhatEarlierReleasesWroteIsReadWithoutLoss) {
  const ProtoRecordCodec codec;
  const auto golden = Golden();
  const auto records = AllRecords();
  for (std::size_t i = 0; i < records.size(); ++i) {
    const std::string name(RecordTypeName(records[i]));
    const auto line = golden.find(name);
    if (line == golden.end()) {
      ADD_FAILURE() << "a new record needs its line in golden/records.hex:\n"
                    << name << ' '
                    << ToHex(codec.Encode(
                           {Revision{i + 1}, FromMicros(1'700'000'000'000'000), records[i]}));
      continue;
    }

    const auto decoded = codec.Decode(FromHex(line->second));

    ASSERT_TRUE(decoded.ok()) << name << ": " << decoded.status().ToString();
    EXPECT_EQ(decoded->record.index(), i) << name;
    EXPECT_EQ(decoded->revision, Revision{i + 1}) << name;
    EXPECT_EQ(ToHex(codec.Encode(*decoded)), line->second) << name;
  }
}

TEST(RecordCodecTest, ABatchThatAnEarlierReleaseWroteIsRead) {
  const auto golden = Golden();
  ASSERT_TRUE(golden.count("batch"))
      << "batch "
      << ToHex(EncodeBatch({{SagaId("default", "a"), Revision{1}, std::string("\0\xff", 2)},
                            {SagaId("shop", "b.2"), Revision{300}, "x"}}));

  const auto entries = DecodeBatch(FromHex(golden.at("batch")));

  ASSERT_TRUE(entries.ok());
  ASSERT_EQ(entries->size(), 2u);
  EXPECT_EQ((*entries)[0].saga, SagaId("default", "a"));
  EXPECT_EQ((*entries)[0].record, std::string("\0\xff", 2));
  EXPECT_EQ((*entries)[1].saga, SagaId("shop", "b.2"));
  EXPECT_EQ((*entries)[1].revision, Revision{300});
  EXPECT_EQ(DecodeBatch("\xff").status().reason(), "RECORD_BROKEN");
}

}  // namespace
}  // namespace saga
