// The second half of the loop: append and release.
#include <algorithm>
#include <utility>

#include "base/log.h"
#include "orchestrator/carry_forward.h"
#include "orchestrator/recovery.h"
#include "orchestrator/row_tracker.h"
#include "orchestrator/shard.h"
#include "orchestrator/transition_log.h"

namespace saga {
namespace {

bool IsVoid(const BatchPart& part, const AppendResult& result) {
  return part.starts && std::find(result.void_starts.begin(), result.void_starts.end(),
                                  part.saga) != result.void_starts.end();
}

}  // namespace

Turn Shard::Commit(TimePoint now) {
  while (!uncommitted_.empty()) {
    Parts& parts = uncommitted_.front();
    AppendResult result{
        .outcome = AppendOutcome::kCommitted, .committed_at = now, .void_starts = {}, .error = {}};
    if (HasContent(parts) || cursor_due_) {
      const Batch batch = Assemble(parts, Frame());
      SAGA_CHECK(batch.before == last_ && batch.published >= published_);
      result = journal_.Append(options_.shard, epoch_, batch);
      if (result.outcome == AppendOutcome::kCommitted) {
        learnt_ = result.committed_at;
        published_ = batch.published;
        low_water_ = batch.low_water;
        cursor_saved_ = now;
        cursor_due_ = false;
        trouble_since_.reset();
        retry_at_.reset();
        backoff_ = {};
      }
    }
    switch (result.outcome) {
      case AppendOutcome::kCommitted: {
        Parts committed = std::move(uncommitted_.front());
        uncommitted_.pop_front();
        Release(std::move(committed), result, now);
        break;
      }
      case AppendOutcome::kPoison:
        Halve(result.error);
        break;
      case AppendOutcome::kRefused:
        OnTrouble(now, result.error);
        return Turn::kStalled;
      case AppendOutcome::kFenced:
        mailbox_->Disown();
        intervened_ = true;
        Doubt();
        OnTrouble(now, result.error);
        return Turn::kStalled;
      case AppendOutcome::kInDoubt:
        spdlog::warn("shard={} epoch={} position={} append_in_doubt error=\"{}\"",
                     ToNumber(options_.shard), ToNumber(epoch_), ToNumber(last_),
                     result.error.ToString());
        Doubt();
        return Turn::kMore;
    }
  }
  const bool more = !backlog_.empty() || !dirty_.empty() || mailbox_->size() > 0;
  return more ? Turn::kMore : Turn::kIdle;
}

void Shard::Halve(const Status& error) {
  Parts parts = std::move(uncommitted_.front());
  uncommitted_.pop_front();
  if (parts.size() > 1) {
    const auto middle = parts.begin() + static_cast<std::ptrdiff_t>(parts.size() / 2);
    Parts second(std::make_move_iterator(middle), std::make_move_iterator(parts.end()));
    parts.erase(middle, parts.end());
    uncommitted_.push_front(std::move(second));
    uncommitted_.push_front(std::move(parts));
    return;
  }
  if (parts.empty()) {
    cursor_due_ = false;
    spdlog::error("shard={} cursor_not_saved error=\"{}\"", ToNumber(options_.shard),
                  error.ToString());
    return;
  }
  Quarantine(parts.front(), error);
}

void Shard::Quarantine(BatchPart& part, const Status& error) {
  spdlog::warn("saga={} set_aside error=\"{}\"", part.saga.text(), error.ToString());
  LiveSaga* live = live_.Find(part.saga);
  Status refusal;
  if (part.starts) {
    Forget(*live);
    live = nullptr;
    refusal = Status(StatusCode::kInvalidArgument, "VALUE_NOT_STORABLE",
                     "the store does not take a value of this start: " + error.message());
  } else if (live != nullptr) {
    const bool row_only = part.records.empty();
    SetAside(*live, part.history_before, codec_, "STORE_REFUSED: a record cannot be stored");
    // A row that cannot be written is left as it is; a saga that could not be is shown as stuck.
    if (row_only) {
      live->written = RowStatusOf(live->saga);
    } else {
      dirty_.push_back(part.saga);
    }
    refusal = Status(StatusCode::kFailedPrecondition, "SAGA_UNREADABLE",
                     "the store does not take what follows from this request");
  }
  for (DoneInput& done : part.done) Refuse(done.input, refusal);
}

BatchFrame Shard::Frame() const {
  return {.before = last_,
          .published = std::min(std::max(Published(), published_), last_),
          .low_water = std::max(low_water_, LowWater(live_, last_))};
}

JournalSeq Shard::Published() const {
  switch (options_.following) {
    case Following::kPublisher:
      return feed_.published();
    case Following::kNobody:
      return last_;
  }
  SAGA_UNREACHABLE();
}

bool Shard::CursorIsDue(TimePoint now) const {
  if (Published() <= published_) return false;
  return !cursor_saved_ || now - *cursor_saved_ >= kCursorSaveInterval || now < *cursor_saved_;
}

void Shard::Release(Parts parts, const AppendResult& result, TimePoint now) {
  std::uint64_t entries = 0;
  for (const BatchPart& part : parts) entries += part.records.size();
  CommittedBatch committed(epoch_, Advance(last_, entries));
  for (BatchPart& part : parts) {
    const JournalSeq before = std::exchange(last_, Advance(last_, part.records.size()));
    if (IsVoid(part, result)) {
      Forget(*live_.Find(part.saga));
    } else {
      Settle(part, before, committed);
    }
  }
  SAGA_CHECK(last_ == committed.last());
  sink_.Release(std::move(committed));
  for (BatchPart& part : parts) {
    LiveSaga* live = live_.Find(part.saga);
    for (DoneInput& done : part.done) {
      const bool start_is_void =
          IsVoid(part, result) && std::holds_alternative<StartArrived>(done.input);
      if (start_is_void) done.answer = {.status = {}, .ended_before = true, .plan = {}};
      Answer(done, live, now);
    }
  }
  for (const BatchPart& part : parts) Finish(part);
}

void Shard::Settle(BatchPart& part, JournalSeq before, CommittedBatch& committed) {
  LiveSaga* live = live_.Find(part.saga);
  if (live == nullptr) return;  // Somebody asked for a saga that is not here.
  for (std::size_t i = 0; i < part.records.size(); ++i) {
    LogTransition(live->saga, *part.records[i]);
    metrics_.Count(live->saga, part.records[i]->record);
    committed.records_.push_back(
        {Advance(before, i + 1), live->header, part.records[i], part.encoded[i].size()});
  }
  if (part.start) {
    live_.SetOldest(*live, Advance(before, 1));
    live->written = part.start->status;
  }
  if (part.change) {
    live->written = part.change->status;
    if (part.change->carried) live_.SetOldest(*live, Advance(part.change->carried_to, 1));
  }
  if (!MayCall()) return;
  for (const CallParticipant& call : part.calls) {
    in_flight_.Add(part.saga, call);
    committed.calls_.push_back({&live->saga, call});
  }
  for (const StartFollowUp& start : part.follow_ups) {
    committed.follow_ups_.push_back({&live->saga, start});
  }
}

void Shard::Finish(const BatchPart& part) {
  LiveSaga* live = live_.Find(part.saga);
  if (live == nullptr) return;
  AnswerReached(*live);
  if (IsEnded(live->saga.state)) {
    Forget(*live);
  } else {
    Rearm(*live);
  }
}

}  // namespace saga
