// Whose sagas these are: a claim begins a term of ownership. Start, take-over and a commit in doubt
// take the same way.
#include <algorithm>
#include <utility>

#include "base/log.h"
#include "orchestrator/core/decide.h"
#include "orchestrator/recovery.h"
#include "orchestrator/row_tracker.h"
#include "orchestrator/shard.h"

namespace saga {

bool Shard::Claim(TimePoint now) {
  const Result<ClaimedShard> claimed = journal_.Claim(options_.shard, options_.node);
  if (!claimed.ok()) {
    OnTrouble(now, claimed.status());
    return false;
  }
  BeginTerm(*claimed);
  Status loaded = journal_.LoadLive(
      options_.shard, [&](LoadedSaga saga) { Adopt(std::move(saga), claimed->last); });
  if (!loaded.ok()) {
    OnTrouble(now, loaded);
    return false;
  }
  claimed_ = true;
  retry_at_.reset();
  trouble_since_.reset();
  if (intervened_) {
    mailbox_->Own(epoch_);
    // Somebody else may have ended what our doubtful batch seemed to end.
    for (ShardInput& input : backlog_) {
      if (auto* cancel = std::get_if<CancelArrived>(&input)) cancel->ended_as.reset();
      if (auto* operate = std::get_if<OperateArrived>(&input)) operate->ended_as.reset();
    }
  }
  intervened_ = false;
  // In this order: a publisher that sees the last position must find the saved cursor.
  feed_.SetPublished(published_);
  feed_.Reset(last_);
  ReviewWaiters();
  spdlog::info("shard={} epoch={} claimed position={} live={} in_flight={}",
               ToNumber(options_.shard), ToNumber(epoch_), ToNumber(last_), live_.size(),
               in_flight_.size());
  return true;
}

void Shard::StepDown() {
  if (claimed_) {
    spdlog::warn("shard={} epoch={} position={} stepped_down live={}", ToNumber(options_.shard),
                 ToNumber(epoch_), ToNumber(last_), live_.size());
    claimed_ = false;
  }
  mailbox_->Disown();
  intervened_ = true;
  Abandon(NotHeld());
  // Their sagas belong to somebody else now, who asks again with the same keys.
  for (const ShardInput& input : mailbox_->Drain(kBatchInputsMax)) Drop(input, NotHeld());
  live_.Clear();
  timers_.Clear();
  paced_.Clear();
  dirty_.clear();
  retry_at_.reset();
  trouble_since_.reset();
  backoff_ = {};
  feed_.Reset({});
}

void Shard::BeginTerm(const ClaimedShard& claimed) {
  SAGA_CHECK(claimed.epoch > epoch_);
  if (ToNumber(claimed.epoch) != ToNumber(epoch_) + 1) intervened_ = true;
  if (claimed.last < last_) {
    // A fail-over has lost the journal's tail: what it says now is the truth.
    spdlog::error("shard={} epoch={} position={} committed_position={} tail_lost",
                  ToNumber(options_.shard), ToNumber(claimed.epoch), ToNumber(claimed.last),
                  ToNumber(last_));
  }
  epoch_ = claimed.epoch;
  last_ = claimed.last;
  published_ = claimed.published;
  low_water_ = {};
  learnt_ = claimed.now;
  live_.Clear();
  timers_.Clear();
  paced_.Clear();
  dirty_.clear();
}

void Shard::Adopt(LoadedSaga loaded, JournalSeq last) {
  SAGA_CHECK(loaded.oldest <= Advance(last, 1));
  LiveSaga& live = live_.Add(Revive(std::move(loaded), codec_, definitions_));
  MarkRecovered(live.saga);
  in_flight_.MarkIn(live.saga);
  if (!live.saga.unreadable.empty()) {
    spdlog::warn("saga={} unreadable reason=\"{}\"", live.saga.id.text(), live.saga.unreadable);
  }
  if (RowMustChange(live.written, RowStatusOf(live.saga))) dirty_.push_back(live.saga.id);
  if (!ResumeEffects(live.saga).empty()) paced_.Push({live.saga.id, {}});
  Rearm(live);
}

void Shard::Doubt() {
  std::deque<ShardInput> inputs;
  for (Parts& parts : uncommitted_) {
    for (BatchPart& part : parts) PutBack(part, inputs);
  }
  uncommitted_.clear();
  std::move(backlog_.begin(), backlog_.end(), std::back_inserter(inputs));
  backlog_ = std::move(inputs);
  claimed_ = false;
}

void Shard::PutBack(BatchPart& part, std::deque<ShardInput>& inputs) {
  const LiveSaga* live = live_.Find(part.saga);
  const bool ended = live != nullptr && IsEnded(live->saga.state);
  for (DoneInput& done : part.done) {
    if (auto* reply = std::get_if<ReplyArrived>(&done.input)) {
      // Not answered until its answer is committed.
      in_flight_.Add(reply->saga,
                     {reply->reply.step, reply->reply.operation, reply->reply.attempt});
    } else if (auto* start = std::get_if<StartArrived>(&done.input)) {
      start->doubted = part.starts && done.answer.status.ok() && !done.answer.already_started;
    } else if (auto* cancel = std::get_if<CancelArrived>(&done.input)) {
      if (ended && done.answer.status.ok()) {
        cancel->ended_as = std::make_shared<const Saga>(live->saga);
      }
    } else if (auto* operate = std::get_if<OperateArrived>(&done.input)) {
      const bool did = operate->mode == OperateMode::kDo && done.answer.status.ok();
      if (did && ended) operate->ended_as = std::make_shared<const Saga>(live->saga);
    }
    inputs.push_back(std::move(done.input));
  }
}

void Shard::OnTrouble(TimePoint now, const Status& error) {
  if (!trouble_since_) trouble_since_ = now;
  backoff_ = std::clamp<Duration>(backoff_ * 2, kStoreBackoffMin, kStoreBackoffMax);
  retry_at_ = now + backoff_;
  spdlog::warn("shard={} epoch={} position={} store_trouble retry_ms={} error=\"{}\"",
               ToNumber(options_.shard), ToNumber(epoch_), ToNumber(last_),
               std::chrono::duration_cast<std::chrono::milliseconds>(backoff_).count(),
               error.ToString());
  RefuseWaiting(now, StoreUnavailable("the store does not take anything now; nothing was changed"));
}

bool Shard::MayTry(TimePoint now) const {
  // The clock may have jumped since: never wait longer than the longest back-off.
  return !retry_at_ || now >= *retry_at_ || *retry_at_ - now > kStoreBackoffMax;
}

}  // namespace saga
