// The audit entries of accepted requests; they are written in the same transaction as the records.
#pragma once

#include "orchestrator/core/input.h"
#include "orchestrator/saga_row.h"

namespace saga {

AuditEntry AuditOf(const SagaId& saga, const CancelRequest& request, TimePoint now);
AuditEntry AuditOf(const SagaId& saga, const OperatorRequest& request, TimePoint now);

}  // namespace saga
