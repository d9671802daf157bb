#include <signal.h>

#include <thread>

#include "integration/server/sagad_fixture.h"
#include "support/wait.h"

namespace saga::test {
namespace {

using v1::SagaService;

using LifeCycleTest = SagadTest;

TEST_F(LifeCycleTest, NoAcknowledgedStartIsLostByAKill) {
  constexpr int kSagas = 50;
  for (int i = 0; i < kSagas; ++i) {
    Start(StartOf("ord-" + std::to_string(i), "slow", "ok", "ok", 100));
  }

  sagad_->process().KillHard();
  Restart();

  for (int i = 0; i < kSagas; ++i) {
    const v1::WaitSagaResponse waited = Wait("ord-" + std::to_string(i));
    EXPECT_TRUE(waited.reached());
    EXPECT_EQ(waited.saga().state(), v1::Saga::STATE_SUCCEEDED);
  }
}

TEST_F(LifeCycleTest, ARepeatedKillLeavesEverySagaEndedOrFlagged) {
  for (int round = 0; round < 5; ++round) {
    for (int i = 0; i < 10; ++i) {
      Start(StartOf("ord-" + std::to_string(round * 10 + i), "slow", i % 2 == 0 ? "ok" : "no", "ok",
                    40));
    }
    sagad_->process().KillHard();
    Restart();
  }
  for (int i = 0; i < 50; ++i) {
    const v1::Saga saga = Wait("ord-" + std::to_string(i)).saga();
    EXPECT_EQ(saga.state(), i % 2 == 0 ? v1::Saga::STATE_SUCCEEDED : v1::Saga::STATE_COMPENSATED);
  }
}

TEST_F(LifeCycleTest, ADrainLetsRunningCallsAnswerAndEndsWithZero) {
  Start(StartOf("ord-1", "slow", "ok", "ok", 400));
  sagad_->process().Signal(SIGTERM);

  const std::optional<int> code = sagad_->process().Wait(kPatience);

  EXPECT_EQ(code, 0) << sagad_->process().Output();
  Restart();
  const v1::Saga saga = Wait("ord-1").saga();
  EXPECT_EQ(saga.state(), v1::Saga::STATE_SUCCEEDED);
  // The answer came before the end: the call was not repeated.
  EXPECT_EQ(Get("ord-1").steps(0).attempts(0).number(), 1);
}

TEST_F(LifeCycleTest, ADrainingServerRefusesStartsAndIsNotServing) {
  Start(StartOf("ord-1", "slow", "ok", "ok", 2000));
  const auto channel = grpc::CreateChannel(sagad_->api(), grpc::InsecureChannelCredentials());
  sagad_->process().Signal(SIGTERM);
  ASSERT_TRUE(sagad_->process().WaitForOutput("draining", kPatience));

  v1::StartSagaResponse response;
  Status status;
  ASSERT_TRUE(WaitUntil(kPatience, [&] {
    status = Call(*sagas_, &SagaService::Stub::StartSaga, StartOf("ord-2"), &response);
    return !status.ok();
  }));

  EXPECT_EQ(status.code(), StatusCode::kUnavailable);
  EXPECT_EQ(status.reason(), "DRAINING") << status.ToString();
  EXPECT_EQ(sagad_->Get("/livez").first, 200);
  EXPECT_EQ(sagad_->process().Wait(kPatience), 0);
}

TEST_F(LifeCycleTest, ASecondSignalEndsItAtOnce) {
  Start(StartOf("ord-1", "slow", "ok", "ok", 4500));
  sagad_->process().Signal(SIGTERM);
  ASSERT_TRUE(sagad_->process().WaitForOutput("draining", kPatience));
  sagad_->process().Signal(SIGTERM);

  EXPECT_EQ(sagad_->process().Wait(std::chrono::seconds(2)), 128 + SIGTERM);
  Restart();
  EXPECT_EQ(Wait("ord-1").saga().state(), v1::Saga::STATE_SUCCEEDED);
}

TEST_F(LifeCycleTest, CallersThatWaitAreAnsweredByADrain) {
  Start(StartOf("ord-1", "hang"));
  v1::WaitSagaRequest request;
  request.set_name("ord-1");
  v1::WaitSagaResponse response;
  Status status;
  std::thread waiter(
      [&] { status = Call(*sagas_, &SagaService::Stub::WaitSaga, request, &response); });
  sagad_->process().Signal(SIGTERM);

  EXPECT_EQ(sagad_->process().Wait(kPatience), 0) << sagad_->process().Output();
  waiter.join();
  EXPECT_EQ(status.code(), StatusCode::kUnavailable) << status.ToString();
}

}  // namespace
}  // namespace saga::test
