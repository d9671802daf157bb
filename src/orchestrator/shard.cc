#include "orchestrator/shard.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "orchestrator/carry_forward.h"
#include "orchestrator/core/decide.h"

namespace saga {
namespace {

void Earliest(std::optional<TimePoint>& earliest, const std::optional<TimePoint>& other) {
  if (other && (!earliest || *other < *earliest)) earliest = other;
}

// A call that the participant has kept waiting: to be repeated later, or stuck.
bool WaitsFor(const Saga& saga, const std::string& participant) {
  for (std::size_t i = 0; i < saga.steps.size(); ++i) {
    const auto& pending = saga.steps[i].pending;
    if (!pending || pending->in_flight || IsWait(pending->awaited)) continue;
    if (saga.definition->call(ToStep(i), pending->operation).participant == participant)
      return true;
  }
  return false;
}

}  // namespace

Shard::Shard(ShardOptions options, Journal& journal, const RecordCodec& codec,
             const DefinitionResolver& definitions, const Conditions& conditions,
             std::shared_ptr<Mailbox> mailbox, EffectSink& sink, CommittedFeed& feed)
    : options_(std::move(options)),
      journal_(journal),
      codec_(codec),
      definitions_(definitions),
      conditions_(conditions),
      mailbox_(std::move(mailbox)),
      sink_(sink),
      feed_(feed) {}

Turn Shard::RunOnce(TimePoint now) {
  thread_.Check();
  if (!Holds()) {
    StepDown();
    return Turn::kIdle;
  }
  if (!MayTry(now)) return Turn::kStalled;
  if (!claimed_) return Claim(now) ? Turn::kMore : Turn::kStalled;
  // A batch that the store has refused comes first: what follows was decided on it.
  if (uncommitted_.empty()) Decide(now);
  return Commit(now);
}

void Shard::Decide(TimePoint now) {
  BatchBuilder builder(options_.shard, now, live_, in_flight_, codec_, conditions_);
  if (const Status full = UnpublishedLimit(); !full.ok()) builder.RefuseNewSagas(full);
  for (const SagaId& saga : std::exchange(dirty_, {})) {
    if (const LiveSaga* live = live_.Find(saga)) builder.Touch(*live);
  }
  TakeInputs(builder);
  TakeTimers(builder, now);
  TakePaced(builder, now);
  Parts parts = std::move(builder).Finish();
  if (HasContent(parts)) AddCarried(live_, last_, options_.carry_after_entries, parts);
  cursor_due_ = parts.empty() && CursorIsDue(now);
  if (!parts.empty() || cursor_due_) uncommitted_.push_back(std::move(parts));
}

// Sagas go on while nobody takes their events, but the journal must not grow without an end.
Status Shard::UnpublishedLimit() const {
  const std::uint64_t waiting = ToNumber(last_) - ToNumber(Published());
  if (waiting <= options_.unpublished_max) return Status::Ok();
  return {StatusCode::kResourceExhausted, "OVERLOADED",
          fmt::format("{} records of this shard wait to be published to Kafka, at most {} may: "
                      "running sagas go on, new ones are taken once the broker has caught up",
                      waiting, options_.unpublished_max)};
}

void Shard::TakeInputs(BatchBuilder& builder) {
  std::deque<ShardInput> inputs = std::exchange(backlog_, {});
  if (inputs.size() < kBatchInputsMax) {
    for (ShardInput& input : mailbox_->Drain(kBatchInputsMax - inputs.size())) {
      inputs.push_back(std::move(input));
    }
  }
  for (ShardInput& input : inputs) {
    if (const auto* note = std::get_if<ParticipantBack>(&input)) {
      OnParticipantBack(*note);
      continue;
    }
    if (const auto* census = std::get_if<CensusArrived>(&input)) {
      const Census counted = TakeCensus(live_);
      census->answer(&counted);
      continue;
    }
    if (builder.full()) {
      backlog_.push_back(std::move(input));
      continue;
    }
    if (auto later = builder.Take(std::move(input))) backlog_.push_back(std::move(*later));
  }
}

void Shard::TakeTimers(BatchBuilder& builder, TimePoint now) {
  if (builder.full()) return;
  for (const TimerQueue::Entry& entry : timers_.TakeDue(now, kBatchInputsMax)) {
    LiveSaga* live = live_.Find(entry.saga);
    SAGA_CHECK(live != nullptr && live->armed == entry.at);
    live->armed.reset();
    for (WaitArrived& wait : waiters_.TakeExpired(entry.saga, now)) {
      builder.Take(std::move(wait));
    }
    const auto wake = saga::NextWake(live->saga);
    if (wake && *wake <= now && builder.Fire(*live, Wake())) live->looked = now;
    // What is in the batch is armed again when the batch is released.
    if (!builder.Has(entry.saga)) Rearm(*live);
  }
}

void Shard::TakePaced(BatchBuilder& builder, TimePoint now) {
  if (builder.full() || !calling_) return;
  for (PacedQueue::Item& item : paced_.Take(now)) {
    LiveSaga* live = live_.Find(item.saga);
    if (live == nullptr) continue;
    const bool done = item.recovered.empty()
                          ? builder.Resume(*live)
                          : builder.Fire(*live, ParticipantRecovered{item.recovered});
    if (!done) paced_.Push(std::move(item));
  }
}

void Shard::OnParticipantBack(const ParticipantBack& note) {
  live_.ForEach([&](const LiveSaga& live) {
    if (live.saga.id.name_space() != note.name_space) return;
    if (WaitsFor(live.saga, note.participant)) paced_.Push({live.saga.id, note.participant});
  });
}

void Shard::Rearm(LiveSaga& live) {
  std::optional<TimePoint> wake = saga::NextWake(live.saga);
  // It was looked at when it was due and nothing came of it: not again at once.
  if (wake && live.looked && *wake <= *live.looked) wake = *live.looked + kTimerRefireMin;
  Earliest(wake, waiters_.EarliestOf(live.saga.id));
  if (wake == live.armed) return;
  if (live.armed) timers_.Disarm(*live.armed, live.saga.id);
  live.armed = wake;
  if (wake) timers_.Arm(*wake, live.saga.id);
}

void Shard::Forget(const LiveSaga& live) {
  if (live.armed) timers_.Disarm(*live.armed, live.saga.id);
  live_.Erase(SagaId(live.saga.id));
}

std::optional<TimePoint> Shard::NextWake() const {
  if (retry_at_) return retry_at_;
  if (!claimed_) return std::nullopt;
  std::optional<TimePoint> wake = timers_.next();
  if (calling_) Earliest(wake, paced_.next());
  if (Published() > published_ && cursor_saved_) {
    Earliest(wake, *cursor_saved_ + kCursorSaveInterval);
  }
  return wake;
}

std::optional<TimePoint> Shard::TakeLearntTime() { return std::exchange(learnt_, std::nullopt); }

}  // namespace saga
