#include "orchestrator/engine_metrics.h"

#include <chrono>
#include <string_view>
#include <utility>
#include <variant>

namespace saga {
namespace {

using std::chrono::steady_clock;

std::string_view OutcomeName(AppendOutcome outcome) {
  switch (outcome) {
    case AppendOutcome::kCommitted:
      return "committed";
    case AppendOutcome::kFenced:
      return "fenced";
    case AppendOutcome::kInDoubt:
      return "in_doubt";
    case AppendOutcome::kRefused:
      return "refused";
    case AppendOutcome::kPoison:
      return "poison";
  }
  SAGA_UNREACHABLE();
}

Counter EndedCounter(const std::string& definition, const std::string& outcome) {
  return MetricCounter("sagad_sagas_ended_total", "Sagas that have ended.",
                       {{"definition", definition}, {"outcome", outcome}});
}

Histogram DurationHistogram(const std::string& definition, const std::string& outcome) {
  return MetricHistogram("sagad_saga_duration_seconds", "From start to end, ended sagas.",
                         SecondsBounds(), {{"definition", definition}, {"outcome", outcome}});
}

double SecondsOf(Duration duration) { return std::chrono::duration<double>(duration).count(); }

// Its place in OfDefinition::ended; absent while a record ends nothing.
std::optional<std::size_t> EndOf(const Record& record) {
  if (std::holds_alternative<SagaSucceeded>(record)) return 0;
  if (std::holds_alternative<SagaCompensated>(record)) return 1;
  if (std::holds_alternative<SagaResolved>(record)) return 2;
  return std::nullopt;
}

}  // namespace

TransitionMetrics::OfDefinition& TransitionMetrics::Of(const std::string& definition) {
  const auto found = definitions_.find(definition);
  if (found != definitions_.end()) return found->second;
  const auto ends = [&definition](const std::string& outcome) {
    return Ends{EndedCounter(definition, outcome), DurationHistogram(definition, outcome)};
  };
  OfDefinition made{MetricCounter("sagad_sagas_started_total", "Sagas that have started.",
                                  {{"definition", definition}}),
                    {ends("succeeded"), ends("compensated"), ends("resolved")}};
  return definitions_.emplace(definition, std::move(made)).first->second;
}

void TransitionMetrics::Count(const Saga& saga, const Record& record) {
  if (std::holds_alternative<SagaStarted>(record)) {
    Of(saga.definition->name).started.Add();
  } else if (const auto end = EndOf(record)) {
    const Ends& ended = Of(saga.definition->name).ended[*end];
    ended.count.Add();
    if (saga.ended) ended.seconds.Observe(SecondsOf(*saga.ended - saga.created));
  } else if (const auto* acted = std::get_if<OperatorActed>(&record)) {
    MetricCounter("sagad_operator_actions_total", "Accepted requests of people on call.",
                  {{"action", std::string(OperatorActionName(acted->action))}})
        .Add();
  } else if (const auto* stuck = std::get_if<StepStuck>(&record)) {
    MetricCounter("sagad_steps_stuck_total", "Steps that came to need a person.",
                  {{"definition", saga.definition->name},
                   {"reason", std::string(StuckReasonName(stuck->reason))}})
        .Add();
  }
}

MeasuredJournal::MeasuredJournal(std::unique_ptr<Journal> inner)
    : inner_(std::move(inner)),
      batch_size_(
          MetricHistogram("sagad_commit_batch_size", "Entries of one commit.", CountBounds())),
      seconds_(MetricHistogram("sagad_commit_duration_seconds", "Round trip of one commit.",
                               SecondsBounds())),
      recovered_(MetricCounter("sagad_recovered_sagas_total", "Live sagas loaded by claims.")) {}

Result<ClaimedShard> MeasuredJournal::Claim(ShardId shard, const std::string& node) {
  return inner_->Claim(shard, node);
}

AppendResult MeasuredJournal::Append(ShardId shard, Epoch epoch, const Batch& batch) {
  const auto begun = steady_clock::now();
  AppendResult result = inner_->Append(shard, epoch, batch);
  if (result.outcome == AppendOutcome::kCommitted) {
    batch_size_.Observe(static_cast<double>(batch.entries.size()));
    seconds_.Observe(std::chrono::duration<double>(steady_clock::now() - begun).count());
  } else {
    MetricCounter("sagad_commits_failed_total", "Appends that were not known to be committed.",
                  {{"outcome", std::string(OutcomeName(result.outcome))}})
        .Add();
  }
  return result;
}

Status MeasuredJournal::LoadLive(ShardId shard, const std::function<void(LoadedSaga)>& each) {
  return inner_->LoadLive(shard, [this, &each](LoadedSaga saga) {
    recovered_.Add();
    each(std::move(saga));
  });
}

Result<CommittedPage> MeasuredJournal::ReadCommitted(ShardId shard, JournalSeq after,
                                                     std::size_t entries_max) {
  return inner_->ReadCommitted(shard, after, entries_max);
}

}  // namespace saga
