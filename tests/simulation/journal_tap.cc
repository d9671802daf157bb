#include "simulation/journal_tap.h"

namespace saga::sim {
namespace {

AppendResult InDoubt() {
  return {AppendOutcome::kInDoubt, {}, {}, StoreUnavailable("the connection broke")};
}

}  // namespace

Result<ClaimedShard> JournalTap::Claim(ShardId shard, const std::string& node) {
  if (random_.Chance(faults_.claim_fails)) {
    if (random_.Chance(500)) {
      sightings_.Saw("claim failed");
      return StoreUnavailable("no connection");
    }
    sightings_.Saw("claim failed, epoch taken");
    const auto claimed = inner_->Claim(shard, node);
    truth_.OnClaim(shard, claimed->epoch);
    return StoreUnavailable("the answer was lost");
  }
  auto claimed = inner_->Claim(shard, node);
  truth_.OnClaim(shard, claimed->epoch);
  epoch_ = claimed->epoch;
  if (random_.Chance(faults_.crash_after)) throw Crash();
  return claimed;
}

Status JournalTap::LoadLive(ShardId shard, const std::function<void(LoadedSaga)>& each) {
  std::size_t left = random_.Chance(faults_.load_fails) ? random_.Below(5) : ~std::size_t{0};
  bool failed = false;
  SAGA_RETURN_IF_ERROR(inner_->LoadLive(shard, [&](LoadedSaga saga) {
    failed = failed || left-- == 0;
    if (!failed) each(std::move(saga));
  }));
  return failed ? StoreUnavailable("the connection broke while loading") : Status::Ok();
}

AppendResult JournalTap::Append(ShardId shard, Epoch epoch, const Batch& batch) {
  if (random_.Chance(faults_.crash_before)) {
    sightings_.Saw("crash before append");
    throw Crash();
  }
  if (random_.Chance(faults_.refused)) {
    sightings_.Saw("append refused");
    return {AppendOutcome::kRefused, {}, {}, StoreUnavailable("disk full")};
  }
  if (random_.Chance(faults_.lost)) {
    sightings_.Saw("append lost");
    if (mutant_ == Mutant::kReleaseBeforeCommit) {
      return {AppendOutcome::kCommitted, scheduler_.now(), {}, Status::Ok()};
    }
    return InDoubt();
  }
  if (random_.Chance(faults_.lost_and_late)) {
    // The statement is still on its way: it must not be able to commit behind a claim.
    scheduler_.After(random_.Between(0, 200), [shard, epoch, batch, inner = inner_, &truth = truth_,
                                               &sightings = sightings_] {
      const AppendResult result = inner->Append(shard, epoch, batch);
      if (result.outcome == AppendOutcome::kCommitted) {
        truth.OnCommit(shard, epoch, batch, result.void_starts);
      } else {
        sightings.Saw("append lost, arriving late, fenced");
      }
    });
    return InDoubt();
  }
  AppendResult result = Commit(shard, epoch, batch);
  if (result.outcome == AppendOutcome::kFenced) sightings_.Saw("zombie fenced");
  if (random_.Chance(faults_.crash_after)) {
    sightings_.Saw("crash after append");
    throw Crash();
  }
  if (random_.Chance(faults_.lost_but_committed)) {
    if (result.outcome == AppendOutcome::kCommitted) {
      sightings_.Saw("append committed, answer lost");
    }
    return InDoubt();
  }
  return result;
}

AppendResult JournalTap::Commit(ShardId shard, Epoch epoch, const Batch& batch) {
  AppendResult result = inner_->Append(shard, epoch, batch);
  if (result.outcome == AppendOutcome::kFenced && mutant_ == Mutant::kNoFence) {
    // As a store would that looks neither at the epoch nor at the position.
    const auto stolen = inner_->Claim(shard, "mutant");
    Batch moved = batch;
    moved.before = stolen->last;
    result = inner_->Append(shard, stolen->epoch, moved);
  }
  if (result.outcome == AppendOutcome::kCommitted) {
    truth_.OnCommit(shard, epoch, batch, result.void_starts);
  }
  return result;
}

}  // namespace saga::sim
