#include "simulation/truth.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <type_traits>

#include "orchestrator/history.h"
#include "orchestrator/record_names.h"

namespace saga::sim {
namespace {

[[noreturn]] void Fail(const std::string& what) { throw Violation(what); }

bool Contains(const std::vector<SagaId>& all, const SagaId& saga) {
  return std::find(all.begin(), all.end(), saga) != all.end();
}

std::int64_t MicrosOf(const std::optional<TimePoint>& time) { return time ? ToMicros(*time) : 0; }

}  // namespace

std::string HardStateOf(const Saga& saga) {
  std::string text = fmt::format("{} {} r{} paused={} ended={} deadline={} updated={} request={}",
                                 saga.id.text(), SagaStateName(saga.state), ToNumber(saga.revision),
                                 saga.paused, MicrosOf(saga.ended), MicrosOf(saga.deadline),
                                 ToMicros(saga.updated), saga.last_request_digest);
  if (saga.holds) text += fmt::format(" holds={}", HoldDecisionName(*saga.holds));
  for (const StepProgress& step : saga.steps) {
    text += fmt::format("; {} effect={} late={} gen={} a={} u={} out={}", StepStateName(step.state),
                        step.effect_possible, step.late, step.key_generation, step.action_attempts,
                        step.undo_attempts, step.output ? step.output->bytes : "-");
    if (!step.pending) continue;
    text += fmt::format(" pending={} stuck={} awaited={} until={}",
                        OperationName(step.pending->operation),
                        step.pending->stuck ? StuckReasonName(*step.pending->stuck) : "-",
                        static_cast<int>(step.pending->awaited), MicrosOf(step.pending->until));
  }
  return text;
}

void Truth::OnClaim(ShardId shard, Epoch epoch) {
  // I7: terms only rise.
  if (epoch <= this->epoch(shard)) Fail("I7: a claim was given an old epoch");
  epochs_[shard] = epoch;
}

const TrueSaga* Truth::Find(const SagaId& saga) const {
  const auto found = sagas_.find(saga);
  return found == sagas_.end() ? nullptr : &found->second;
}

std::string Truth::Tell(const SagaId& saga) const {
  const TrueSaga* truth = Find(saga);
  if (truth == nullptr) return "";
  const Definition& definition = *truth->definition;
  std::string text;
  for (const Step& step : definition.steps) {
    text += fmt::format("  step {}{}{}{}{} after", step.id, step.pivot ? " pivot" : "",
                        step.optional ? " optional" : "", step.undo ? "" : " undo:none",
                        step.in_doubt == InDoubtRule::kUndo ? " in_doubt:undo" : "");
    for (const StepIndex after : step.after) text += " " + definition.step(after).id;
    text += "\n";
  }
  for (const NumberedRecord& record : truth->decoded) {
    const RecordSubject subject = SubjectOf(record.record);
    text += fmt::format(
        "  {:>10} us r{} {} {}{}#{}\n", (record.at - truth->decoded.front().at).count(),
        ToNumber(record.revision), RecordTypeName(record.record),
        subject.step ? definition.step(*subject.step).id : std::string(),
        subject.operation ? fmt::format("/{}", OperationName(*subject.operation)) : std::string(),
        subject.attempts);
  }
  return text;
}

void Truth::OnCommit(ShardId shard, Epoch epoch, const Batch& batch,
                     const std::vector<SagaId>& void_starts) {
  ++commits_;
  if (epoch != this->epoch(shard)) Fail("I7: a write of an old epoch was committed");
  for (const JournalEntry& entry : batch.entries) {
    if (Contains(void_starts, entry.saga)) {
      sightings_.Saw("start void");
      continue;
    }
    OnEntry(entry, epoch);
  }
  std::set<SagaId> changed;
  for (const SagaRow& row : batch.starts) {
    if (Contains(void_starts, row.id)) continue;
    changed.insert(row.id);
    sagas_.at(row.id).row = row.status;
  }
  for (const RowChange& change : batch.changes) {
    if (!changed.insert(change.saga).second) Fail("a batch changes a row twice");
    OnChange(change);
  }
  CheckAudit(batch, void_starts);
}

void Truth::OnEntry(const JournalEntry& entry, Epoch epoch) {
  const auto decoded = codec_.Decode(entry.record);
  if (!decoded.ok()) Fail("a record that cannot be read was committed");
  TrueSaga& truth = sagas_[entry.saga];
  // I5: contiguous from 1, and nothing after the end.
  if (ToNumber(decoded->revision) != truth.records.size() + 1 ||
      decoded->revision != entry.revision) {
    Fail(fmt::format("I5: saga {} has record r{} after {} records", entry.saga.text(),
                     ToNumber(decoded->revision), truth.records.size()));
  }
  if (truth.saga && IsEnded(truth.saga->state)) Fail("I5: a record after the terminal one");
  truth.records.push_back(entry.record);
  truth.decoded.push_back(*decoded);
  if (const auto* started = std::get_if<SagaStarted>(&decoded->record)) {
    for (const DefinitionRef& plan : plans_.all()) {
      if (plan->version == started->version) truth.definition = plan;
    }
    truth.saga = Begin(entry.saga, truth.definition, *decoded);
  } else {
    CheckWait(truth, *decoded);
    Evolve(*truth.saga, *decoded);
  }
  Note(truth, *decoded, epoch);
  if (IsEnded(truth.saga->state)) ended_.push_back(entry.saga);
}

void Truth::CheckWait(TrueSaga& truth, const NumberedRecord& record) {
  const Saga& saga = *truth.saga;
  if (const auto* fired = std::get_if<TimerFired>(&record.record)) {
    const auto& pending = saga.step(fired->step).pending;
    const bool due = pending && pending->awaited == Awaited::kTime && record.at >= *pending->until;
    if (!due) Fail("I19: a timer of saga " + saga.id.text() + " fired before its time, or twice");
  }
  if (const auto* signal = std::get_if<SignalReceived>(&record.record)) {
    if (!truth.signals.insert(signal->id).second) {
      Fail("I20: saga " + saga.id.text() + " took the signal '" + signal->id + "' twice");
    }
    const bool awaited =
        std::any_of(saga.steps.begin(), saga.steps.end(), [](const StepProgress& step) {
          return step.pending && step.pending->awaited == Awaited::kSignal;
        });
    sightings_.Saw(awaited ? "signal awaited" : "signal early");
  }
  if (std::holds_alternative<HoldsDecided>(record.record) && saga.holds) {
    Fail("I13: the holds of saga " + saga.id.text() + " are decided a second time");
  }
}

void Truth::Note(TrueSaga& truth, const NumberedRecord& record, Epoch epoch) {
  std::visit(
      [&](const auto& r) {
        using R = std::decay_t<decltype(r)>;
        if constexpr (requires { r.due; }) {
          for (const DueCall& due : r.due) truth.due_in.try_emplace(due, epoch);
        }
        if constexpr (std::is_same_v<R, StepAccepted>) {
          if (r.next_query) truth.due_in.try_emplace({r.step, Operation::kQuery}, epoch);
        }
        if constexpr (std::is_same_v<R, CompensationStarted>) {
          truth.turned_back_in = epoch;
          if (!r.resolving.empty()) sightings_.Saw("resolving");
          if (r.cause == CompensationCause::kDeadline)
            sightings_.Saw("turned back by the deadline");
          if (r.cause == CompensationCause::kCancelled) sightings_.Saw("turned back by a cancel");
          if (r.cause == CompensationCause::kOperator) sightings_.Saw("turned back by an operator");
          for (const DueCall& due : r.due) {
            const bool unanswered = !truth.saga->step(due.step).output;
            if (IsUndo(due.operation) && unanswered) sightings_.Saw("undone at once");
          }
        }
        if constexpr (requires { r.skipped; }) {
          if (!r.skipped.empty()) sightings_.Saw("skipped");
        }
        if constexpr (std::is_same_v<R, TimerFired>) sightings_.Saw("timer fired");
        if constexpr (std::is_same_v<R, HoldsDecided>) {
          sightings_.Saw(r.decision == HoldDecision::kConfirm ? "CONFIRM decided"
                                                              : "CANCEL decided");
        }
        if constexpr (std::is_same_v<R, StepStuck>) sightings_.Saw("stuck");
        if constexpr (std::is_same_v<R, StepLate>) sightings_.Saw("late success");
        if constexpr (std::is_same_v<R, StepGivenUp>) sightings_.Saw("given up");
        if constexpr (std::is_same_v<R, StepInDoubt>) sightings_.Saw("in doubt");
        if constexpr (std::is_same_v<R, SagaPaused>) sightings_.Saw("paused");
        if constexpr (std::is_same_v<R, SagaResumed>) sightings_.Saw("resumed");
        if constexpr (std::is_same_v<R, SagaSucceeded>) sightings_.Saw("succeeded");
        if constexpr (std::is_same_v<R, SagaCompensated>) sightings_.Saw("compensated");
        if constexpr (std::is_same_v<R, SagaResolved>) {
          truth.resolved = true;
          sightings_.Saw("resolved");
        }
      },
      record.record);
}

void Truth::OnChange(const RowChange& change) {
  const auto found = sagas_.find(change.saga);
  if (found == sagas_.end()) Fail("a row is changed that nobody has started");
  TrueSaga& truth = found->second;
  truth.row = change.status;
  if (change.status.state != truth.saga->state) Fail("I10: a row says another state");
  std::string history;
  for (const std::string& record : truth.records) AppendToHistory(history, record);
  // I10, after truncation: the row's state and the remaining records are all there is.
  if (change.carried && *change.carried != history) Fail("I10: a carried history is not whole");
  if (change.carried) sightings_.Saw("carried forward");
  if (IsEnded(change.status.state) != change.history.has_value()) {
    Fail("I10: a history comes with the end and only then");
  }
  if (change.history && *change.history != history) Fail("I10: a final history is not whole");
}

void Truth::CheckAudit(const Batch& batch, const std::vector<SagaId>& void_starts) const {
  // I18: one record and one audit entry for each accepted request.
  std::size_t acted = 0;
  for (const JournalEntry& entry : batch.entries) {
    if (Contains(void_starts, entry.saga)) continue;
    const auto decoded = codec_.Decode(entry.record);
    if (std::holds_alternative<OperatorActed>(decoded->record)) ++acted;
    const auto* turned = std::get_if<CompensationStarted>(&decoded->record);
    if (turned != nullptr && turned->cause == CompensationCause::kCancelled) ++acted;
  }
  if (acted != batch.audit.size()) {
    Fail(fmt::format("I18: {} accepted requests, {} audit entries", acted, batch.audit.size()));
  }
}

}  // namespace saga::sim
