#include "participants/lane.h"

#include <utility>

#include "participants/call_task.h"
#include "participants/limits.h"

namespace saga::participants {

Lane::Lane(RouteRef route)
    : metrics_(route->participant->record),
      route_(std::move(route)),
      permits_(route_->participant->record.max_in_flight) {
  metrics_.SetLimit(permits_.limit());
}

Lane::~Lane() = default;

RouteRef Lane::route() const {
  const MutexLock lock(mutex_);
  return route_;
}

void Lane::SetRoute(RouteRef route) {
  const MutexLock lock(mutex_);
  permits_.SetLimit(route->participant->record.max_in_flight);
  metrics_.SetLimit(permits_.limit());
  std::erase_if(earlier_channels_, [](const auto& channel) { return channel.expired(); });
  if (route_->channel) earlier_channels_.push_back(route_->channel);
  route_ = std::move(route);
}

CallTaskPtr Lane::Enter(CallTaskPtr task) {
  const MutexLock lock(mutex_);
  if (closed_) return nullptr;
  std::optional<CallTaskPtr> entered = permits_.Enter(std::move(task));
  ShowLoad();
  return entered ? std::move(*entered) : nullptr;
}

CallTaskPtr Lane::Next() {
  const MutexLock lock(mutex_);
  std::optional<CallTaskPtr> next = permits_.Next();
  if (next) ShowLoad();
  return next ? std::move(*next) : nullptr;
}

void Lane::ShowLoad() { metrics_.SetLoad(permits_.in_flight(), permits_.waiting()); }

HealthTurn Lane::Turn(HealthTurn turn) {
  metrics_.SetReach(health_.IsDown() ? LaneMetrics::Reach::kDown : LaneMetrics::Reach::kUp);
  if (turn == HealthTurn::kRecovered) permits_.Narrow(kCallsAfterRecovery);
  return turn;
}

HealthTurn Lane::Leave(CallEnd end) {
  const MutexLock lock(mutex_);
  HealthTurn turn = HealthTurn::kNone;
  permits_.Leave();
  ShowLoad();
  if (end.sign && !closed_) {  // What Close has cancelled says nothing of the participant.
    const SteadyTime now = std::chrono::steady_clock::now();
    recent_.Add(now, end.took, end.quality);
    turn = Turn(health_.OnCall(*end.sign, now));
    switch (end.quality) {
      case CallQuality::kFine:
        last_success_ = now;
        permits_.Widen();
        break;
      case CallQuality::kFailed:
        last_failure_ = std::move(end.failure);
        break;
    }
  }
  if (closed_ && permits_.in_flight() == 0) idle_.notify_all();
  return turn;
}

HealthTurn Lane::OnProbe(Sign sign) {
  const MutexLock lock(mutex_);
  return Turn(health_.OnProbe(sign, std::chrono::steady_clock::now()));
}

bool Lane::ShouldAsk() const {
  const MutexLock lock(mutex_);
  return !closed_ && health_.ShouldAsk();
}

std::chrono::milliseconds Lane::AskAfter(double chance) const {
  const MutexLock lock(mutex_);
  return health_.AskAfter(chance);
}

void Lane::CancelAll() {
  std::vector<std::shared_ptr<Channel>> channels;
  {
    const MutexLock lock(mutex_);
    channels.push_back(route_->channel);
    for (const auto& channel : earlier_channels_) channels.push_back(channel.lock());
  }
  for (const auto& channel : channels) {
    if (channel) channel->CancelAll();
  }
}

void Lane::Close() {
  std::deque<CallTaskPtr> dropped;  // Destroyed outside the lock: their places call the engine.
  {
    const MutexLock lock(mutex_);
    closed_ = true;
    dropped = permits_.TakeWaiting();
  }
  for (;;) {
    CancelAll();
    // Again and again: a call that had its permit before may only now have been sent.
    const MutexLock lock(mutex_);
    if (permits_.in_flight() > 0) idle_.wait_for(mutex_, kCancelAgain);
    if (permits_.in_flight() == 0) return;
  }
}

Lane::View Lane::Look() const {
  const MutexLock lock(mutex_);
  View view{.since = health_.since(),
            .in_flight = permits_.in_flight(),
            .waiting = static_cast<std::int64_t>(permits_.waiting()),
            .recent = recent_.Summarise(std::chrono::steady_clock::now()),
            .last_success = last_success_,
            .last_failure = last_failure_};
  view.health = health_.health(view.recent);
  return view;
}

}  // namespace saga::participants
