// The real sagad as a process, its database, and a participant that does what it is told.
#pragma once

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "base/status.h"
#include "integration/participants/test_server.h"
#include "saga/v1/definition_service.grpc.pb.h"
#include "saga/v1/operator_service.grpc.pb.h"
#include "saga/v1/participant_service.grpc.pb.h"
#include "saga/v1/saga_service.grpc.pb.h"
#include "support/postgres.h"
#include "support/process.h"

namespace saga::test {

inline constexpr std::chrono::seconds kPatience{20};

// One sagad.
class Sagad {
 public:
  // `arguments` besides those that a test needs anyway (any free ports). Does not wait.
  Sagad(const std::string& conninfo, std::vector<std::string> arguments = {});

  // Waits until it is ready; fails the test otherwise.
  void WaitUntilReady();
  ChildProcess& process() { return *process_; }
  std::string api() const { return api_; }
  std::string ops() const { return ops_; }
  // GET on the operations port: status and body; 0 when nobody answers.
  std::pair<int, std::string> Get(const std::string& path) const;

 private:
  std::unique_ptr<ChildProcess> process_;
  std::string api_;
  std::string ops_;
};

// The path of the program under test.
std::string SagadBinary();

// A saga of two steps at one participant. The input says what each call does:
// {"id": …, "reserve": {"behaviour": …}, "ship": {…}, "undo": {…}}
extern const char* const kOrderDefinition;
std::string OrderInput(const std::string& id, const std::string& reserve = "ok",
                       const std::string& ship = "ok", const std::string& undo = "ok",
                       int after_ms = 0);

// A ready sagad with the participant `stock` and the definition `order` registered.
class SagadTest : public ::testing::Test {
 protected:
  SagadTest();

  // A new process on the same database.
  void Restart();
  void Connect();

  v1::StartSagaRequest StartOf(const std::string& id, const std::string& reserve = "ok",
                               const std::string& ship = "ok", const std::string& undo = "ok",
                               int after_ms = 0) const;
  // Each fails the test unless the call is OK.
  v1::Saga Start(const v1::StartSagaRequest& request);
  v1::Saga Get(const std::string& id, v1::SagaView view = v1::SAGA_VIEW_STEPS);
  v1::WaitSagaResponse Wait(const std::string& id);
  // Waits until the saga's health is as said.
  v1::Saga WaitForHealth(const std::string& id, v1::Saga::Health health);
  v1::ActionContext Context(const v1::Saga& saga, const std::string& reason = "tried in a test");

  const std::string conninfo_;
  TestServer participant_;
  std::unique_ptr<Sagad> sagad_;
  std::unique_ptr<v1::SagaService::Stub> sagas_;
  std::unique_ptr<v1::OperatorService::Stub> operators_;
  std::unique_ptr<v1::DefinitionService::Stub> definitions_;
  std::unique_ptr<v1::ParticipantService::Stub> participants_;
};

// One unary call with a deadline; the failure as the client sees it.
template <typename Stub, typename Request, typename Response>
Status Call(Stub& stub,
            grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
            const Request& request, Response* response);

// The Status that a client reads from a gRPC status.
Status StatusOf(const grpc::Status& status);

template <typename Stub, typename Request, typename Response>
Status Call(Stub& stub,
            grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
            const Request& request, Response* response) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kPatience);
  context.AddMetadata("x-saga-actor", "alice");
  return StatusOf((stub.*method)(&context, request, response));
}

}  // namespace saga::test
