#include "orchestrator/audit.h"

#include <fmt/format.h>

namespace saga {
namespace {

AuditEntry Accepted(const SagaId& saga, TimePoint now) {
  AuditEntry entry;
  entry.at = now;
  entry.name_space = saga.name_space();
  entry.resource = fmt::format("namespaces/{}/sagas/{}", saga.name_space(), saga.id());
  entry.outcome = "accepted";
  return entry;
}

}  // namespace

AuditEntry AuditOf(const SagaId& saga, const CancelRequest& request, TimePoint now) {
  AuditEntry entry = Accepted(saga, now);
  entry.actor = request.actor;
  entry.method = "CancelSaga";
  entry.reason = request.reason;
  return entry;
}

AuditEntry AuditOf(const SagaId& saga, const OperatorRequest& request, TimePoint now) {
  AuditEntry entry = Accepted(saga, now);
  entry.actor = request.actor;
  entry.client = request.client;
  entry.method = OperatorActionName(request.action);
  entry.reason = request.reason;
  entry.reference = request.reference;
  return entry;
}

}  // namespace saga
