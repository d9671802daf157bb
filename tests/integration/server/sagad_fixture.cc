#include "integration/server/sagad_fixture.h"

#include <fmt/format.h>
#include <httplib.h>

#include <algorithm>

#include "api/status_convert.h"
#include "support/wait.h"

namespace saga::test {

using v1::OperatorService;
using v1::SagaService;

const char* const kOrderDefinition = R"(
saga: order
owner: team-test
runbook: https://runbooks.example/order
deadline: 1m
business_key: input.key
labels: { region: input.region }
defaults:
  timeout: 5s
  retry: { attempts: 2, backoff: 20ms, max: 50ms }
  undo_retry: { attempts: 2, backoff: 20ms, max: 50ms }
steps:
  - id: reserve
    call: stock/Reserve
    with:
      order_id: input.id
      item: { behaviour: input.reserve, after_ms: input.after_ms }
    undo: { call: stock/Release, with: { order_id: input.id, item: { behaviour: input.undo } } }
  - id: ship
    call: stock/Reserve
    with: { order_id: input.id, item: { behaviour: input.ship } }
    undo: none
output: { reservation: steps.reserve.reservation_id }
)";

std::string OrderInput(const std::string& id, const std::string& reserve, const std::string& ship,
                       const std::string& undo, int after_ms) {
  return fmt::format(
      R"({{"id":"{}","key":"key-{}","region":"eu","reserve":"{}","ship":"{}","undo":"{}","after_ms":{}}})",
      id, id, reserve, ship, undo, after_ms);
}

Status StatusOf(const grpc::Status& status) { return api::FromGrpcStatus(status); }

std::string SagadBinary() { return SAGAD_BINARY; }

Sagad::Sagad(const std::string& conninfo, std::vector<std::string> arguments) {
  std::vector<std::string> argv = {SagadBinary(), "--api.listen=127.0.0.1:0",
                                   "--ops.listen=127.0.0.1:0", "--store.url=" + conninfo};
  // Several shards on any machine.
  const bool said = std::any_of(arguments.begin(), arguments.end(), [](const std::string& flag) {
    return flag.starts_with("--cluster.shards=");
  });
  if (!said) argv.emplace_back("--cluster.shards=4");
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  process_ = std::make_unique<ChildProcess>(ProcessOptions{.argv = std::move(argv)});
}

void Sagad::WaitUntilReady() {
  ASSERT_TRUE(process_->WaitForOutput("ready:", kPatience)) << process_->Output();
  const std::string output = process_->Output();
  const auto after = [&](const std::string& mark) {
    const std::size_t begin = output.find(mark) + mark.size();
    return output.substr(begin, output.find_first_of(" \n", begin) - begin);
  };
  api_ = after("serving api=");
  ops_ = after(" ops=");
}

std::pair<int, std::string> Sagad::Get(const std::string& path) const {
  httplib::Client client("http://" + ops_);
  client.set_connection_timeout(kPatience);
  const auto answer = client.Get(path);
  if (!answer) return {0, ""};
  return {answer->status, answer->body};
}

SagadTest::SagadTest() : conninfo_(PrivatePostgres::Shared().CreateDatabase()) {
  Restart();
  v1::RegisterParticipantRequest participant;
  participant.set_name("stock");
  participant.set_target(participant_.target());
  v1::RegisterParticipantResponse registered;
  EXPECT_EQ(Call(*participants_, &v1::ParticipantService::Stub::RegisterParticipant, participant,
                 &registered)
                .ToString(),
            "OK");
  v1::RegisterDefinitionRequest definition;
  definition.set_source(kOrderDefinition);
  v1::RegisterDefinitionResponse response;
  EXPECT_EQ(
      Call(*definitions_, &v1::DefinitionService::Stub::RegisterDefinition, definition, &response)
          .ToString(),
      "OK");
}

void SagadTest::Restart() {
  sagad_.reset();
  // Under one name it is the same node again, which need not wait for its own lease to end.
  sagad_ = std::make_unique<Sagad>(conninfo_, std::vector<std::string>{"--cluster.node=one"});
  sagad_->WaitUntilReady();
  Connect();
}

void SagadTest::Connect() {
  const auto channel = grpc::CreateChannel(sagad_->api(), grpc::InsecureChannelCredentials());
  sagas_ = SagaService::NewStub(channel);
  operators_ = OperatorService::NewStub(channel);
  definitions_ = v1::DefinitionService::NewStub(channel);
  participants_ = v1::ParticipantService::NewStub(channel);
}

v1::StartSagaRequest SagadTest::StartOf(const std::string& id, const std::string& reserve,
                                        const std::string& ship, const std::string& undo,
                                        int after_ms) const {
  v1::StartSagaRequest request;
  request.set_saga_id(id);
  request.set_definition("order");
  request.mutable_input()->set_json(OrderInput(id, reserve, ship, undo, after_ms));
  return request;
}

v1::Saga SagadTest::Start(const v1::StartSagaRequest& request) {
  v1::StartSagaResponse response;
  EXPECT_EQ(Call(*sagas_, &SagaService::Stub::StartSaga, request, &response).ToString(), "OK");
  return response.saga();
}

v1::Saga SagadTest::Get(const std::string& id, v1::SagaView view) {
  v1::GetSagaRequest request;
  request.set_name(id);
  request.set_view(view);
  v1::GetSagaResponse response;
  EXPECT_EQ(Call(*sagas_, &SagaService::Stub::GetSaga, request, &response).ToString(), "OK");
  return response.saga();
}

v1::WaitSagaResponse SagadTest::Wait(const std::string& id) {
  v1::WaitSagaRequest request;
  request.set_name(id);
  request.mutable_timeout()->set_seconds(15);
  v1::WaitSagaResponse response;
  EXPECT_EQ(Call(*sagas_, &SagaService::Stub::WaitSaga, request, &response).ToString(), "OK");
  return response;
}

v1::Saga SagadTest::WaitForHealth(const std::string& id, v1::Saga::Health health) {
  v1::Saga saga;
  EXPECT_TRUE(WaitUntil(kPatience, [&] {
    saga = Get(id);
    return saga.health() == health;
  })) << saga.DebugString();
  return saga;
}

v1::ActionContext SagadTest::Context(const v1::Saga& saga, const std::string& reason) {
  v1::ActionContext context;
  context.set_reason(reason);
  context.set_etag(saga.etag());
  return context;
}

}  // namespace saga::test
