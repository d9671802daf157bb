// Calls over real connections to real servers.
#include "participants/caller.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "base/metrics.h"
#include "integration/participants/caller_fixture.h"
#include "integration/participants/test_server.h"
#include "participants/limits.h"
#include "support/wait.h"

namespace saga::test {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Pair;

class CallerTest : public CallerFixture {
 protected:
  CallerTest() { EXPECT_TRUE(Register(Record("stock", server_.target())).ok()); }

  TestServer server_;
};

TEST_F(CallerTest, AMethodIsCalledWithDescriptorsFromReflectionAndItsAnswerKeptAsItCame) {
  const CallReplied reply = CallAndAwait(OneStep(), Behave("ok"));

  EXPECT_EQ(reply.outcome, CallOutcome::kSucceeded);
  EXPECT_EQ(reply.step, StepIndex{0});
  EXPECT_EQ(reply.operation, Operation::kAction);
  EXPECT_EQ(reply.attempt, 1U);
  EXPECT_EQ(reply.output->type, "test.stock.v1.ReserveResponse");
  EXPECT_EQ(reply.output->encoding, PayloadEncoding::kProtobuf);
  ::test::stock::v1::ReserveResponse answer;
  ASSERT_TRUE(answer.ParseFromString(reply.output->bytes));
  EXPECT_EQ(answer.reservation_id(), "r-o-1");
}

TEST_F(CallerTest, TheServerSeesTheMetadataOfTheCall) {
  Inbox inbox;
  ParticipantCall call = MakeCall(OneStep(), Behave("ok"));
  call.operation = Operation::kUndo;
  call.attempt = 7;
  call.rejectable = false;
  call.deadline = TimePoint(std::chrono::hours(24 * 365));
  call.traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

  caller_.Call(std::move(call), inbox.Place());
  ASSERT_EQ(inbox.Await(1).size(), 1U);

  const SeenMetadata seen = server_.last_metadata();
  EXPECT_THAT(seen, Contains(Pair("idempotency-key", "dev/default/ord-1:reserve:action")));
  EXPECT_THAT(seen, Contains(Pair("saga-id", "ord-1")));
  EXPECT_THAT(seen, Contains(Pair("saga-step", "reserve")));
  EXPECT_THAT(seen, Contains(Pair("saga-op", "undo")));
  EXPECT_THAT(seen, Contains(Pair("saga-attempt", "7")));
  EXPECT_THAT(seen, Contains(Pair("saga-definition", "order@3")));
  EXPECT_THAT(seen, Contains(Pair("saga-deadline", "1971-01-01T00:00:00.000Z")));
  EXPECT_THAT(seen, Contains(Pair("saga-rejectable", "0")));
  EXPECT_THAT(seen, Contains(Pair("traceparent", HasSubstr("4bf92f35"))));
}

TEST_F(CallerTest, AnAcceptedCallIsNoSuccessYet) {
  const CallReplied reply = CallAndAwait(OneStep(), Behave("accept"));

  EXPECT_EQ(reply.outcome, CallOutcome::kAccepted);
  EXPECT_TRUE(reply.output->bytes.empty()) << "nobody knows how it will end";
}

TEST_F(CallerTest, ATraceparentThatGrpcWouldNotSendIsLeftOut) {
  Inbox inbox;
  ParticipantCall call = MakeCall(OneStep(), Behave("ok"));
  call.traceparent = "00-\n";

  caller_.Call(std::move(call), inbox.Place());

  EXPECT_EQ(inbox.Await(1).at(0).outcome, CallOutcome::kSucceeded);
  EXPECT_EQ(server_.last_metadata().count("traceparent"), 0U);
}

TEST_F(CallerTest, ANoKeepsTheReasonAndTheWordsOfTheParticipant) {
  const CallReplied reply = CallAndAwait(OneStep(), Behave("no"));

  EXPECT_EQ(reply.outcome, CallOutcome::kRejected);
  EXPECT_EQ(reply.failure.code, StatusCode::kFailedPrecondition);
  EXPECT_EQ(reply.failure.reason, "OUT_OF_STOCK");
  EXPECT_EQ(reply.failure.domain, "stock.test");
  EXPECT_EQ(reply.failure.message, "2 of 5 left");
}

TEST_F(CallerTest, TheDefinitionSaysWhatAReasonMeans) {
  const DefinitionRef definition = OneStep({.errors = {{"OUT_OF_STOCK", ErrorRule::kRetry}}});

  EXPECT_EQ(CallAndAwait(definition, Behave("no")).outcome, CallOutcome::kUnknown);
}

TEST_F(CallerTest, ABusyParticipantSaysWhenToComeAgain) {
  const CallReplied reply = CallAndAwait(OneStep(), Behave("busy"));

  EXPECT_EQ(reply.outcome, CallOutcome::kUnknown);
  EXPECT_EQ(reply.failure.code, StatusCode::kResourceExhausted);
  EXPECT_EQ(reply.retry_after, milliseconds(750));
}

TEST_F(CallerTest, ACallWithoutAnAnswerIsUnknownAtItsDeadline) {
  const auto began = std::chrono::steady_clock::now();

  const CallReplied reply = CallAndAwait(OneStep({.timeout = milliseconds(200)}), Behave("hang"));

  const auto took = std::chrono::steady_clock::now() - began;
  EXPECT_EQ(reply.outcome, CallOutcome::kUnknown);
  EXPECT_EQ(reply.failure.code, StatusCode::kDeadlineExceeded);
  EXPECT_GE(took, milliseconds(190));
  EXPECT_LT(took, seconds(3));
}

TEST_F(CallerTest, AnAnswerThatCannotBeReadIsUnknown) {
  const CallReplied reply = CallAndAwait(OneStep(), Behave("garbage"));

  EXPECT_EQ(reply.outcome, CallOutcome::kUnknown);
  EXPECT_EQ(reply.failure.reason, "ANSWER_UNREADABLE");
  EXPECT_THAT(reply.failure.message, HasSubstr("ffffffff"));
  EXPECT_TRUE(reply.output->bytes.empty());
}

TEST_F(CallerTest, AnOversizeAnswerIsUnknown) {
  const CallReplied reply = CallAndAwait(OneStep(), Behave("huge"));

  EXPECT_EQ(reply.outcome, CallOutcome::kUnknown);
  EXPECT_EQ(reply.failure.code, StatusCode::kResourceExhausted);
  EXPECT_THAT(reply.failure.message, HasSubstr("larger than max"));
}

TEST_F(CallerTest, ACallThatCanNeverBeSentIsMisconfiguredAndSaysWhy) {
  EXPECT_THAT(CallAndAwait(OneStep({.method = "Reserv"}), Behave("ok")).failure.message,
              HasSubstr("did you mean 'test.stock.v1.Stock/Reserve'"));
  EXPECT_THAT(CallAndAwait(OneStep({.method = "Watch"}), Behave("ok")).failure.message,
              HasSubstr("streaming"));
  EXPECT_THAT(CallAndAwait(OneStep({.participant = "stok"}), Behave("ok")).failure.message,
              HasSubstr("'stok' is not registered"));
  EXPECT_THAT(CallAndAwait(OneStep(), "unbuildable").failure.message, HasSubstr("input.order.id"));
  const CallReplied too_long =
      CallAndAwait(OneStep(), std::string(participants::kMessageBytesMax + 1, 'x'));
  EXPECT_EQ(too_long.outcome, CallOutcome::kMisconfigured);
  EXPECT_THAT(too_long.failure.message, HasSubstr("at most"));
  EXPECT_EQ(server_.calls_seen(), 0);
}

TEST_F(CallerTest, ACallOfAShardThatHasAnotherOwnerIsNotSent) {
  Inbox inbox;

  caller_.Call(MakeCall(OneStep(), Behave("ok")), inbox.Place([] { return false; }));

  EXPECT_EQ(inbox.Await(1).at(0).outcome, CallOutcome::kNotSent);
  EXPECT_EQ(server_.calls_seen(), 0);
}

TEST_F(CallerTest, NeverMoreAreInFlightThanTheRegistrationAllowsAndTheRestFollows) {
  ASSERT_TRUE(Register(Record("stock", server_.target(), 5)).ok());
  const DefinitionRef definition = OneStep();
  Inbox inbox;

  for (int i = 0; i < 40; ++i) {
    caller_.Call(MakeCall(definition, Behave("slow", 20)), inbox.Place());
  }

  EXPECT_EQ(Status("stock").in_flight, 5);
  EXPECT_GE(Status("stock").waiting, 20);
  EXPECT_EQ(inbox.Await(40).size(), 40U);
  EXPECT_EQ(server_.most_at_once(), 5);
  EXPECT_EQ(Status("stock").waiting, 0);
}

TEST_F(CallerTest, AHungParticipantDelaysNobodyElse) {
  TestServer other;
  ASSERT_TRUE(Register(Record("hung", server_.target(), 10)).ok());
  ASSERT_TRUE(Register(Record("other", other.target())).ok());
  const DefinitionRef hung = OneStep({.participant = "hung"});
  const DefinitionRef quick = OneStep({.participant = "other"});
  Inbox hung_inbox;
  for (int i = 0; i < 500; ++i) {
    caller_.Call(MakeCall(hung, Behave("hang")), hung_inbox.Place());
  }
  const auto began = std::chrono::steady_clock::now();

  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(CallAndAwait(quick, Behave("ok")).outcome, CallOutcome::kSucceeded);
  }

  EXPECT_LT(std::chrono::steady_clock::now() - began, seconds(3));
  EXPECT_EQ(hung_inbox.count(), 0U);
  caller_.Stop();  // Before the inbox goes.
}

TEST_F(CallerTest, TwoThousandCallsOfTwoSecondsAreInFlightAtOnceOnAFewThreads) {
  ASSERT_TRUE(Register(Record("stock", server_.target(), 2000)).ok());
  const DefinitionRef definition = OneStep({.timeout = seconds(30)});
  Inbox inbox;
  const auto began = std::chrono::steady_clock::now();

  for (int i = 0; i < 2000; ++i) {
    caller_.Call(MakeCall(definition, Behave("slow", 2000)), inbox.Place());
  }
  const std::vector<CallReplied> replies = inbox.Await(2000, seconds(30));

  EXPECT_EQ(replies.size(), 2000U);
  for (const CallReplied& reply : replies) EXPECT_EQ(reply.outcome, CallOutcome::kSucceeded);
  EXPECT_EQ(server_.most_at_once(), 2000);
  EXPECT_LT(std::chrono::steady_clock::now() - began, seconds(15));
  // The threads of gRPC's servers and clients in this process, and ours.
  const auto threads = std::distance(std::filesystem::directory_iterator("/proc/self/task"), {});
  EXPECT_LT(threads, 64);
}

TEST_F(CallerTest, StopEndsCallsInFlightAndDropsThoseThatWait) {
  ASSERT_TRUE(Register(Record("stock", server_.target(), 3)).ok());
  const DefinitionRef definition = OneStep({.timeout = seconds(60)});
  Inbox inbox;
  for (int i = 0; i < 10; ++i) {
    caller_.Call(MakeCall(definition, Behave("hang")), inbox.Place());
  }
  ASSERT_TRUE(WaitUntil(seconds(5), [&] { return server_.calls_seen() == 3; }));

  caller_.Stop();

  EXPECT_EQ(inbox.count(), 3U);  // Cancelled; the others' places are just given back.
  caller_.Call(MakeCall(definition, Behave("ok")), inbox.Place());
  EXPECT_EQ(inbox.count(), 3U);
}

TEST_F(CallerTest, TheDirectoryShowsHowCallsGo) {
  EXPECT_EQ(Status("stock").health, ParticipantHealth::kUnknown);

  for (int i = 0; i < 8; ++i) CallAndAwait(OneStep(), Behave("ok"));
  EXPECT_TRUE(WaitUntil(seconds(5), [&] { return Status("stock").in_flight == 0; }));
  EXPECT_EQ(Status("stock").health, ParticipantHealth::kServing);
  EXPECT_GT(Status("stock").p99.count(), 0);
  EXPECT_TRUE(Status("stock").last_success.has_value());
  EXPECT_EQ(Status("stock").error_ratio, 0);

  for (int i = 0; i < 8; ++i) CallAndAwait(OneStep(), Behave("busy"));
  EXPECT_TRUE(WaitUntil(seconds(5), [&] { return Status("stock").in_flight == 0; }));
  EXPECT_EQ(Status("stock").health, ParticipantHealth::kDegraded);
  EXPECT_DOUBLE_EQ(Status("stock").error_ratio, 0.5);
  EXPECT_EQ(Status("stock").last_failure.code, StatusCode::kResourceExhausted);
}

TEST_F(CallerTest, CallsAreCountedByStepAndCode) {
  const auto counted = [] {
    return MetricCounter("sagad_step_attempts_total", "",
                         {{"definition", "order"},
                          {"step", "reserve"},
                          {"op", "action"},
                          {"code", "ABORTED"}})
        .value();
  };
  EXPECT_EQ(counted(), 0);

  CallAndAwait(OneStep(), Behave("aborted"));
  CallAndAwait(OneStep(), Behave("aborted"));

  EXPECT_EQ(counted(), 2);
  EXPECT_THAT(RenderMetrics(), HasSubstr("rpc_client_call_duration_seconds_count{rpc_method="
                                         "\"test.stock.v1.Stock/Reserve\",rpc_status_code="
                                         "\"ABORTED\"} 2"));
}

}  // namespace
}  // namespace saga::test
