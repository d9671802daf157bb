#include "participants/classify.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/time_util.h>
#include <gtest/gtest.h>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "orchestrator/core/limits.h"

namespace saga::participants {
namespace {

using ::testing::HasSubstr;

std::string DetailsOf(const std::string& reason, std::chrono::milliseconds retry_after = {}) {
  google::rpc::Status status;
  google::rpc::ErrorInfo info;
  info.set_reason(reason);
  info.set_domain("shop.example");
  status.add_details()->PackFrom(info);
  if (retry_after.count() > 0) {
    google::rpc::RetryInfo retry;
    *retry.mutable_retry_delay() =
        google::protobuf::util::TimeUtil::MillisecondsToDuration(retry_after.count());
    status.add_details()->PackFrom(retry);
  }
  return status.SerializeAsString();
}

// semantics of the outcome table, code by code.
struct Row {
  StatusCode code;
  CallOutcome outcome;
};
class OutcomeTable : public ::testing::TestWithParam<Row> {};

TEST_P(OutcomeTable, EveryCodeHasItsOutcomeAndKeepsItsWords) {
  const Verdict verdict = Classify({.code = GetParam().code, .message = "because"}, {});

  EXPECT_EQ(verdict.outcome, GetParam().outcome) << StatusCodeName(GetParam().code);
  if (GetParam().code == StatusCode::kOk) return;
  EXPECT_EQ(verdict.failure.code, GetParam().code);
  EXPECT_EQ(verdict.failure.message, "because");
}

INSTANTIATE_TEST_SUITE_P(
    AllCodes, OutcomeTable,
    ::testing::Values(Row{StatusCode::kOk, CallOutcome::kSucceeded},
                      Row{StatusCode::kFailedPrecondition, CallOutcome::kRejected},
                      Row{StatusCode::kInvalidArgument, CallOutcome::kRejected},
                      Row{StatusCode::kNotFound, CallOutcome::kRejected},
                      Row{StatusCode::kAlreadyExists, CallOutcome::kRejected},
                      Row{StatusCode::kOutOfRange, CallOutcome::kRejected},
                      Row{StatusCode::kAborted, CallOutcome::kUnknown},
                      Row{StatusCode::kUnavailable, CallOutcome::kUnknown},
                      Row{StatusCode::kDeadlineExceeded, CallOutcome::kUnknown},
                      Row{StatusCode::kResourceExhausted, CallOutcome::kUnknown},
                      Row{StatusCode::kUnknown, CallOutcome::kUnknown},
                      Row{StatusCode::kInternal, CallOutcome::kUnknown},
                      Row{StatusCode::kCancelled, CallOutcome::kUnknown},
                      Row{StatusCode::kDataLoss, CallOutcome::kUnknown},
                      Row{StatusCode::kUnauthenticated, CallOutcome::kMisconfigured},
                      Row{StatusCode::kPermissionDenied, CallOutcome::kMisconfigured},
                      Row{StatusCode::kUnimplemented, CallOutcome::kMisconfigured}));

TEST(ClassifyTest, ReasonAndRetryDelayAreReadFromTheDetails) {
  const Verdict verdict =
      Classify({.code = StatusCode::kResourceExhausted,
                .message = "busy",
                .details = DetailsOf("QUEUE_FULL", std::chrono::milliseconds(1500))},
               {});

  EXPECT_EQ(verdict.outcome, CallOutcome::kUnknown);
  EXPECT_EQ(verdict.failure.reason, "QUEUE_FULL");
  EXPECT_EQ(verdict.failure.domain, "shop.example");
  EXPECT_EQ(verdict.retry_after, std::chrono::milliseconds(1500));
}

TEST(ClassifyTest, ARetryDelayOfDaysIsCut) {
  const Verdict verdict = Classify(
      {.code = StatusCode::kUnavailable, .details = DetailsOf("X", std::chrono::hours(240))}, {});

  EXPECT_EQ(verdict.retry_after, std::chrono::hours(1));
}

TEST(ClassifyTest, ARuleForTheReasonWinsOverOneForTheCode) {
  const UnaryReply reply{.code = StatusCode::kNotFound, .details = DetailsOf("ALREADY_VOID")};

  EXPECT_EQ(Classify(reply, {{"ALREADY_VOID", ErrorRule::kDone}, {"NOT_FOUND", ErrorRule::kStuck}})
                .outcome,
            CallOutcome::kSucceeded);
  EXPECT_EQ(Classify(reply, {{"NOT_FOUND", ErrorRule::kStuck}}).outcome,
            CallOutcome::kMisconfigured);
  EXPECT_EQ(Classify(reply, {{"ALREADY_VOID", ErrorRule::kRetry}}).outcome, CallOutcome::kUnknown);
  EXPECT_EQ(
      Classify({.code = StatusCode::kInternal}, {{"INTERNAL", ErrorRule::kCompensate}}).outcome,
      CallOutcome::kRejected);
}

TEST(ClassifyTest, DetailsThatAreGarbageChangeNothing) {
  const Verdict verdict =
      Classify({.code = StatusCode::kNotFound, .message = "gone", .details = "\xff\xff\xff"}, {});

  EXPECT_EQ(verdict.outcome, CallOutcome::kRejected);
  EXPECT_EQ(verdict.failure.message, "gone");
  EXPECT_EQ(verdict.failure.reason, "");
}

TEST(ClassifyTest, AnUnreadableAnswerIsUnknownAndShowsItsBytes) {
  const Verdict verdict = UnreadableAnswer(std::string("\x0a\xff\x00", 3), "shop.v1.Answer");

  EXPECT_EQ(verdict.outcome, CallOutcome::kUnknown);
  EXPECT_EQ(verdict.failure.reason, "ANSWER_UNREADABLE");
  EXPECT_THAT(verdict.failure.message, HasSubstr("shop.v1.Answer"));
  EXPECT_THAT(verdict.failure.message, HasSubstr("0aff00"));
}

TEST(FitForPeopleTest, TextIsCutAndWhatIsNoUtf8IsReplaced) {
  EXPECT_EQ(FitForPeople("größer\n"), "größer\n");
  EXPECT_EQ(FitForPeople(std::string("a\xff\x01") + "b"), "a\uFFFD?b");
  EXPECT_EQ(FitForPeople(std::string(kFailureMessageBytesMax + 7, 'x')).size(),
            kFailureMessageBytesMax);
}

}  // namespace
}  // namespace saga::participants
