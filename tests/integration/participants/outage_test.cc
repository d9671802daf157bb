// Participants that are not there, and that come back.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "base/metrics.h"
#include "integration/participants/caller_fixture.h"
#include "integration/participants/test_server.h"
#include "support/process.h"
#include "support/wait.h"

namespace saga::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class OutageTest : public CallerFixture {
 protected:
  OutageTest() {
    server_.emplace();
    port_ = server_->port();
    EXPECT_TRUE(Register(Record("stock", server_->target())).ok());
    EXPECT_EQ(CallAndAwait(definition_, Behave("ok")).outcome, CallOutcome::kSucceeded);
  }

  void StopServer() { server_.reset(); }
  void StartServer() { server_.emplace(TestServerOptions{.port = port_}); }
  // Calls until the engine knows.
  void GoDown() {
    StopServer();
    EXPECT_TRUE(WaitUntil(seconds(10), [&] {
      CallAndAwait(definition_, Behave("ok"));
      return Status("stock").health == ParticipantHealth::kDown;
    }));
  }

  const DefinitionRef definition_ = OneStep();
  std::optional<TestServer> server_;
  int port_ = 0;
};

TEST_F(OutageTest, AParticipantThatIsGoneIsToldAtOnceAndNotAtTheDeadline) {
  GoDown();
  const auto began = std::chrono::steady_clock::now();

  const CallReplied reply = CallAndAwait(definition_, Behave("ok"));

  EXPECT_EQ(reply.outcome, CallOutcome::kUnknown);
  EXPECT_EQ(reply.failure.code, StatusCode::kUnavailable);
  EXPECT_LT(std::chrono::steady_clock::now() - began, seconds(2));
}

TEST_F(OutageTest, CallsSucceedAboutASecondAfterTheServerIsBack) {
  GoDown();
  StartServer();
  const auto began = std::chrono::steady_clock::now();

  EXPECT_TRUE(WaitUntil(seconds(10), [&] {
    return CallAndAwait(definition_, Behave("ok")).outcome == CallOutcome::kSucceeded;
  }));

  EXPECT_LT(std::chrono::steady_clock::now() - began, milliseconds(2500));
}

TEST_F(OutageTest, TheRecoveryIsNoticedWithoutAnyCall) {
  const auto up = [] {
    return MetricGauge("sagad_participant_up", "", {{"participant", "stock"}}).value();
  };
  EXPECT_EQ(up(), 1);
  GoDown();
  EXPECT_THAT(Recovered(), IsEmpty());
  EXPECT_EQ(up(), 0);

  StartServer();

  EXPECT_TRUE(WaitUntil(seconds(10), [&] { return !Recovered().empty(); }));
  EXPECT_THAT(Recovered(), ElementsAre("default/stock"));
  EXPECT_EQ(Status("stock").health, ParticipantHealth::kServing);
  EXPECT_EQ(up(), 1);
}

TEST_F(OutageTest, AStandInComesBackUnderTheNameThatDefinitionsCall) {
  TestServer other;
  ParticipantRecord record = Record("stock-v2", server_->target());
  record.stands_in = {"stock", 100};
  ASSERT_TRUE(Register(Record("stock", other.target())).ok());
  ASSERT_TRUE(Register(record).ok());
  StopServer();
  EXPECT_TRUE(WaitUntil(seconds(10), [&] {
    CallAndAwait(definition_, Behave("ok"));
    return Status("stock-v2").health == ParticipantHealth::kDown;
  }));

  StartServer();

  EXPECT_TRUE(WaitUntil(seconds(10), [&] { return !Recovered().empty(); }));
  EXPECT_THAT(Recovered(), ElementsAre("default/stock"));
  EXPECT_EQ(other.calls_seen(), 0);
}

TEST_F(OutageTest, AShortRestartIsSurvivedWithoutBeingDown) {
  StopServer();
  StartServer();

  EXPECT_TRUE(WaitUntil(seconds(5), [&] {
    return CallAndAwait(definition_, Behave("ok")).outcome == CallOutcome::kSucceeded;
  }));
}

TEST_F(OutageTest, ARegistrationElsewhereHoldsFromTheNextCallOn) {
  TestServer elsewhere;
  ASSERT_TRUE(Register(Record("stock", elsewhere.target())).ok());

  EXPECT_EQ(CallAndAwait(definition_, Behave("ok")).outcome, CallOutcome::kSucceeded);

  EXPECT_EQ(elsewhere.calls_seen(), 1);
}

TEST_F(OutageTest, ACallThatWaitsFollowsTheRegistration) {
  TestServer elsewhere;
  ASSERT_TRUE(Register(Record("stock", server_->target(), 1)).ok());
  const DefinitionRef definition = OneStep({.timeout = milliseconds(300)});
  Inbox inbox;
  caller_.Call(MakeCall(definition, Behave("hang")), inbox.Place());
  caller_.Call(MakeCall(definition, Behave("ok")), inbox.Place());

  ASSERT_TRUE(Register(Record("stock", elsewhere.target(), 1)).ok());

  EXPECT_EQ(inbox.Await(2).size(), 2U);
  EXPECT_EQ(elsewhere.calls_seen(), 1);
}

TEST_F(OutageTest, AfterALoadTheRegistryWorksWithoutTheNetwork) {
  StopServer();
  participants::ParticipantRegistry reloaded(store_);
  ASSERT_TRUE(reloaded.Load().ok());

  const participants::ParticipantRef participant = reloaded.Find("default", "stock");

  ASSERT_TRUE(participant && participant->types);
  EXPECT_TRUE(participant->types->FindMethod("Reserve", participant->record.service).ok());
}

TEST_F(OutageTest, ANameThatIsNotKnownIsToldBeforeTheDeadline) {
  ParticipantRecord record = Record("nowhere", "dns:///nobody.invalid:9090");
  record.descriptors = registry_.Find("default", "stock")->record.descriptors;
  ASSERT_TRUE(Register(record).ok());

  const CallReplied reply =
      CallAndAwait(OneStep({.participant = "nowhere", .timeout = seconds(9)}), Behave("ok"));

  EXPECT_EQ(reply.failure.code, StatusCode::kUnavailable) << reply.failure.message;
}

TEST_F(OutageTest, ATargetThatNobodyListensOnIsDownAndOthersAreNot) {
  ParticipantRecord record = Record("gone", "127.0.0.1:" + std::to_string(FreePort()));
  record.descriptors = registry_.Find("default", "stock")->record.descriptors;
  ASSERT_TRUE(Register(record).ok());
  const DefinitionRef gone = OneStep({.participant = "gone"});

  EXPECT_TRUE(WaitUntil(seconds(10), [&] {
    EXPECT_EQ(CallAndAwait(gone, Behave("ok")).failure.code, StatusCode::kUnavailable);
    return Status("gone").health == ParticipantHealth::kDown;
  }));

  EXPECT_EQ(CallAndAwait(definition_, Behave("ok")).outcome, CallOutcome::kSucceeded);
}

}  // namespace
}  // namespace saga::test
