// What arrives at a shard, from any thread, until the shard drains it.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <vector>

#include "base/mutex.h"
#include "orchestrator/core/effect.h"
#include "orchestrator/follow_up_starter.h"
#include "orchestrator/participant_caller.h"
#include "orchestrator/shard_input.h"

namespace saga {

// What came of posting: refusals are given at once, before any work is done.
enum class PostOutcome : std::uint8_t { kAccepted, kFull, kClosed };

// What the shard's thread waits for.
enum class WaitFor : std::uint8_t {
  kInput,   // Anything in the mailbox.
  kSignal,  // Only Signal(): the shard cannot drain now (its store is in trouble).
};

// Threads:   any, but Drain, Wait and Reserve are the shard's.
// Owns:      what waits. Held by shared pointer, because calls in flight keep their places.
// Promises:  replies are never refused (their places are reserved when the call is issued) and are
//            drained before requests, and these before starts: finish work before beginning work.
// Limits:    kMailboxStartsMax starts, kMailboxRequestsMax requests; replies by the calls in
// flight.
class Mailbox : public std::enable_shared_from_this<Mailbox> {
 public:
  // `holds`: may this node act for the shard now? Asked right before a call is sent, from any
  // thread; empty = always.
  explicit Mailbox(std::function<bool()> holds = {}) : holds_(std::move(holds)) {}

  // `input` is moved from only when it is accepted.
  PostOutcome PostStart(StartArrived& input);
  PostOutcome PostRequest(ShardRequest& input);
  // Never refused: there is at most one note for each participant.
  void PostParticipantBack(ParticipantBack note);

  // A place for the answer to `call`, released in `epoch`. Dropped unused, it posts an unknown
  // outcome, so that no call is waited for in vain.
  ReplyPlace Reserve(const SagaId& saga, const CallParticipant& call, Epoch epoch);

  // The same for the start of a follow-up.
  FollowUpAnswerFn Reserve(const SagaId& saga, const FollowUpPlace& place);

  // At most `inputs_max`, replies first.
  std::vector<ShardInput> Drain(std::size_t inputs_max);
  // Starts and requests only: for refusing what has waited too long.
  std::vector<ShardInput> DrainRefusable();

  // Returns when there is what `wait` names, or at `until`.
  void Wait(WaitFor wait, std::chrono::steady_clock::time_point until);
  // Wakes the shard's thread up.
  void Signal();

  // Starts and requests are refused from now on; replies still come.
  void Close();
  bool is_closed() const;
  // Nobody will drain any more: what comes is dropped.
  void Abandon();

  // Calls of this epoch and later may be sent.
  void Own(Epoch from) { owned_from_.store(ToNumber(from), std::memory_order_release); }
  // Another owner has taken over: no call of an earlier epoch may be sent any more.
  void Disown() { owned_from_.store(kNobody, std::memory_order_release); }
  bool Owns(Epoch epoch) const {
    return ToNumber(epoch) >= owned_from_.load(std::memory_order_acquire) && (!holds_ || holds_());
  }

  std::size_t size() const;
  // Calls and follow-ups without an answer, drained or not.
  std::size_t in_flight() const;

 private:
  friend class ReplyTicket;
  friend class FollowUpTicket;
  static constexpr std::uint64_t kNobody = ~std::uint64_t{0};

  void TakePlace();
  void PostReply(ShardReply reply);
  bool HasInput() const SAGA_REQUIRES(mutex_);
  void Wake() SAGA_REQUIRES(mutex_);

  const std::function<bool()> holds_;
  mutable Mutex mutex_;
  CondVar wake_;
  std::deque<ShardReply> replies_ SAGA_GUARDED_BY(mutex_);
  std::deque<ShardRequest> requests_ SAGA_GUARDED_BY(mutex_);
  std::deque<StartArrived> starts_ SAGA_GUARDED_BY(mutex_);
  std::size_t places_ SAGA_GUARDED_BY(mutex_) = 0;
  bool waiting_ SAGA_GUARDED_BY(mutex_) = false;
  bool signalled_ SAGA_GUARDED_BY(mutex_) = false;
  bool closed_ SAGA_GUARDED_BY(mutex_) = false;
  bool abandoned_ SAGA_GUARDED_BY(mutex_) = false;
  std::atomic<std::uint64_t> owned_from_{kNobody};
};

}  // namespace saga
