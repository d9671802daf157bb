// From a StartSagaRequest to what the engine starts.
#pragma once

#include <string>

#include "api/call.h"
#include "base/status.h"
#include "base/time.h"
#include "definition/descriptors.h"
#include "orchestrator/core/input.h"
#include "saga/v1/saga_service.pb.h"

namespace saga::api {

// SHA-256 over what makes two starts the same: the definition as the caller named it, the payload,
// the business key and the labels as given. A new active version in between changes nothing.
std::string StartDigest(const v1::StartSagaRequest& request);

// Business key, labels and deadline: the caller's win over the definition's. Requires: a request
// that passed CheckStartRequest. Errors: FIELD_INVALID for an input that is not what the definition
// names.
Result<StartRequest> MakeStart(const v1::StartSagaRequest& request, const SagaId& saga,
                               DefinitionRef definition, const Caller& caller,
                               const DescriptorSource& types);

}  // namespace saga::api
