#include "orchestrator/row_tracker.h"

#include <fmt/format.h>

#include "base/hash.h"
#include "orchestrator/core/follow_up.h"

namespace saga {
namespace {

// The call that needs attention: the first stuck one, else the one that has failed most often.
std::optional<StepIndex> StepInTrouble(const Saga& saga) {
  std::optional<StepIndex> worst;
  std::uint32_t failures = 1;
  for (std::size_t i = 0; i < saga.steps.size(); ++i) {
    const auto& pending = saga.steps[i].pending;
    if (!pending) continue;
    if (pending->stuck) return ToStep(i);
    if (pending->failures <= failures) continue;
    worst = ToStep(i);
    failures = pending->failures;
  }
  return worst;
}

RowAttention UnreadableAttention(const Saga& saga) {
  const std::string cause = fmt::format("{}/{}", saga.definition->NameAtVersion(), saga.unreadable);
  return {
      .step = {},
      .operation = std::nullopt,
      .participant = {},
      .reason = std::string(kSagaUnreadable),
      .fingerprint = fmt::format("{:08x}", static_cast<std::uint32_t>(StableHash(cause))),
      .failure = {StatusCode::kDataLoss, std::string(kSagaUnreadable), "sagad", saga.unreadable},
      .attempts = 0,
      .since = saga.updated};
}

RowAttention FollowUpAttention(const Saga& saga, const FollowUpProgress& follow_up) {
  const std::string name = FollowUpName(*saga.definition, follow_up.place);
  const std::string cause =
      fmt::format("{}/{}/{}/{}", saga.definition->NameAtVersion(), name,
                  StatusCodeName(follow_up.failure.code), follow_up.failure.reason);
  return {.step = name,
          .operation = std::nullopt,
          .participant = {},
          .reason = std::string(StuckReasonName(StuckReason::kFollowUpFailed)),
          .fingerprint = fmt::format("{:08x}", static_cast<std::uint32_t>(StableHash(cause))),
          .failure = follow_up.failure,
          .attempts = 0,
          .since = follow_up.stuck_since};
}

RowAttention AttentionOf(const Saga& saga) {
  if (!saga.unreadable.empty()) return UnreadableAttention(saga);
  if (const FollowUpProgress* follow_up = StuckFollowUp(saga)) {
    return FollowUpAttention(saga, *follow_up);
  }
  const auto index = StepInTrouble(saga);
  if (!index) return {};
  const StepProgress& step = saga.step(*index);
  const PendingCall& pending = *step.pending;
  const Operation operation = pending.operation;
  RowAttention attention{
      .step = saga.definition->step(*index).id,
      .operation = operation,
      .participant = saga.definition->call(*index, operation).participant,
      .reason = {},
      .fingerprint = {},
      .failure = step.failure,
      .attempts = pending.attempts,
      .since = pending.stuck ? pending.stuck_since : std::optional(pending.since)};
  if (pending.stuck) {
    attention.reason = StuckReasonName(*pending.stuck);
    attention.fingerprint = StuckFingerprint(*saga.definition, *index, operation, step.failure);
  }
  return attention;
}

bool AttentionMustChange(const RowAttention& written, const RowAttention& now) {
  return written.step != now.step || written.operation != now.operation ||
         written.reason != now.reason || written.fingerprint != now.fingerprint;
}

}  // namespace

RowStatus RowStatusOf(const Saga& saga) {
  const SagaHealth health = HealthOf(saga);
  return {.state = saga.state,
          .health = health,
          .revision = saga.revision,
          .updated = saga.updated,
          .ended = saga.ended,
          .attention = IsEnded(saga.state) ? RowAttention() : AttentionOf(saga)};
}

bool RowMustChange(const RowStatus& written, const RowStatus& now) {
  return written.state != now.state || written.health != now.health ||
         AttentionMustChange(written.attention, now.attention);
}

SagaRow StartRow(const Saga& saga, ShardId shard) {
  return {.id = saga.id,
          .shard = shard,
          .start_seq = {},
          .definition = saga.definition->name,
          .version = saga.definition->version,
          .owner = saga.definition->owner,
          .business_key = saga.business_key,
          .labels = saga.labels,
          .started_by = saga.started_by,
          .start_digest = saga.start_digest,
          .created = saga.created,
          .status = RowStatusOf(saga)};
}

}  // namespace saga
