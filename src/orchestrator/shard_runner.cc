#include "orchestrator/shard_runner.h"

#include <algorithm>
#include <utility>

#include "base/log.h"

namespace saga {
namespace {

using std::chrono::steady_clock;

// The publisher moves its cursor without waking the shard, so an idle shard looks by itself.
constexpr std::chrono::seconds kIdleLook{1};
// While it drains, a shard looks whether its calls have been answered.
constexpr std::chrono::milliseconds kDrainLook{20};

Status Stopped() {
  return {StatusCode::kUnavailable, "DRAINING", "this node is shutting down; ask another one"};
}

}  // namespace

ShardRunner::ShardRunner(ShardOptions options, ClusterIdentity cluster,
                         std::unique_ptr<Journal> journal, const RecordCodec& codec,
                         const DefinitionResolver& definitions, const Conditions& conditions,
                         ParticipantCaller& caller, DatabaseClock& clock)
    : mailbox(std::make_shared<Mailbox>(options.holds)),
      feed(options.shard),
      shard_id_(options.shard),
      journal_(std::make_unique<MeasuredJournal>(std::move(journal))),
      dispatcher_(std::move(cluster), mailbox, caller, feed),
      shard_(std::move(options), *journal_, codec, definitions, conditions, mailbox, dispatcher_,
             feed),
      clock_(clock) {}

ShardRunner::~ShardRunner() {
  Drain(steady_clock::now());
  Join();
  // Without a thread there may be callers whom nobody has answered.
  mailbox->Abandon();
  shard_.Abandon(Stopped());
}

void ShardRunner::Begin(FollowUpStarter& follow_ups) {
  SAGA_CHECK(!thread_.joinable());
  dispatcher_.StartFollowUpsBy(follow_ups);
  thread_ = std::thread([this] { Run(); });
}

void ShardRunner::Drain(SteadyTime until) {
  mailbox->Close();
  {
    MutexLock lock(mutex_);
    stop_at_ = until;
  }
  mailbox->Signal();
}

void ShardRunner::Join() {
  if (thread_.joinable()) thread_.join();
}

bool ShardRunner::serving() const {
  MutexLock lock(mutex_);
  return serving_;
}

std::size_t ShardRunner::live() const {
  MutexLock lock(mutex_);
  return live_;
}

void ShardRunner::Run() {
  for (;;) {
    const Turn turn = shard_.RunOnce(clock_.Now());
    if (const auto learnt = shard_.TakeLearntTime()) clock_.Learn(*learnt, steady_clock::now());
    Publish();
    if (!GoOn(turn)) break;
    if (turn == Turn::kMore) continue;
    const SteadyTime now = steady_clock::now();
    SteadyTime until = now + kIdleLook;
    if (const auto wake = shard_.NextWake())
      until = std::min(until, now + (*wake - clock_.At(now)));
    if (mailbox->is_closed()) until = std::min(until, now + kDrainLook);
    mailbox->Wait(turn == Turn::kStalled ? WaitFor::kSignal : WaitFor::kInput, until);
  }
  mailbox->Abandon();
  shard_.Abandon(Stopped());
  spdlog::info("shard={} stopped live={} in_flight={}", ToNumber(shard_id_), shard_.live().size(),
               shard_.in_flight().size());
}

bool ShardRunner::GoOn(Turn turn) {
  std::optional<SteadyTime> stop_at;
  {
    MutexLock lock(mutex_);
    stop_at = stop_at_;
  }
  if (!stop_at) return true;
  shard_.StopCalling();
  if (steady_clock::now() >= *stop_at) return false;
  const bool answered = mailbox->in_flight() == 0 && mailbox->size() == 0;
  return !(answered && turn == Turn::kIdle && shard_.settled());
}

void ShardRunner::Publish() {
  MutexLock lock(mutex_);
  serving_ = shard_.serving();
  live_ = shard_.live().size();
}

}  // namespace saga
