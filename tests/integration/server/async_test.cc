// Calls that a participant accepts, and reports later: by the real sagad.
#include <gmock/gmock.h>

#include "integration/server/kinds_fixture.h"
#include "support/wait.h"

namespace saga::test {
namespace {

using ::testing::HasSubstr;

class AsyncTest : public KindsTest {
 protected:
  AsyncTest() {
    Define("slow", R"(
defaults: { retry: { attempts: 2, backoff: 20ms, max: 50ms } }
steps:
  - id: pay
    call: stock/Reserve
    with: { order_id: saga.id, item: { behaviour: "'accept'" } }
    reject_if: output.reservation_id == 'r-no'
    undo: { call: stock/Release, with: { order_id: saga.id } }
    async: { within: 40s }
  - { id: ship, call: stock/Reserve, with: { order_id: steps.pay.reservation_id }, undo: none }
)");
  }
};

TEST_F(AsyncTest, AnAcceptedCallWaitsForItsReport) {
  StartAs("slow", "a-1");
  const v1::Saga waiting = WaitForStep("a-1", "pay", v1::Step::STATE_ACCEPTED);
  EXPECT_EQ(waiting.health(), v1::Saga::HEALTH_OK);
  const std::string token = TokenOf("a-1", "pay/action");

  v1::ReportStepOutcomeResponse first;
  v1::ReportStepOutcomeResponse again;
  EXPECT_EQ(ReportDone(token, "r-7", &first).ToString(), "OK");
  EXPECT_EQ(Wait("a-1").saga().state(), v1::Saga::STATE_SUCCEEDED);
  EXPECT_EQ(ReportDone(token, "r-7", &again).ToString(), "OK");

  EXPECT_FALSE(first.already_reported());
  EXPECT_TRUE(again.already_reported());
  EXPECT_EQ(participant_.calls_of("a-1", "pay/action"), 1);
  EXPECT_EQ(participant_.calls_of("a-1", "ship/action"), 1);
}

TEST_F(AsyncTest, AReportThatComesBeforeTheCallReturnsCounts) {
  participant_.Behave("pay/action", "hang");
  StartAs("slow", "a-2");
  const std::string token = TokenOf("a-2", "pay/action");

  EXPECT_EQ(ReportDone(token).ToString(), "OK");

  EXPECT_EQ(Wait("a-2").saga().state(), v1::Saga::STATE_SUCCEEDED);
  EXPECT_EQ(participant_.calls_of("a-2", "pay/action"), 1);
}

TEST_F(AsyncTest, AReportedRefusalTurnsTheSagaBackAndNothingIsUndone) {
  StartAs("slow", "a-3");
  const std::string token = TokenOf("a-3", "pay/action");

  EXPECT_EQ(ReportRefused(token).ToString(), "OK");

  const v1::Saga saga = Wait("a-3").saga();
  EXPECT_EQ(saga.state(), v1::Saga::STATE_COMPENSATED);
  EXPECT_EQ(saga.failure().reason(), "OUT_OF_STOCK");
  EXPECT_EQ(participant_.calls_of("a-3", "pay/undo"), 0);
  EXPECT_EQ(ReportDone(token).reason(), "OUTCOME_CONFLICT") << "it was refused";
}

TEST_F(AsyncTest, AReportedAnswerThatMeansNoIsUndone) {
  StartAs("slow", "a-4");
  const std::string token = TokenOf("a-4", "pay/action");

  EXPECT_EQ(ReportDone(token, "r-no").ToString(), "OK");

  const v1::Saga saga = Wait("a-4").saga();
  EXPECT_EQ(saga.state(), v1::Saga::STATE_COMPENSATED);
  EXPECT_EQ(saga.failure().reason(), "ANSWER_REJECTED");
  EXPECT_EQ(participant_.calls_of("a-4", "pay/undo"), 1);
}

TEST_F(AsyncTest, AnotherOutcomeAfterTheFirstIsRefused) {
  StartAs("slow", "a-5");
  const std::string token = TokenOf("a-5", "pay/action");
  EXPECT_EQ(ReportDone(token).ToString(), "OK");

  EXPECT_EQ(ReportRefused(token).reason(), "OUTCOME_CONFLICT");

  EXPECT_EQ(Wait("a-5").saga().state(), v1::Saga::STATE_SUCCEEDED);
}

TEST_F(AsyncTest, AReportThatNeverComesTurnsTheSagaBack) {
  Define("short", R"(
defaults: { undo_retry: { attempts: 2, backoff: 20ms, max: 50ms } }
steps:
  - id: pay
    call: stock/Reserve
    with: { order_id: saga.id, item: { behaviour: "'accept'" } }
    undo: { call: stock/Release, with: { order_id: saga.id } }
    in_doubt: undo
    async: { within: 300ms }
)");
  StartAs("short", "a-6");
  const v1::Saga saga = Wait("a-6").saga();
  EXPECT_EQ(saga.state(), v1::Saga::STATE_COMPENSATED) << saga.DebugString();
  EXPECT_EQ(saga.failure().reason(), "ANSWER_OVERDUE");
  EXPECT_EQ(participant_.calls_of("a-6", "pay/undo"), 1) << "it may have happened";
}

TEST_F(AsyncTest, AReportSurvivesAKill) {
  StartAs("slow", "a-7");
  WaitForStep("a-7", "pay", v1::Step::STATE_ACCEPTED);
  const std::string token = TokenOf("a-7", "pay/action");
  sagad_->process().KillHard();
  Restart();

  EXPECT_EQ(ReportDone(token).ToString(), "OK") << "every life of the cluster knows its tokens";

  EXPECT_EQ(Wait("a-7").saga().state(), v1::Saga::STATE_SUCCEEDED);
  EXPECT_EQ(participant_.calls_of("a-7", "pay/action"), 1) << "an accepted call is not repeated";
}

TEST_F(AsyncTest, ATokenOfSomebodyElseIsRefused) {
  EXPECT_EQ(ReportDone("bm90IGEgdG9rZW4").reason(), "TASK_TOKEN_INVALID");
}

TEST_F(AsyncTest, AnOutputThatIsNotWhatTheMethodAnswersIsRefused) {
  StartAs("slow", "a-8");
  v1::ReportStepOutcomeRequest request;
  request.set_task_token(TokenOf("a-8", "pay/action"));
  request.mutable_output()->set_json(R"({"colour": "red"})");

  const Status status = Report(request);

  EXPECT_EQ(status.reason(), "FIELD_INVALID");
  EXPECT_THAT(status.message(), HasSubstr("colour"));
}

TEST_F(AsyncTest, AQueryIsAskedUntilItKnows) {
  Define("polled", R"(
defaults: { retry: { attempts: 2, backoff: 20ms, max: 50ms } }
steps:
  - id: pay
    call: stock/Reserve
    with: { order_id: saga.id, item: { behaviour: "'accept'" } }
    undo: { call: stock/Release, with: { order_id: saga.id } }
    async: { within: 40s }
    query:
      call: stock/Reserve
      with: { order_id: "'known'" }
      done_if: output.reservation_id == 'r-known'
      every: 100ms
)");
  participant_.Behave("pay/query", "busy");
  StartAs("polled", "a-9");
  EXPECT_TRUE(WaitUntil(kPatience, [&] { return participant_.calls_of("a-9", "pay/query") >= 2; }));
  EXPECT_EQ(Get("a-9").state(), v1::Saga::STATE_RUNNING);

  participant_.Behave("pay/query", "ok");

  EXPECT_EQ(Wait("a-9").saga().state(), v1::Saga::STATE_SUCCEEDED);
}

TEST_F(AsyncTest, ALateSuccessStartsItsFollowUpOnce) {
  Define("refund", R"(
steps:
  - { id: give_back, call: stock/Release, with: { order_id: input.reservation }, undo: none }
)");
  Define("late", R"(
steps:
  - id: pay
    call: stock/Reserve
    with: { order_id: saga.id, item: { behaviour: "'accept'" } }
    undo: none
    async: { within: 300ms }
    in_doubt: undo
    on_late: { start: refund, with: { reservation: output.reservation_id }, key: saga.id }
)");
  StartAs("late", "a-10");
  const std::string token = TokenOf("a-10", "pay/action");
  EXPECT_EQ(Wait("a-10").saga().state(), v1::Saga::STATE_COMPENSATED);
  v1::ReportStepOutcomeRequest wrong;
  wrong.set_task_token(token);
  wrong.mutable_output()->set_json(R"({"colour": "red"})");
  EXPECT_EQ(Report(wrong).reason(), "FIELD_INVALID") << "the end changes nothing of its type";

  v1::ReportStepOutcomeResponse first;
  v1::ReportStepOutcomeResponse again;
  EXPECT_EQ(ReportDone(token, "r-10", &first).ToString(), "OK");
  EXPECT_EQ(ReportDone(token, "r-10", &again).ToString(), "OK");

  EXPECT_THAT(first.follow_up(), HasSubstr("a-10.late.pay"));
  EXPECT_EQ(again.follow_up(), first.follow_up());
  const v1::Saga refund = Wait("a-10.late.pay").saga();
  EXPECT_EQ(refund.state(), v1::Saga::STATE_SUCCEEDED);
  EXPECT_EQ(refund.business_key(), "a-10");
  EXPECT_EQ(participant_.calls_of("a-10.late.pay", "give_back/action"), 1);
}

}  // namespace
}  // namespace saga::test
