// A sagad with definitions of the other kinds of steps, and how they are told what happened.
#pragma once

#include <string>

#include "integration/server/sagad_fixture.h"

namespace saga::test {

class KindsTest : public SagadTest {
 protected:
  // Registers and activates; `steps` and whatever follows is YAML.
  void Define(const std::string& name, const std::string& yaml);
  // Starts a saga of it with `{"id": ID}`.
  v1::Saga StartAs(const std::string& definition, const std::string& id,
                   const std::string& input = "{}");
  // The task token of the call, once it was made.
  std::string TokenOf(const std::string& id, const std::string& operation);
  // Waits until the step is in this state.
  v1::Saga WaitForStep(const std::string& id, const std::string& step, v1::Step::State state);
  // The saga at its end, with its steps.
  v1::Saga WaitForStepsOf(const std::string& id) {
    Wait(id);
    return Get(id);
  }
  static v1::Step StepOf(const v1::Saga& saga, const std::string& step);

  Status Report(const v1::ReportStepOutcomeRequest& request,
                v1::ReportStepOutcomeResponse* response = nullptr);
  Status ReportDone(const std::string& token, const std::string& reservation = "r-1",
                    v1::ReportStepOutcomeResponse* response = nullptr);
  Status ReportRefused(const std::string& token, const std::string& reason = "OUT_OF_STOCK",
                       v1::ReportStepOutcomeResponse* response = nullptr);
  Status Signal(const std::string& id, const std::string& signal, const std::string& signal_id,
                const std::string& json = "{}", v1::SignalSagaResponse* response = nullptr);
};

}  // namespace saga::test
