#include "participants/health_monitor.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/log.h"
#include "grpc/health/v1/health.pb.h"
#include "participants/limits.h"

namespace saga::participants {

Sign SignOf(const UnaryReply& reply, Channel& channel) {
  switch (reply.code) {
    case StatusCode::kUnavailable:
      // Over a connection that stands the participant may say so itself, or a proxy before it: its
      // health tells.
      return channel.state() == ChannelState::kReady ? Sign::kTimedOut : Sign::kUnreachable;
    case StatusCode::kDeadlineExceeded:
      return Sign::kTimedOut;
    case StatusCode::kOk:
    case StatusCode::kCancelled:
    case StatusCode::kUnknown:
    case StatusCode::kInvalidArgument:
    case StatusCode::kNotFound:
    case StatusCode::kAlreadyExists:
    case StatusCode::kPermissionDenied:
    case StatusCode::kResourceExhausted:
    case StatusCode::kFailedPrecondition:
    case StatusCode::kAborted:
    case StatusCode::kOutOfRange:
    case StatusCode::kUnimplemented:
    case StatusCode::kInternal:
    case StatusCode::kDataLoss:
    case StatusCode::kUnauthenticated:
      return Sign::kAnswered;
  }
  SAGA_UNREACHABLE();
}

Sign SignOfHealth(const UnaryReply& reply, Channel& channel) {
  grpc::health::v1::HealthCheckResponse answer;
  if (reply.code == StatusCode::kOk && answer.ParseFromString(reply.body) &&
      answer.status() == grpc::health::v1::HealthCheckResponse::NOT_SERVING) {
    return Sign::kUnreachable;
  }
  return SignOf(reply, channel);
}

struct HealthMonitor::Question final : UnaryCall {
  Question(HealthMonitor& by, std::shared_ptr<Lane> asked, std::shared_ptr<Channel> over)
      : monitor(by), lane(std::move(asked)), channel(std::move(over)) {}

  void OnReply(UnaryReply reply) override {
    const std::unique_ptr<Question> self(this);
    monitor.OnAnswer(lane, SignOfHealth(reply, *channel));
  }

  HealthMonitor& monitor;
  const std::shared_ptr<Lane> lane;
  const std::shared_ptr<Channel> channel;
};

HealthMonitor::HealthMonitor(OnRecovered on_recovered)
    : on_recovered_(std::move(on_recovered)),
      random_(std::random_device()()),
      thread_([this] { Run(); }) {}

HealthMonitor::~HealthMonitor() { Stop(); }

void HealthMonitor::Stop() {
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
}

double HealthMonitor::Chance() { return std::uniform_real_distribution<double>(0, 1)(random_); }

void HealthMonitor::OnTurn(HealthTurn turn, const std::shared_ptr<Lane>& lane) {
  switch (turn) {
    case HealthTurn::kNone:
      return;
    case HealthTurn::kAsk: {
      const MutexLock lock(mutex_);
      const SteadyTime when = std::chrono::steady_clock::now() + lane->AskAfter(Chance());
      schedule_.try_emplace(lane, when);
      changed_.notify_all();
      return;
    }
    case HealthTurn::kRecovered: {
      const MutexLock lock(mutex_);
      recovered_.push_back(lane);
      changed_.notify_all();
      return;
    }
  }
  SAGA_UNREACHABLE();
}

void HealthMonitor::OnAnswer(const std::shared_ptr<Lane>& lane, Sign sign) {
  const HealthTurn turn = lane->OnProbe(sign);
  const MutexLock lock(mutex_);
  --under_way_;
  if (turn == HealthTurn::kRecovered) recovered_.push_back(lane);
  if (lane->ShouldAsk() && !stopping_) {
    schedule_[lane] = std::chrono::steady_clock::now() + lane->AskAfter(Chance());
  } else {
    schedule_.erase(lane);
  }
  changed_.notify_all();
}

void HealthMonitor::Ask(const std::shared_ptr<Lane>& lane) {
  const RouteRef route = lane->route();
  if (!route->channel) return OnAnswer(lane, Sign::kUnreachable);
  auto question = std::make_unique<Question>(*this, lane, route->channel);
  const Status sent =
      route->channel->Submit({.method = route->health_method,
                              .deadline = std::chrono::steady_clock::now() + kProbeTimeout},
                             *question);
  if (!sent.ok()) return OnAnswer(lane, Sign::kUnreachable);
  question.release();  // NOLINT(bugprone-unused-return-value): destroys itself in OnReply.
}

SteadyTime HealthMonitor::NextTime() {
  SteadyTime next = SteadyTime::max();
  for (const auto& [lane, when] : schedule_) next = std::min(next, when.value_or(next));
  return next;
}

void HealthMonitor::Run() {
  mutex_.lock();
  while (!stopping_ || under_way_ > 0) {
    const std::vector<std::shared_ptr<Lane>> recovered = std::exchange(recovered_, {});
    const SteadyTime now = std::chrono::steady_clock::now();
    std::vector<std::shared_ptr<Lane>> due;
    for (auto& [lane, when] : schedule_) {
      if (stopping_ || !when || *when > now) continue;
      when.reset();
      due.push_back(lane);
    }
    under_way_ += due.size();
    if (recovered.empty() && due.empty()) {
      const SteadyTime next = stopping_ ? SteadyTime::max() : NextTime();
      if (next == SteadyTime::max()) {
        changed_.wait(mutex_);
      } else {
        changed_.wait_until(mutex_, next);
      }
      continue;
    }
    mutex_.unlock();
    for (const auto& lane : recovered) {
      const ParticipantRef participant = lane->route()->participant;
      spdlog::info("participant={} answers again", participant->record.name);
      if (on_recovered_)
        on_recovered_(participant->record.name_space, participant->record.called());
    }
    for (const auto& lane : due) Ask(lane);
    mutex_.lock();
  }
  mutex_.unlock();
}

}  // namespace saga::participants
