// Those who wait for a shard: answers leave on release, refusals as soon as they are certain.
#include <utility>

#include "base/overloaded.h"
#include "orchestrator/shard.h"

namespace saga {
namespace {

Status TooManyWaiters() {
  return {StatusCode::kResourceExhausted, "OVERLOADED",
          "too many callers wait for sagas of this shard; ask again later"};
}

// Answered from memory, which may be old once the lease is gone.
bool IsRead(const ShardInput& input) {
  return std::holds_alternative<ReadArrived>(input) ||
         std::holds_alternative<HistoryArrived>(input) ||
         std::holds_alternative<WaitArrived>(input);
}

}  // namespace

void Shard::Answer(DoneInput& done, LiveSaga* live, TimePoint now) {
  if (IsRead(done.input) && !Holds()) return Refuse(done.input, NotHeld());
  const Saga* saga = live != nullptr && done.found ? &live->saga : nullptr;
  RequestAnswer& answer = done.answer;
  answer.saga = saga;
  std::visit(Overloaded{
                 [](ReplyArrived&) {},
                 [](FollowUpAnswered&) {},
                 [](ParticipantBack&) {},
                 [](CensusArrived&) {},
                 [&](CancelArrived& cancel) {
                   // The doubtful batch that ended it is known to have been committed.
                   if (saga == nullptr) answer.saga = cancel.ended_as.get();
                   cancel.answer(answer);
                 },
                 [&](OperateArrived& operate) {
                   if (saga == nullptr) answer.saga = operate.ended_as.get();
                   operate.answer(answer);
                 },
                 [&](HistoryArrived& history) {
                   history.answer(saga, live != nullptr ? live->history : std::string());
                 },
                 [&](WaitArrived& wait) { AnswerWait(std::move(wait), live, now); },
                 [&](auto& request) { request.answer(answer); },
             },
             done.input);
}

void Shard::AnswerWait(WaitArrived wait, LiveSaga* live, TimePoint now) {
  RequestAnswer answer;
  const bool over = live == nullptr || HasReached(live->saga, wait.goal) || wait.until <= now;
  if (live != nullptr) answer.saga = &live->saga;
  if (over) return wait.answer(answer);
  if (waiters_.Add(wait)) return;  // Its time-out is armed when the batch is finished.
  answer.status = TooManyWaiters();
  wait.answer(answer);
}

void Shard::AnswerReached(LiveSaga& live) {
  for (const WaitArrived& wait : waiters_.TakeReached(live.saga)) {
    RequestAnswer answer;
    answer.saga = &live.saga;
    wait.answer(answer);
  }
}

void Shard::ReviewWaiters() {
  for (const SagaId& awaited : waiters_.Awaited()) {
    if (LiveSaga* live = live_.Find(awaited)) {
      AnswerReached(*live);
      continue;
    }
    // It has ended meanwhile: the caller finds it among those that have.
    for (const WaitArrived& wait : waiters_.TakeAllOf(awaited)) wait.answer(RequestAnswer());
  }
}

void Shard::RefuseWaiting(TimePoint now, const Status& status) {
  for (const SagaId& awaited : waiters_.Awaited()) {
    for (WaitArrived& wait : waiters_.TakeExpired(awaited, now)) Refuse(std::move(wait), status);
  }
  if (now - *trouble_since_ < kShedAfter) return;
  for (const ShardInput& input : mailbox_->DrainRefusable()) Refuse(input, status);
}

void Shard::Drop(const ShardInput& input, const Status& status) {
  if (const auto* arrived = std::get_if<ReplyArrived>(&input)) {
    // Answered, and the answer is lost: after the next claim the call must be made again.
    const CallReplied& reply = arrived->reply;
    in_flight_.Remove(arrived->saga, {reply.step, reply.operation, reply.attempt});
    return;
  }
  Refuse(input, status);
}

void Shard::Abandon(const Status& status) {
  for (Parts& parts : uncommitted_) {
    for (BatchPart& part : parts) {
      for (DoneInput& done : part.done) Drop(done.input, status);
    }
  }
  uncommitted_.clear();
  for (const ShardInput& input : backlog_) Drop(input, status);
  backlog_.clear();
  for (const ShardInput& input : mailbox_->DrainRefusable()) Refuse(input, status);
  for (WaitArrived& wait : waiters_.TakeAll()) Refuse(std::move(wait), status);
}

}  // namespace saga
