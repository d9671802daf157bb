// Two sagads on one database: one owns the shards, the other hands calls on and takes over.
#include <signal.h>

#include <thread>

#include "integration/server/sagad_fixture.h"
#include "support/wait.h"

namespace saga::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;
using v1::SagaService;

constexpr milliseconds kLease{2'000};
// What a take-over may take besides the lease: looking, claiming, loading.
constexpr milliseconds kTakeOver{2'000};

class TwoNodesTest : public SagadTest {
 protected:
  TwoNodesTest() {
    // The fixture's own has registered what the tests need.
    sagad_->process().Terminate(kPatience);
    first_ = NewNode("first");
    second_ = NewNode("second");
    sagad_.reset();
  }

  std::unique_ptr<Sagad> NewNode(const std::string& name) {
    auto node = std::make_unique<Sagad>(
        conninfo_, std::vector<std::string>{"--cluster.node=" + name, "--cluster.lease=2s"});
    node->WaitUntilReady();
    return node;
  }

  static std::unique_ptr<SagaService::Stub> SagasOf(const Sagad& node) {
    return SagaService::NewStub(
        grpc::CreateChannel(node.api(), grpc::InsecureChannelCredentials()));
  }
  static std::unique_ptr<v1::OperatorService::Stub> OperatorsOf(const Sagad& node) {
    return v1::OperatorService::NewStub(
        grpc::CreateChannel(node.api(), grpc::InsecureChannelCredentials()));
  }

  static Status StartOn(SagaService::Stub& sagas, const v1::StartSagaRequest& request) {
    v1::StartSagaResponse response;
    return Call(sagas, &SagaService::Stub::StartSaga, request, &response);
  }
  static v1::Saga WaitOn(SagaService::Stub& sagas, const std::string& id) {
    v1::WaitSagaRequest request;
    request.set_name(id);
    request.mutable_timeout()->set_seconds(15);
    v1::WaitSagaResponse response;
    Status status;
    // As a client does while the owner changes.
    EXPECT_TRUE(WaitUntil(kPatience, [&] {
      status = Call(sagas, &SagaService::Stub::WaitSaga, request, &response);
      return status.code() != StatusCode::kUnavailable;
    })) << status.ToString();
    EXPECT_EQ(status.ToString(), "OK");
    return response.saga();
  }
  // Who owns the shards, as `node` says: one name, or "?" while it is nobody or more than one.
  static std::string OwnerAsSeenBy(const Sagad& node) {
    v1::GetServerResponse server;
    const auto stub = OperatorsOf(node);
    const Status status =
        Call(*stub, &v1::OperatorService::Stub::GetServer, v1::GetServerRequest(), &server);
    if (!status.ok() || server.shards().empty()) return "?";
    for (const auto& shard : server.shards()) {
      if (shard.node() != server.shards(0).node()) return "?";
    }
    return server.shards(0).node().empty() ? "?" : server.shards(0).node();
  }
  // How long it takes until a start on `node` succeeds, repeated as a client would.
  milliseconds TimeUntilItStarts(const Sagad& node, const std::string& id,
                                 const std::string& definition = "order") {
    v1::StartSagaRequest request = StartOf(id);
    request.set_definition(definition);
    const auto sagas = SagasOf(node);
    const auto begin = steady_clock::now();
    EXPECT_TRUE(WaitUntil(kPatience, [&] {
      const Status status = StartOn(*sagas, request);
      if (!status.ok()) {
        EXPECT_EQ(status.code(), StatusCode::kUnavailable) << status.ToString();
      }
      return status.ok();
    }));
    return std::chrono::duration_cast<milliseconds>(steady_clock::now() - begin);
  }

  std::unique_ptr<Sagad> first_;
  std::unique_ptr<Sagad> second_;
};

TEST_F(TwoNodesTest, EitherNodeTakesEveryCall) {
  const auto standby = SagasOf(*second_);

  EXPECT_EQ(StartOn(*standby, StartOf("ord-1")).ToString(), "OK");

  EXPECT_EQ(WaitOn(*standby, "ord-1").state(), v1::Saga::STATE_SUCCEEDED);
  EXPECT_EQ(WaitOn(*SagasOf(*first_), "ord-1").state(), v1::Saga::STATE_SUCCEEDED);
  v1::ListSagasResponse list;
  EXPECT_EQ(Call(*standby, &SagaService::Stub::ListSagas, v1::ListSagasRequest(), &list).ToString(),
            "OK");
  EXPECT_EQ(list.sagas_size(), 1);
  EXPECT_EQ(OwnerAsSeenBy(*first_), "first");
  EXPECT_EQ(OwnerAsSeenBy(*second_), "first");
}

TEST_F(TwoNodesTest, AnErrorComesBackWithAllItsDetails) {
  v1::GetSagaRequest request;
  request.set_name("nobody");
  v1::GetSagaResponse response;

  const Status status = Call(*SagasOf(*second_), &SagaService::Stub::GetSaga, request, &response);

  EXPECT_EQ(status.code(), StatusCode::kNotFound);
  EXPECT_EQ(status.reason(), "SAGA_NOT_FOUND");
}

TEST_F(TwoNodesTest, TheOwnerKnowsWhoCalledTheOtherNode) {
  const auto standby = SagasOf(*second_);
  ASSERT_TRUE(StartOn(*standby, StartOf("ord-1", "slow", "ok", "ok", 5'000)).ok());
  v1::PauseSagaRequest pause;
  pause.set_name("ord-1");
  pause.mutable_context()->set_reason("tried in a test");
  pause.mutable_context()->set_force(true);
  v1::PauseSagaResponse paused;
  const auto operators = OperatorsOf(*second_);

  EXPECT_EQ(Call(*operators, &v1::OperatorService::Stub::PauseSaga, pause, &paused).ToString(),
            "OK");

  v1::ListAuditEntriesResponse audit;
  ASSERT_TRUE(Call(*operators, &v1::OperatorService::Stub::ListAuditEntries,
                   v1::ListAuditEntriesRequest(), &audit)
                  .ok());
  ASSERT_GE(audit.audit_entries_size(), 1);
  EXPECT_EQ(audit.audit_entries(0).actor(), "alice");
  EXPECT_THAT(audit.audit_entries(0).client(), ::testing::HasSubstr("127.0.0.1"));
}

TEST_F(TwoNodesTest, AStreamIsHandedOnToo) {
  const auto standby = SagasOf(*second_);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kPatience);
  const auto stream = standby->WatchSagas(&context, v1::WatchSagasRequest());
  v1::WatchSagasResponse message;
  ASSERT_TRUE(stream->Read(&message));
  EXPECT_NE(message.cursor(), "");

  ASSERT_TRUE(StartOn(*standby, StartOf("ord-1")).ok());

  ASSERT_TRUE(stream->Read(&message));
  ASSERT_GE(message.events_size(), 1);
  EXPECT_EQ(message.events(0).saga(), "namespaces/default/sagas/ord-1");
  context.TryCancel();
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::CANCELLED);
}

TEST_F(TwoNodesTest, WhatIsRegisteredOnOneIsUsedByTheNextOwner) {
  std::string source = kOrderDefinition;
  source.replace(source.find("saga: order"), 11, "saga: later");
  v1::RegisterDefinitionRequest definition;
  definition.set_source(source);
  v1::RegisterDefinitionResponse registered;
  const auto definitions = v1::DefinitionService::NewStub(
      grpc::CreateChannel(second_->api(), grpc::InsecureChannelCredentials()));
  ASSERT_EQ(
      Call(*definitions, &v1::DefinitionService::Stub::RegisterDefinition, definition, &registered)
          .ToString(),
      "OK");
  v1::StartSagaRequest request = StartOf("ord-1", "slow", "ok", "ok", 1'500);
  request.set_definition("later");
  ASSERT_TRUE(StartOn(*SagasOf(*second_), request).ok());

  first_->process().KillHard();

  // Until it has read the catalog anew it says "try again", and not that there is no such thing.
  TimeUntilItStarts(*second_, "ord-2", "later");
  EXPECT_EQ(WaitOn(*SagasOf(*second_), "ord-1").state(), v1::Saga::STATE_SUCCEEDED);
}

TEST_F(TwoNodesTest, AKilledOwnerIsFollowedWithinTheLeaseAndNoStartIsLost) {
  const auto owner = SagasOf(*first_);
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(StartOn(*owner, StartOf("ord-" + std::to_string(i), "slow", "ok", "ok", 500)).ok());
  }

  first_->process().KillHard();

  EXPECT_LE(TimeUntilItStarts(*second_, "after"), kLease + kTakeOver);
  EXPECT_EQ(OwnerAsSeenBy(*second_), "second");
  const auto standby = SagasOf(*second_);
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(WaitOn(*standby, "ord-" + std::to_string(i)).state(), v1::Saga::STATE_SUCCEEDED);
  }
}

TEST_F(TwoNodesTest, AnOwnerThatIsToldToStopHandsOverWithinASecond) {
  ASSERT_TRUE(StartOn(*SagasOf(*first_), StartOf("ord-1", "slow", "ok", "ok", 3'000)).ok());
  const auto begin = steady_clock::now();
  first_->process().Signal(SIGTERM);

  EXPECT_TRUE(WaitUntil(kPatience, [&] { return OwnerAsSeenBy(*second_) == "second"; }));
  TimeUntilItStarts(*second_, "after");
  // Half a second for the calls under way, half a second until the other looks, and its claim.
  EXPECT_LE(steady_clock::now() - begin, milliseconds(2'000));

  EXPECT_EQ(first_->process().Wait(kPatience), 0) << first_->process().Output();
  EXPECT_EQ(WaitOn(*SagasOf(*second_), "ord-1").state(), v1::Saga::STATE_SUCCEEDED);
}

TEST_F(TwoNodesTest, AnOwnerThatSleptTooLongHandsCallsOnWhenItWakes) {
  ASSERT_TRUE(StartOn(*SagasOf(*first_), StartOf("ord-1", "slow", "ok", "ok", 500)).ok());
  first_->process().Freeze();
  EXPECT_LE(TimeUntilItStarts(*second_, "meanwhile"), kLease + kTakeOver);

  first_->process().Thaw();

  const auto woken = SagasOf(*first_);
  EXPECT_EQ(WaitOn(*woken, "meanwhile").state(), v1::Saga::STATE_SUCCEEDED);
  EXPECT_EQ(WaitOn(*woken, "ord-1").state(), v1::Saga::STATE_SUCCEEDED);
  EXPECT_TRUE(WaitUntil(kPatience, [&] { return OwnerAsSeenBy(*first_) == "second"; }));
  EXPECT_TRUE(first_->process().WaitForOutput("stepped_down", kPatience));
}

TEST_F(TwoNodesTest, TheOwnerTakesItsShardsBackOnlyWhenTheOtherHasGone) {
  first_->process().KillHard();
  TimeUntilItStarts(*second_, "ord-1");
  first_ = NewNode("first");

  EXPECT_EQ(OwnerAsSeenBy(*first_), "second");
  EXPECT_EQ(StartOn(*SagasOf(*first_), StartOf("ord-2")).ToString(), "OK");

  second_->process().Signal(SIGTERM);
  EXPECT_TRUE(WaitUntil(kPatience, [&] { return OwnerAsSeenBy(*first_) == "first"; }));
  EXPECT_LE(TimeUntilItStarts(*first_, "ord-3"), kTakeOver);
}

}  // namespace
}  // namespace saga::test
