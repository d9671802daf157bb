#include "store/record_codec.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "saga/internal/v1/record.pb.h"

namespace saga {
namespace {

const Failure kFailure{StatusCode::kFailedPrecondition, "OUT_OF_STOCK", "shop", "no \xff pears"};
const DueCalls kDue = {{StepIndex{1}, Operation::kAction}, {StepIndex{0}, Operation::kUndo}};

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
  bytes += std::string("\xa2\x01\x00", 3);  // Field 20, which this release reserves.
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

}  // namespace
}  // namespace saga
