#include "orchestrator/orchestrator.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/mutex.h"
#include "orchestrator/shard_runner.h"

namespace saga {
namespace {

Status RefusalOf(PostOutcome outcome) {
  switch (outcome) {
    case PostOutcome::kAccepted:
      return Status::Ok();
    case PostOutcome::kFull:
      return {StatusCode::kResourceExhausted, "OVERLOADED",
              "too much waits for this shard already; try again after a while"};
    case PostOutcome::kClosed:
      return {StatusCode::kUnavailable, "DRAINING", "this node is shutting down; ask another one"};
  }
  SAGA_UNREACHABLE();
}

void Post(ShardRunner& runner, ShardRequest request) {
  const Status refusal = RefusalOf(runner.mailbox->PostRequest(request));
  if (refusal.ok()) return;
  std::visit([&refusal](auto& r) { Refuse(std::move(r), refusal); }, request);
}

}  // namespace

Orchestrator::Orchestrator(OrchestratorOptions options, const JournalFactory& journals,
                           const RecordCodec& codec, const DefinitionResolver& definitions,
                           const Conditions& conditions, ParticipantCaller& caller)
    : options_(std::move(options)), clock_(std::make_unique<DatabaseClock>()) {
  SAGA_CHECK(options_.shards > 0);
  for (std::uint16_t i = 0; i < options_.shards; ++i) {
    ShardOptions shard{.shard = ShardId{i},
                       .node = options_.node,
                       .following = options_.following,
                       .unpublished_max = options_.unpublished_max,
                       .holds = {},
                       .why_not = options_.why_not};
    if (options_.holds) shard.holds = [this, i] { return options_.holds(ShardId{i}); };
    runners_.push_back(std::make_unique<ShardRunner>(
        std::move(shard), ClusterIdentity{options_.cluster, options_.secret}, journals(), codec,
        definitions, conditions, caller, *clock_));
  }
}

Orchestrator::~Orchestrator() { Drain(std::chrono::milliseconds(0)); }

void Orchestrator::Begin(FollowUpStarter& follow_ups) {
  for (auto& runner : runners_) runner->Begin(follow_ups);
}

bool Orchestrator::ready() const {
  return std::all_of(runners_.begin(), runners_.end(),
                     [](const auto& runner) { return runner->serving(); });
}

bool Orchestrator::serves(ShardId shard) const { return runners_.at(ToNumber(shard))->serving(); }

bool Orchestrator::HoldsAll() const {
  if (!options_.holds) return true;
  for (std::uint16_t i = 0; i < options_.shards; ++i) {
    if (!options_.holds(ShardId{i})) return false;
  }
  return true;
}

void Orchestrator::OnLeasesChanged() {
  for (auto& runner : runners_) runner->mailbox->Signal();
}

void Orchestrator::Start(StartRequest request, AnswerFn answer) {
  ShardRunner& runner = RunnerFor(request.saga);
  StartArrived start{.request = std::move(request), .answer = std::move(answer)};
  const Status refusal = RefusalOf(runner.mailbox->PostStart(start));
  if (!refusal.ok()) Refuse(std::move(start), refusal);
}

void Orchestrator::Get(SagaId saga, AnswerFn answer) {
  ShardRunner& runner = RunnerFor(saga);
  Post(runner, ReadArrived{std::move(saga), std::move(answer)});
}

void Orchestrator::GetHistory(SagaId saga, HistoryFn answer) {
  ShardRunner& runner = RunnerFor(saga);
  Post(runner, HistoryArrived{std::move(saga), std::move(answer)});
}

void Orchestrator::Report(SagaId saga, OutcomeReported report, AnswerFn answer) {
  ShardRunner& runner = RunnerFor(saga);
  Post(runner, NewsArrived{std::move(saga), std::move(report), std::move(answer)});
}

void Orchestrator::Signal(SagaId saga, SignalArrived signal, AnswerFn answer) {
  ShardRunner& runner = RunnerFor(saga);
  Post(runner, NewsArrived{std::move(saga), std::move(signal), std::move(answer)});
}

void Orchestrator::Cancel(SagaId saga, CancelRequest request, AnswerFn answer) {
  ShardRunner& runner = RunnerFor(saga);
  Post(runner, CancelArrived{std::move(saga), std::move(request), std::move(answer), nullptr});
}

void Orchestrator::Operate(SagaId saga, OperatorRequest request, Mode mode, AnswerFn answer) {
  ShardRunner& runner = RunnerFor(saga);
  Post(runner,
       OperateArrived{std::move(saga), std::move(request), mode, std::move(answer), nullptr});
}

void Orchestrator::Wait(SagaId saga, WaitGoal goal, std::chrono::milliseconds timeout,
                        AnswerFn answer) {
  ShardRunner& runner = RunnerFor(saga);
  Post(runner, WaitArrived{std::move(saga), goal, Now() + timeout, std::move(answer)});
}

void Orchestrator::OnParticipantRecovered(const std::string& name_space,
                                          const std::string& participant) {
  for (auto& runner : runners_) runner->mailbox->PostParticipantBack({name_space, participant});
}

std::uint16_t Orchestrator::shard_count() const { return options_.shards; }

CommittedFeed& Orchestrator::feed(ShardId shard) { return runners_.at(ToNumber(shard))->feed; }

TimePoint Orchestrator::Now() const { return clock_->Now(); }

void Orchestrator::Drain(std::chrono::milliseconds patience) {
  const SteadyTime until = std::chrono::steady_clock::now() + patience;
  for (auto& runner : runners_) runner->Drain(until);
  for (auto& runner : runners_) runner->Join();
}

Orchestrator::Counts Orchestrator::counts() const {
  Counts sum;
  for (const auto& runner : runners_) {
    sum.live += runner->live();
    sum.mailbox += runner->mailbox->size();
    sum.in_flight += runner->mailbox->in_flight();
  }
  return sum;
}

std::optional<Census> Orchestrator::TakeCensus(std::chrono::milliseconds patience) {
  // Held by the answers too: one may come when nobody waits any more.
  struct Gathering {
    Mutex mutex;
    CondVar wake;
    Census sum SAGA_GUARDED_BY(mutex);
    std::size_t missing SAGA_GUARDED_BY(mutex) = 0;
  };
  const auto gathering = std::make_shared<Gathering>();
  {
    const MutexLock lock(gathering->mutex);
    gathering->missing = runners_.size();
  }
  for (auto& runner : runners_) {
    Post(*runner, CensusArrived{[gathering](const Census* census) {
      const MutexLock lock(gathering->mutex);
      if (census == nullptr) return;
      gathering->sum.Add(*census);
      if (--gathering->missing == 0) gathering->wake.notify_one();
    }});
  }
  const auto until = std::chrono::steady_clock::now() + patience;
  const MutexLock lock(gathering->mutex);
  while (gathering->missing > 0) {
    if (gathering->wake.wait_until(gathering->mutex, until) == std::cv_status::timeout) break;
  }
  if (gathering->missing > 0) return std::nullopt;
  return std::move(gathering->sum);
}

ShardRunner& Orchestrator::RunnerFor(const SagaId& saga) {
  return *runners_[ToNumber(ShardOf(saga, options_.shards))];
}

}  // namespace saga
