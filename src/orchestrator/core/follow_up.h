// Sagas that are started because of another: `then` when it ends, `on_late` of a step.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "orchestrator/core/definition.h"
#include "orchestrator/core/ids.h"
#include "orchestrator/core/record_parts.h"
#include "orchestrator/core/saga.h"

namespace saga {

// What the definition says of it. Requires: the definition has it (see Has).
const FollowUp& FollowUpAt(const Definition& definition, const FollowUpPlace& place);
bool Has(const Definition& definition, const FollowUpPlace& place);

// "then.1" or "late.pay": what people and ids call it.
std::string FollowUpName(const Definition& definition, const FollowUpPlace& place);
// The requested follow-up of that name.
std::optional<FollowUpPlace> FindFollowUp(const Saga& saga, std::string_view name);

// The id of the saga that it starts: "<saga>.then.1", cut and hashed when that is too long for an
// id. The same cause gives the same id, so that starting it twice is one.
SagaId FollowUpId(const SagaId& saga, const Definition& definition, const FollowUpPlace& place);

}  // namespace saga
