#include "orchestrator/effect_dispatcher.h"

#include <utility>

#include "base/check.h"

namespace saga {
namespace {

// A "no" to a forward call before the pivot, to the pivot and to an optional step is final. One to
// anything else is asked again.
bool IsRejectable(const Step& step, Operation operation) {
  switch (operation) {
    case Operation::kAction:
    case Operation::kTry:
      return !step.after_pivot || step.optional;
    case Operation::kUndo:
    case Operation::kConfirm:
    case Operation::kCancel:
    case Operation::kQuery:
      return false;
  }
  SAGA_UNREACHABLE();
}

}  // namespace

ParticipantCall BuildCall(const std::string& cluster, const TaskTokens& tokens, const Saga& saga,
                          const CallParticipant& call) {
  const Step& step = saga.definition->step(call.step);
  const std::uint32_t generation = IsUndo(call.operation) ? saga.step(call.step).key_generation : 0;
  ParticipantCall built{
      .saga = saga.id,
      .definition = saga.definition,
      .step = call.step,
      .operation = call.operation,
      .attempt = call.attempt,
      .idempotency_key = IdempotencyKey(cluster, saga.id, step, call.operation, generation),
      .business_key = saga.business_key,
      .input = saga.input,
      .outputs = {},
      .failure = saga.compensation ? saga.compensation->failure : Failure(),
      .deadline = saga.deadline,
      .since = saga.step(call.step).pending ? saga.step(call.step).pending->since : saga.updated,
      .traceparent = saga.traceparent,
      .task_token = {},
      .rejectable = IsRejectable(step, call.operation)};
  if (step.async && call.operation != Operation::kQuery) {
    built.task_token = tokens.Make({saga.id, call.step, call.operation});
  }
  built.outputs.reserve(saga.steps.size());
  for (const StepProgress& progress : saga.steps) built.outputs.push_back(progress.output);
  return built;
}

void EffectDispatcher::Release(CommittedBatch batch) {
  for (const ReleasedCall& released : batch.calls()) {
    caller_.Call(BuildCall(cluster_, tokens_, *released.saga, released.call),
                 mailbox_->Reserve(released.saga->id, released.call, batch.epoch()));
  }
  for (const ReleasedFollowUp& released : batch.follow_ups()) {
    SAGA_CHECK(starter_ != nullptr);
    starter_->Start(OrderOf(*released.saga, released.start.place),
                    mailbox_->Reserve(released.saga->id, released.start.place));
  }
  const JournalSeq last = batch.last();
  std::vector<CommittedRecord> records = std::move(batch).TakeRecords();
  // A batch of calls alone (repetitions) moves nobody.
  if (!records.empty() || last != feed_.last()) feed_.Append(std::move(records), last);
}

}  // namespace saga
