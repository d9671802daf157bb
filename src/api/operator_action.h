// One operator action on its way: checked, sent to the saga's shard, and answered.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "api/call.h"
#include "api/saga_finder.h"
#include "orchestrator/core/input.h"
#include "orchestrator/orchestrator.h"
#include "saga/v1/operator_service.pb.h"

namespace saga::api {

// What a person asks for, before the saga is looked at.
struct OperatorActionRequest {
  SagaId saga;
  std::string step_id;  // Resolved against the saga's definition; empty = none named.
  OperatorRequest request;
  Orchestrator::Mode mode = Orchestrator::Mode::kDo;
  // Of `request.output`, once the definition is known; may take long.
  std::function<Status(const Definition&, StepIndex, const Payload&)> check_output;
};

// Reason, etag, dry run and who asks. Errors: FIELD_INVALID.
Result<OperatorActionRequest> ReadAction(OperatorAction action, const std::string& name,
                                         const v1::ActionContext& context, const Caller& caller);

// Sets the digest by which the repetition of a request is told; to be called when all else is set.
// A forced request has none: without an etag, asking twice may be meant.
void SetDigest(OperatorActionRequest& action);

// Fills `effect` and finishes the call. Errors besides the rules' own: STEP_NOT_FOUND,
// SAGA_NOT_FOUND, SAGA_ENDED.
void Perform(Orchestrator& orchestrator, SagaFinder& finder, OperatorActionRequest action,
             v1::ActionEffect& effect, const Finisher& finisher);

}  // namespace saga::api
