#include "integration/server/kinds_fixture.h"

#include "support/wait.h"

namespace saga::test {

void KindsTest::Define(const std::string& name, const std::string& yaml) {
  v1::RegisterDefinitionRequest request;
  request.set_source("saga: " + name + "\nowner: team-test\ndeadline: 1m\n" + yaml);
  request.set_activate(true);
  v1::RegisterDefinitionResponse response;
  EXPECT_EQ(
      Call(*definitions_, &v1::DefinitionService::Stub::RegisterDefinition, request, &response)
          .ToString(),
      "OK")
      << response.DebugString();
}

v1::Saga KindsTest::StartAs(const std::string& definition, const std::string& id,
                            const std::string& input) {
  v1::StartSagaRequest request;
  request.set_saga_id(id);
  request.set_definition(definition);
  request.mutable_input()->set_json(input);
  return Start(request);
}

std::string KindsTest::TokenOf(const std::string& id, const std::string& operation) {
  EXPECT_TRUE(WaitUntil(kPatience, [&] { return participant_.calls_of(id, operation) > 0; }))
      << operation << " was not called";
  return participant_.token_of(id, operation);
}

v1::Step KindsTest::StepOf(const v1::Saga& saga, const std::string& step) {
  for (const v1::Step& candidate : saga.steps()) {
    if (candidate.step_id() == step) return candidate;
  }
  ADD_FAILURE() << "no step " << step << " in " << saga.DebugString();
  return {};
}

v1::Saga KindsTest::WaitForStep(const std::string& id, const std::string& step,
                                v1::Step::State state) {
  v1::Saga saga;
  EXPECT_TRUE(WaitUntil(kPatience,
                        [&] {
                          saga = Get(id);
                          return StepOf(saga, step).state() == state;
                        }))
      << v1::Step::State_Name(state) << " is not the state of " << saga.DebugString();
  return saga;
}

Status KindsTest::Report(const v1::ReportStepOutcomeRequest& request,
                         v1::ReportStepOutcomeResponse* response) {
  v1::ReportStepOutcomeResponse own;
  return Call(*participants_, &v1::ParticipantService::Stub::ReportStepOutcome, request,
              response != nullptr ? response : &own);
}

Status KindsTest::ReportDone(const std::string& token, const std::string& reservation,
                             v1::ReportStepOutcomeResponse* response) {
  v1::ReportStepOutcomeRequest request;
  request.set_task_token(token);
  request.mutable_output()->set_json("{\"reservationId\": \"" + reservation + "\"}");
  return Report(request, response);
}

Status KindsTest::ReportRefused(const std::string& token, const std::string& reason,
                                v1::ReportStepOutcomeResponse* response) {
  v1::ReportStepOutcomeRequest request;
  request.set_task_token(token);
  request.mutable_failure()->set_code(grpc::StatusCode::FAILED_PRECONDITION);
  request.mutable_failure()->set_reason(reason);
  return Report(request, response);
}

Status KindsTest::Signal(const std::string& id, const std::string& signal,
                         const std::string& signal_id, const std::string& json,
                         v1::SignalSagaResponse* response) {
  v1::SignalSagaRequest request;
  request.set_name(id);
  request.set_signal(signal);
  request.set_signal_id(signal_id);
  request.mutable_payload()->set_json(json);
  v1::SignalSagaResponse own;
  return Call(*sagas_, &v1::SagaService::Stub::SignalSaga, request,
              response != nullptr ? response : &own);
}

}  // namespace saga::test
