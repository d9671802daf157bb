// How the engine calls participants. Implemented by participants::Caller over gRPC, and by
// simulated participants.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "orchestrator/core/definition.h"
#include "orchestrator/core/failure.h"
#include "orchestrator/core/ids.h"
#include "orchestrator/core/input.h"
#include "orchestrator/core/payload.h"

namespace saga {

// One attempt of one call, with all that building its request needs.
struct ParticipantCall {
  SagaId saga;
  DefinitionRef definition;
  StepIndex step{};
  Operation operation = Operation::kAction;
  std::uint32_t attempt = 1;
  std::string idempotency_key;
  std::string business_key;
  PayloadRef input;
  std::vector<PayloadRef> outputs;  // By step; null = none.
  Failure failure;                  // Why the saga turned back; code kOk = it has not.
  std::optional<TimePoint> deadline;
  TimePoint since;  // When the operation became due: the same on every attempt.
  std::string traceparent;
  std::string task_token;   // Async steps; empty = the call may not be accepted.
  bool rejectable = false;  // A "no" is final: forward before the pivot, and the pivot.
};

// Where the answer goes: a place in the mailbox of the saga's shard, reserved before the call
// leaves. Move-only; Post is called at most once, from any thread. Dropped without Post, the place
// is given back and the engine learns nothing (only at shutdown).
class ReplyPlace {
 public:
  using Deliver = std::function<void(CallReplied&&)>;

  ReplyPlace() = default;
  // `still_owned` is asked right before the call is sent: false = the shard has another owner, drop
  // the call.
  ReplyPlace(Deliver deliver, std::function<bool()> still_owned)
      : deliver_(std::move(deliver)), still_owned_(std::move(still_owned)) {}
  ReplyPlace(ReplyPlace&&) noexcept = default;
  ReplyPlace& operator=(ReplyPlace&&) noexcept = default;
  ReplyPlace(const ReplyPlace&) = delete;
  ReplyPlace& operator=(const ReplyPlace&) = delete;

  bool StillOwned() const { return !still_owned_ || still_owned_(); }
  void Post(CallReplied reply) {
    if (!deliver_) return;
    Deliver deliver = std::move(deliver_);
    deliver_ = nullptr;
    deliver(std::move(reply));
  }

 private:
  Deliver deliver_;
  std::function<bool()> still_owned_;
};

// Threads:   Call from any thread.
// Promises:  never blocks on the network; exactly one reply is posted for each call, in bounded
// time (the call's timeout
//            counts from its sending; a call that waits for its participant's permit waits as long
//            as that takes).
class ParticipantCaller {
 public:
  virtual ~ParticipantCaller() = default;
  virtual void Call(ParticipantCall call, ReplyPlace place) = 0;
};

}  // namespace saga
