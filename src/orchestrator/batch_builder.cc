#include "orchestrator/batch_builder.h"

#include <fmt/format.h>

#include <utility>

#include "base/log.h"
#include "base/overloaded.h"
#include "orchestrator/audit.h"
#include "orchestrator/core/decide.h"
#include "orchestrator/history.h"
#include "orchestrator/limits.h"
#include "orchestrator/row_tracker.h"

namespace saga {
namespace {

std::shared_ptr<const SagaHeader> HeaderOf(const Saga& saga) {
  return std::make_shared<const SagaHeader>(
      SagaHeader{saga.id, saga.definition, saga.definition->name, saga.definition->version,
                 saga.business_key, saga.labels});
}

RequestAnswer AnswerDuplicate(const StartArrived& start, const Saga& saga) {
  RequestAnswer answer;
  answer.already_started = !start.doubted;
  if (saga.start_digest != start.request.start_digest) {
    answer.already_started = false;
    answer.status =
        Status(StatusCode::kAlreadyExists, "SAGA_ID_REUSED",
               fmt::format("saga '{}' was started with another body: use another id for another "
                           "saga, or repeat the same body",
                           saga.id.id()));
  }
  return answer;
}

Status TooManySagas() {
  return {StatusCode::kResourceExhausted, "OVERLOADED",
          fmt::format("{} sagas of this shard are running; at most {} are allowed at a time",
                      kLiveSagasMax, kLiveSagasMax)};
}

void AddEffect(BatchPart& part, const Effect& effect) {
  std::visit(Overloaded{[&part](const CallParticipant& call) { part.calls.push_back(call); },
                        [&part](const StartFollowUp& start) { part.follow_ups.push_back(start); }},
             effect);
}

}  // namespace

std::optional<ShardInput> BatchBuilder::Take(ShardInput input) {
  return std::visit(Overloaded{
                        [this](StartArrived& start) -> std::optional<ShardInput> {
                          TakeStart(std::move(start));
                          return std::nullopt;
                        },
                        [this](ReplyArrived& reply) { return TakeReply(std::move(reply)); },
                        [this](FollowUpAnswered& reply) { return TakeFollowUp(std::move(reply)); },
                        [this](NewsArrived& news) { return TakeNews(std::move(news)); },
                        [this](CancelArrived& cancel) { return TakeCancel(std::move(cancel)); },
                        [this](OperateArrived& operate) { return TakeOperate(std::move(operate)); },
                        // These concern many sagas: the shard's business.
                        [](ParticipantBack&) -> std::optional<ShardInput> { return std::nullopt; },
                        [](CensusArrived&) -> std::optional<ShardInput> { return std::nullopt; },
                        // Reads and waits are answered on release, from what is committed then.
                        [this](auto& read) -> std::optional<ShardInput> {
                          const SagaId saga = read.saga;
                          Keep(saga, {std::move(read), {}});
                          return std::nullopt;
                        },
                    },
                    input);
}

void BatchBuilder::TakeStart(StartArrived start) {
  const SagaId saga = start.request.saga;
  const LiveSaga* live = live_.Find(saga);
  RequestAnswer answer =
      live != nullptr ? AnswerDuplicate(start, live->saga) : Begin(start.request);
  Keep(saga, {std::move(start), std::move(answer)});
}

RequestAnswer BatchBuilder::Begin(const StartRequest& request) {
  RequestAnswer answer;
  answer.status = live_.size() >= kLiveSagasMax ? TooManySagas() : intake_;
  if (!answer.status.ok()) return answer;
  Decision decision = DecideStart(request, now_, conditions_);
  answer.status = decision.refusal;
  if (!answer.status.ok()) return answer;
  NumberedRecord started{Revision{1}, now_, std::move(decision.records.front())};
  decision.records.erase(decision.records.begin());
  LiveSaga fresh;
  fresh.saga = saga::Begin(request.saga, request.definition, started);
  fresh.header = HeaderOf(fresh.saga);
  LiveSaga& live = live_.Add(std::move(fresh));
  BatchPart& part = PartOf(request.saga);
  part.starts = true;
  AddRecord(part, live, std::move(started));
  Apply(live, decision);
  return answer;
}

std::optional<ShardInput> BatchBuilder::TakeReply(ReplyArrived arrived) {
  if (MustWait(arrived.saga)) return arrived;
  const CallReplied& reply = arrived.reply;
  in_flight_.Remove(arrived.saga, {reply.step, reply.operation, reply.attempt});
  LiveSaga* live = live_.Find(arrived.saga);
  if (live == nullptr) {
    spdlog::info("saga={} step={} operation={} attempt={} late_answer_after_end",
                 arrived.saga.text(), ToSize(reply.step), OperationName(reply.operation),
                 reply.attempt);
    return std::nullopt;
  }
  if (ToSize(reply.step) < live->saga.steps.size())
    Apply(*live, Decide(live->saga, reply, now_, conditions_));
  const SagaId saga = arrived.saga;
  Keep(saga, {std::move(arrived), {}});
  return std::nullopt;
}

std::optional<ShardInput> BatchBuilder::TakeFollowUp(FollowUpAnswered answered) {
  if (MustWait(answered.saga)) return answered;
  const SagaId saga = answered.saga;
  if (LiveSaga* live = live_.Find(saga)) {
    Apply(*live, Decide(live->saga, answered.reply, now_, conditions_));
  }
  Keep(saga, {std::move(answered), {}});
  return std::nullopt;
}

Decision BatchBuilder::DecideNews(const Saga& saga, const NewsArrived& arrived) const {
  const auto* report = std::get_if<OutcomeReported>(&arrived.news);
  if (report == nullptr) {
    return Decide(saga, std::get<SignalArrived>(arrived.news), now_, conditions_);
  }
  const bool fits = ToSize(report->step) < saga.steps.size() || !saga.unreadable.empty();
  if (fits) return Decide(saga, *report, now_, conditions_);
  Decision decision;
  decision.refusal = Status(StatusCode::kInvalidArgument, "TASK_TOKEN_INVALID",
                            fmt::format("saga '{}' has no such step: the token belongs to another "
                                        "saga of this name",
                                        saga.id.id()));
  return decision;
}

std::optional<ShardInput> BatchBuilder::TakeNews(NewsArrived arrived) {
  if (MustWait(arrived.saga)) return arrived;
  const SagaId saga = arrived.saga;
  RequestAnswer answer;
  LiveSaga* live = live_.Find(saga);
  // What comes after the end is answered elsewhere, once the end is committed.
  if (live != nullptr && IsEnded(live->saga.state)) return arrived;
  if (live != nullptr) {
    const Decision decision = DecideNews(live->saga, arrived);
    answer.status = decision.refusal;
    answer.repeated = decision.repeated;
    if (answer.status.ok()) Apply(*live, decision);
  }
  Keep(saga, {std::move(arrived), std::move(answer), live != nullptr});
  return std::nullopt;
}

std::optional<ShardInput> BatchBuilder::TakeCancel(CancelArrived arrived) {
  if (MustWait(arrived.saga)) return arrived;
  const SagaId saga = arrived.saga;
  RequestAnswer answer;
  LiveSaga* live = live_.Find(saga);
  if (live != nullptr) {
    answer.previous_state = live->saga.state;
    const Decision decision = Decide(live->saga, arrived.request, now_, conditions_);
    answer.status = decision.refusal;
    if (answer.status.ok() && !decision.records.empty()) {
      PartOf(saga).audit.push_back(AuditOf(saga, arrived.request, now_));
      Apply(*live, decision);
    }
  }
  Keep(saga, {std::move(arrived), std::move(answer), live != nullptr});
  return std::nullopt;
}

std::optional<ShardInput> BatchBuilder::TakeOperate(OperateArrived arrived) {
  const bool dry = arrived.mode == OperateMode::kDryRun;
  if (!dry && MustWait(arrived.saga)) return arrived;
  const SagaId saga = arrived.saga;
  RequestAnswer answer;
  LiveSaga* live = live_.Find(saga);
  if (live != nullptr) {
    answer.previous_state = live->saga.state;
    const Decision decision = Decide(live->saga, arrived.request, now_, conditions_);
    answer.status = decision.refusal;
    answer.repeated = decision.repeated;
    if (answer.status.ok() && dry) {
      Saga preview = live->saga;
      saga::Apply(preview, decision, now_);
      answer.plan = PlanOf(preview);
    } else if (answer.status.ok()) {
      if (!decision.records.empty()) {
        PartOf(saga).audit.push_back(AuditOf(saga, arrived.request, now_));
      }
      Apply(*live, decision);
      answer.plan = PlanOf(live->saga);
    }
  }
  Keep(saga, {std::move(arrived), std::move(answer), live != nullptr});
  return std::nullopt;
}

bool BatchBuilder::Fire(LiveSaga& live, const Input& input) {
  if (MustWait(live.saga.id)) return false;
  const Decision decision = Decide(live.saga, input, now_, conditions_);
  PartOf(live.saga.id);
  if (decision.refusal.ok()) Apply(live, decision);
  return true;
}

bool BatchBuilder::Resume(LiveSaga& live) {
  if (MustWait(live.saga.id)) return false;
  BatchPart& part = PartOf(live.saga.id);
  for (const Effect& effect : ResumeEffects(live.saga)) {
    MarkReleased(live.saga, effect);
    AddEffect(part, effect);
  }
  return true;
}

void BatchBuilder::Apply(LiveSaga& live, const Decision& decision) {
  const bool nothing = decision.records.empty() && decision.unjournalled.empty() &&
                       decision.follow_ups_waiting.empty() && decision.effects.empty() &&
                       !decision.answered;
  if (nothing) return;
  BatchPart& part = PartOf(live.saga.id);
  for (NumberedRecord& record : saga::Apply(live.saga, decision, now_)) {
    AddRecord(part, live, std::move(record));
  }
  for (const Effect& effect : decision.effects) AddEffect(part, effect);
}

void BatchBuilder::AddRecord(BatchPart& part, LiveSaga& live, NumberedRecord record) {
  part.encoded.push_back(codec_.Encode(record));
  AppendToHistory(live.history, part.encoded.back());
  bytes_ += part.encoded.back().size();
  part.records.push_back(std::make_shared<const NumberedRecord>(std::move(record)));
}

BatchPart& BatchBuilder::PartOf(const SagaId& saga) {
  const auto [found, is_new] = index_.try_emplace(saga, parts_.size());
  if (is_new) {
    BatchPart& part = parts_.emplace_back();
    part.saga = saga;
    const LiveSaga* live = live_.Find(saga);
    if (live != nullptr) part.history_before = live->history.size();
  }
  return parts_[found->second];
}

bool BatchBuilder::MustWait(const SagaId& saga) const {
  const auto found = index_.find(saga);
  if (found == index_.end()) return false;
  const BatchPart& part = parts_[found->second];
  return part.starts || !part.calls.empty() || !part.follow_ups.empty();
}

void BatchBuilder::Keep(const SagaId& saga, DoneInput done) {
  PartOf(saga).done.push_back(std::move(done));
}

bool BatchBuilder::full() const { return bytes_ >= kBatchBytesMax; }

std::vector<BatchPart> BatchBuilder::Finish() && {
  for (BatchPart& part : parts_) {
    const LiveSaga* live = live_.Find(part.saga);
    if (live == nullptr) continue;
    if (part.starts) {
      part.start = StartRow(live->saga, shard_);
      continue;
    }
    RowStatus status = RowStatusOf(live->saga);
    if (!RowMustChange(live->written, status)) continue;
    part.change = RowChange{.saga = part.saga,
                            .status = std::move(status),
                            .history = std::nullopt,
                            .carried = std::nullopt,
                            .carried_to = {}};
    if (IsEnded(live->saga.state)) part.change->history = live->history;
  }
  return std::move(parts_);
}

}  // namespace saga
