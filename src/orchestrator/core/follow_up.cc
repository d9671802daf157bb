#include "orchestrator/core/follow_up.h"

#include <fmt/format.h>

#include "base/check.h"
#include "base/hash.h"
#include "orchestrator/core/limits.h"

namespace saga {

bool Has(const Definition& definition, const FollowUpPlace& place) {
  switch (place.kind) {
    case FollowUpKind::kSucceeded:
      return place.index < definition.then_succeeded.size();
    case FollowUpKind::kCompensated:
      return place.index < definition.then_compensated.size();
    case FollowUpKind::kLate:
      return place.index < definition.steps.size() &&
             definition.steps[place.index].on_late.has_value();
  }
  SAGA_UNREACHABLE();
}

const FollowUp& FollowUpAt(const Definition& definition, const FollowUpPlace& place) {
  SAGA_CHECK(Has(definition, place));
  switch (place.kind) {
    case FollowUpKind::kSucceeded:
      return definition.then_succeeded[place.index];
    case FollowUpKind::kCompensated:
      return definition.then_compensated[place.index];
    case FollowUpKind::kLate:
      return *definition.steps[place.index].on_late;
  }
  SAGA_UNREACHABLE();
}

std::string FollowUpName(const Definition& definition, const FollowUpPlace& place) {
  switch (place.kind) {
    case FollowUpKind::kSucceeded:
    case FollowUpKind::kCompensated:
      return fmt::format("then.{}", place.index + 1);
    case FollowUpKind::kLate:
      return place.index < definition.steps.size()
                 ? fmt::format("late.{}", definition.steps[place.index].id)
                 : fmt::format("late.#{}", place.index);
  }
  SAGA_UNREACHABLE();
}

std::optional<FollowUpPlace> FindFollowUp(const Saga& saga, std::string_view name) {
  for (const FollowUpProgress& follow_up : saga.follow_ups) {
    if (FollowUpName(*saga.definition, follow_up.place) == name) return follow_up.place;
  }
  return std::nullopt;
}

SagaId FollowUpId(const SagaId& saga, const Definition& definition, const FollowUpPlace& place) {
  std::string id = fmt::format("{}.{}", saga.id(), FollowUpName(definition, place));
  if (id.size() > kIdCharsMax) {
    const std::string digest = "." + Sha256Hex(id).substr(0, 16);
    id = id.substr(0, kIdCharsMax - digest.size()) + digest;
  }
  return {saga.name_space(), id};
}

}  // namespace saga
