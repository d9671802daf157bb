#include "simulation/ledger.h"

#include <fmt/format.h>

#include "base/hash.h"

namespace saga::sim {
namespace {

CallReplied Yes() {
  return {.outcome = CallOutcome::kSucceeded,
          .output = MakePayload({PayloadEncoding::kJson, "", "{}"}),
          .failure = {}};
}

CallReplied No(CallOutcome outcome, StatusCode code, std::string reason) {
  return {.outcome = outcome,
          .output = outcome == CallOutcome::kDeclined ? EmptyPayload() : nullptr,
          .failure = {code, std::move(reason), "sim", "no"}};
}

}  // namespace

Place PlaceOf(const ParticipantCall& call) {
  return {call.saga, call.definition->step(call.step).id};
}

Temper Ledger::TemperOf(const Place& place) const {
  const std::uint64_t hash =
      StableHash(fmt::format("{}/{}", place.first.text(), place.second), seed_);
  return {.rejects = hash % 1000 < 70,
          .declines = hash / 1000 % 1000 < 30,
          .misconfigured = hash / 1'000'000 % 1000 < 20,
          .undo_refused = hash / 1'000'000'000 % 1000 < 30};
}

CallReplied Ledger::Execute(const ParticipantCall& call) {
  Rows& rows = rows_[PlaceOf(call)];
  const Temper temper = TemperOf(PlaceOf(call));
  // A participant knows a call by its key and nothing else.
  const bool knows =
      mutant_ != Mutant::kNoBarrier && (mutant_ != Mutant::kKeyPerAttempt || call.attempt == 1);
  if (!knows) {
    rows.action = Row::kNone;
    rows.undo = Row::kNone;
  }
  if (call.operation == Operation::kQuery) return Query(rows, temper);
  if (IsUndo(call.operation)) return Undo(rows, temper);
  if (call.operation == Operation::kConfirm) return Confirm(rows);
  return Act(call, rows, temper);
}

CallReplied Ledger::Act(const ParticipantCall& call, Rows& rows, const Temper& temper) {
  switch (rows.action) {
    case Row::kDone:
      sightings_.Saw("call answered from the stored reply");
      return temper.declines ? No(CallOutcome::kDeclined, StatusCode::kOk, "DECLINED") : Yes();
    case Row::kRejected:
      return No(CallOutcome::kRejected, StatusCode::kFailedPrecondition, "REJECTED");
    case Row::kBlocked:
      sightings_.Saw("call blocked by its undo");
      return No(CallOutcome::kRejected, StatusCode::kFailedPrecondition, "BLOCKED");
    case Row::kNone:
      break;
  }
  if (temper.misconfigured && !put_right_) {
    sightings_.Saw("misconfigured");
    return No(CallOutcome::kMisconfigured, StatusCode::kUnimplemented, "NOT_DEPLOYED");
  }
  if (temper.rejects) {
    sightings_.Saw("rejected");
    // Only a final "no" leaves a row: one behind the pivot may be asked again.
    if (call.rejectable) rows.action = Row::kRejected;
    return No(CallOutcome::kRejected, StatusCode::kFailedPrecondition, "REJECTED");
  }
  rows.action = Row::kDone;
  ++rows.effect;
  if (!temper.declines) return Yes();
  sightings_.Saw("declined");
  return No(CallOutcome::kDeclined, StatusCode::kOk, "DECLINED");
}

CallReplied Ledger::Undo(Rows& rows, const Temper& temper) {
  if (rows.undo == Row::kDone) return Yes();
  if (rows.action == Row::kNone && mutant_ != Mutant::kNoBarrier) {
    sightings_.Saw("undo of nothing");
    rows.action = Row::kBlocked;
    rows.undo = Row::kDone;
    return Yes();
  }
  if (temper.undo_refused) {
    return No(CallOutcome::kRejected, StatusCode::kFailedPrecondition, "CANNOT_UNDO");
  }
  rows.undo = Row::kDone;
  if (rows.effect > 0) --rows.effect;
  return Yes();
}

// Knows what it has done and what it has refused; of anything else, nothing.
CallReplied Ledger::Query(const Rows& rows, const Temper& temper) {
  switch (rows.action) {
    case Row::kDone:
      sightings_.Saw("query told that it happened");
      return temper.declines ? No(CallOutcome::kDeclined, StatusCode::kOk, "DECLINED") : Yes();
    case Row::kRejected:
    case Row::kBlocked:
      sightings_.Saw("query told that it did not happen");
      return No(CallOutcome::kRejected, StatusCode::kFailedPrecondition, "REJECTED");
    case Row::kNone:
      break;
  }
  sightings_.Saw("query knew nothing");
  return {.outcome = CallOutcome::kUnknown, .output = nullptr, .failure = {}};
}

CallReplied Ledger::Confirm(Rows& rows) {
  if (rows.action != Row::kDone || rows.undo == Row::kDone) {
    return No(CallOutcome::kRejected, StatusCode::kFailedPrecondition, "NOTHING_HELD");
  }
  sightings_.Saw("hold confirmed");
  rows.confirmed = true;
  return Yes();
}

bool Ledger::confirmed(const Place& place) const {
  const auto found = rows_.find(place);
  return found != rows_.end() && found->second.confirmed;
}

int Ledger::effect(const Place& place) const {
  const auto found = rows_.find(place);
  return found == rows_.end() ? 0 : found->second.effect;
}

void Ledger::DoByHand(const Place& place) {
  Rows& rows = rows_[place];
  if (rows.action == Row::kDone) return;
  rows.action = Row::kDone;
  ++rows.effect;
}

void Ledger::UndoByHand(const Place& place) {
  Rows& rows = rows_[place];
  if (rows.undo == Row::kDone) return;
  rows.undo = Row::kDone;
  if (rows.action == Row::kNone) rows.action = Row::kBlocked;
  if (rows.effect > 0) --rows.effect;
}

void Ledger::ConfirmByHand(const Place& place) {
  DoByHand(place);
  rows_[place].confirmed = true;
}

void Ledger::BlockByHand(const Place& place) {
  Rows& rows = rows_[place];
  if (rows.action == Row::kNone) rows.action = Row::kBlocked;
}

}  // namespace saga::sim
