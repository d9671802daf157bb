#include "simulation/auditor.h"

#include <fmt/format.h>

#include <algorithm>

#include "orchestrator/history.h"
#include "orchestrator/limits.h"

namespace saga::sim {
namespace {

[[noreturn]] void Fail(std::string_view invariant, const SagaId& saga, const std::string& what) {
  throw Violation(fmt::format("{}: saga {}: {}", invariant, saga.text(), what), saga.text());
}

std::string NameOf(const ParticipantCall& call) {
  return fmt::format("{}/{}#{}", call.definition->step(call.step).id, OperationName(call.operation),
                     call.attempt);
}

// All steps that can only run after `step`, found anew from `after` alone.
std::set<std::size_t> DependantsOf(const Definition& definition, std::size_t step) {
  std::set<std::size_t> found = {step};
  for (bool grew = true; grew;) {
    grew = false;
    for (std::size_t i = 0; i < definition.steps.size(); ++i) {
      const auto& after = definition.steps[i].after;
      const bool depends = std::any_of(after.begin(), after.end(), [&found](StepIndex earlier) {
        return found.contains(ToSize(earlier));
      });
      if (depends && found.insert(i).second) grew = true;
    }
  }
  found.erase(step);
  return found;
}

template <typename R, typename Condition>
bool AnyRecord(const TrueSaga& truth, Condition condition) {
  return std::any_of(truth.decoded.begin(), truth.decoded.end(), [&](const NumberedRecord& record) {
    const auto* r = std::get_if<R>(&record.record);
    return r != nullptr && condition(*r);
  });
}

}  // namespace

void Auditor::OnReleased(const ParticipantCall& call, Caller caller, Epoch epoch) {
  const TrueSaga* truth = truth_.Find(call.saga);
  if (truth == nullptr)
    Fail("I15", call.saga, NameOf(call) + " called before its start is committed");
  const auto what = std::tuple(call.saga, call.step, call.operation);
  auto& keys = keys_[what];
  keys.insert(call.idempotency_key);
  const auto& step = truth->saga->step(call.step);
  const std::size_t allowed = IsUndo(call.operation) ? 1 + step.key_generation : 1;
  if (keys.size() > allowed) Fail("I3", call.saga, NameOf(call) + " has another key");
  const std::string scope = fmt::format("/{}/{}:", call.saga.name_space(), call.saga.id());
  if (call.idempotency_key.find(scope) == std::string::npos ||
      call.definition->name_space != call.saga.name_space()) {
    Fail("I12", call.saga, NameOf(call) + " reaches into another namespace");
  }
  const bool first = released_.insert(what).second;
  if (!first && call.attempt == 1) sightings_.Saw("call repeated after a claim");
  if (caller == Caller::kDeposed) {
    // It may repeat what was outstanding in its own term; it can begin nothing.
    if (first && !truth->due_in.contains({call.step, call.operation})) {
      Fail("I15", call.saga, NameOf(call) + " was never due");
    }
    return;
  }
  CheckOutstanding(call, *truth);
  const auto due = truth->due_in.find({call.step, call.operation});
  const bool forward = IsForward(call.operation);
  // An earlier owner may have called what became due in its term.
  const bool new_call = first && due != truth->due_in.end() && due->second == epoch;
  if (forward && new_call && truth->saga->state != SagaState::kRunning) {
    Fail("I2", call.saga, NameOf(call) + " is called for the first time after the abort");
  }
  CheckHold(call, *truth);
  // A hold that was given up is cancelled on the way forward: nothing else is undone for it.
  const bool forward_cancel = truth->saga->state == SagaState::kRunning;
  if (IsUndo(call.operation) && !forward_cancel) CheckUndo(call, *truth);
}

void Auditor::CheckHold(const ParticipantCall& call, const TrueSaga& truth) const {
  const auto& holds = truth.saga->holds;
  if (call.operation == Operation::kConfirm && holds != HoldDecision::kConfirm) {
    Fail("I13", call.saga, NameOf(call) + " without a committed CONFIRM");
  }
  if (call.operation != Operation::kCancel || holds == HoldDecision::kCancel) return;
  const bool given_up = AnyRecord<StepGivenUp>(
      truth, [&call](const StepGivenUp& record) { return record.step == call.step; });
  if (!holds || !given_up) Fail("I13", call.saga, NameOf(call) + " without a committed CANCEL");
}

void Auditor::CheckOutstanding(const ParticipantCall& call, const TrueSaga& truth) const {
  const Saga& saga = *truth.saga;
  const auto& pending = saga.step(call.step).pending;
  if (IsEnded(saga.state)) Fail("I15", call.saga, NameOf(call) + " called after the end");
  if (!pending || pending->operation != call.operation || pending->stuck) {
    Fail("I15", call.saga,
         NameOf(call) + " is not outstanding in the committed state " + HardStateOf(saga));
  }
  if (saga.paused) Fail("I15", call.saga, NameOf(call) + " called while the saga is paused");
}

void Auditor::CheckUndo(const ParticipantCall& call, const TrueSaga& truth) const {
  const Definition& definition = *truth.definition;
  for (const std::size_t dependant : DependantsOf(definition, ToSize(call.step))) {
    const Step& step = definition.steps[dependant];
    if (!step.undo) continue;
    if (ledger_.effect({call.saga, step.id}) != 0) {
      Fail("I4", call.saga, NameOf(call) + " while the effect of '" + step.id + "' still stands");
    }
  }
  const auto pivot = definition.pivot;
  if (!pivot || !sent_.contains({call.saga, *pivot})) return;
  const bool refused = AnyRecord<StepRejected>(
      truth, [&pivot](const StepRejected& record) { return record.step == *pivot; });
  const bool declined = AnyRecord<StepSucceeded>(truth, [&pivot](const StepSucceeded& record) {
    return record.step == *pivot && record.declined;
  });
  if (!refused && !declined) Fail("I14", call.saga, NameOf(call) + " after the pivot was sent");
}

void Auditor::OnSent(const ParticipantCall& call) {
  if (IsForward(call.operation)) sent_.emplace(call.saga, call.step);
}

void Auditor::OnStartAcknowledged(const SagaId& saga, const std::string& digest) {
  const TrueSaga* truth = truth_.Find(saga);
  if (truth == nullptr) Fail("I6", saga, "acknowledged, but its start is not committed");
  if (truth->saga->start_digest != digest) Fail("I6", saga, "another body was acknowledged");
  acknowledged_[saga] = digest;
  sightings_.Saw("start acknowledged");
}

void Auditor::OnOutcomeTold(const SagaId& saga, SagaState state) {
  const auto [told, is_first] = told_.emplace(saga, state);
  if (told->second != state) Fail("I8", saga, "two clients were told two outcomes");
  const TrueSaga* truth = truth_.Find(saga);
  if (truth == nullptr || truth->saga->state != state) {
    Fail("I8", saga, "a client was told an outcome that is not committed");
  }
}

void Auditor::OnPublished(const CommittedRecord& record) {
  const SagaId& saga = record.header->id;
  const std::uint64_t revision = ToNumber(record.record->revision);
  std::uint64_t& last = published_[saga];
  const TrueSaga* truth = truth_.Find(saga);
  if (truth == nullptr || revision > truth->records.size()) {
    Fail("I5", saga, "an event of a transition that is not committed");
  }
  if (revision > last + 1) Fail("I5", saga, fmt::format("event r{} follows r{}", revision, last));
  if (revision <= last) sightings_.Saw("event repeated");
  ProtoRecordCodec codec;
  if (codec.Encode(*record.record) != truth->records[revision - 1]) {
    Fail("I5", saga, "an event differs from the committed record");
  }
  last = std::max(last, revision);
}

void Auditor::CheckTick(const std::vector<SagaId>& ended) {
  for (const SagaId& saga : ended) CheckEffects(saga, *truth_.Find(saga));
}

void Auditor::CheckEffects(const SagaId& id, const TrueSaga& truth) const {
  const Saga& saga = *truth.saga;
  for (std::size_t i = 0; i < saga.steps.size(); ++i) {
    const Step& step = truth.definition->steps[i];
    const int effect = ledger_.effect({id, step.id});
    if (effect < 0 || effect > 1) {
      Fail("I9", id, fmt::format("the effect of '{}' stands {} times", step.id, effect));
    }
    const bool confirmed = ledger_.confirmed({id, step.id});
    if (confirmed && effect == 0) Fail("I13", id, "'" + step.id + "' was confirmed and cancelled");
    if (truth.resolved) continue;  // A person answers for it.
    if (!HasCall(step, ForwardOperation(step))) continue;
    if (saga.state == SagaState::kSucceeded && !step.optional && effect != 1 &&
        saga.steps[i].state != StepState::kSkipped) {
      Fail("I16", id, fmt::format("SUCCEEDED without the effect of '{}'", step.id));
    }
    const bool held = step.kind == StepKind::kTcc && effect == 1 && !confirmed;
    if (saga.state == SagaState::kSucceeded && held && !step.optional) {
      Fail("I16", id, fmt::format("SUCCEEDED without the confirm of '{}'", step.id));
    }
    if (saga.state == SagaState::kCompensated && step.undo && effect != 0) {
      Fail("I16", id, fmt::format("COMPENSATED with the effect of '{}'", step.id));
    }
  }
}

void Auditor::CheckMemory(const Shard& shard, const Mailbox& mailbox) const {
  std::size_t live = 0;
  shard.live().ForEach([&](const LiveSaga& in_memory) {
    ++live;
    const SagaId& id = in_memory.saga.id;
    const TrueSaga* truth = truth_.Find(id);
    if (truth == nullptr) Fail("I10", id, "in memory, but not committed");
    if (!in_memory.saga.unreadable.empty()) Fail("I17", id, in_memory.saga.unreadable);
    if (HardStateOf(in_memory.saga) != HardStateOf(*truth->saga)) {
      Fail("I10", id,
           "memory: " + HardStateOf(in_memory.saga) + "\njournal: " + HardStateOf(*truth->saga));
    }
    std::string history;
    for (const std::string& record : truth->records) AppendToHistory(history, record);
    if (history != in_memory.history) Fail("I10", id, "its history in memory is not the journal's");
  });
  if (shard.in_flight().size() > mailbox.in_flight() + mailbox.size()) {
    throw Violation("I11: more calls are noted as under way than places are reserved");
  }
  if (live > kLiveSagasMax) throw Violation("I11: too many sagas are live");
}

void Auditor::CheckEnd(const std::map<SagaId, SagaRow>& rows) const {
  for (const auto& [saga, digest] : acknowledged_) {
    if (truth_.Find(saga) == nullptr) Fail("I6", saga, "an acknowledged start is gone");
  }
  for (const auto& [id, truth] : truth_.all()) {
    const SagaRow& row = rows.at(id);
    if (row.status.state != truth.saga->state) Fail("I10", id, "its row says another state");
    const bool flagged = row.status.health == SagaHealth::kStuck;
    if (!IsEnded(truth.saga->state) && !flagged) {
      Fail("I1", id, "neither ended nor flagged: " + HardStateOf(*truth.saga));
    }
    if (IsEnded(truth.saga->state)) CheckEffects(id, truth);
    const auto published = published_.find(id);
    if (published == published_.end() || published->second != truth.records.size()) {
      Fail("I5", id, "not all of its events were published");
    }
  }
}

}  // namespace saga::sim
