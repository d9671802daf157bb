// One unary call of the API: who calls, and the one answer that it gets.
#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <chrono>
#include <memory>
#include <string>

#include "base/mutex.h"
#include "base/status.h"

namespace saga::api {

// Metadata of a call.
inline constexpr const char* kActorKey = "x-saga-actor";
inline constexpr const char* kTraceparentKey = "traceparent";
// Set by a node that hands a call on: the peer that it came from. Never handed on again.
inline constexpr const char* kForwardedKey = "x-saga-forwarded-for";

// Who calls. Until there is authentication this is what the caller says (metadata x-saga-actor), or
// the address it calls from.
struct Caller {
  std::string actor;        // "alice", or "ipv4:127.0.0.1".
  std::string client;       // The peer: "ipv4:127.0.0.1:50312".
  std::string traceparent;  // W3C; as sent, or made.
};

// Errors: FIELD_INVALID when x-saga-actor is no ordinary text.
Result<Caller> CallerOf(const grpc::CallbackServerContext& context);

// Time left until the caller's own deadline; `at_most` when it is later or there is none.
std::chrono::milliseconds TimeLeft(const grpc::CallbackServerContext& context,
                                   std::chrono::milliseconds at_most);

// The answer of a unary call. Copies share it.
//
// Threads:   any.
// Promises:  the call is finished exactly once: by the first Finish, or with UNAVAILABLE DRAINING
// when
//            the last copy goes without one (the engine was stopped under it).
// Requires:  the response is filled before Finish and not touched after it.
class Finisher {
 public:
  // `method` names the metric; it must live as long as the process.
  Finisher(grpc::ServerUnaryReactor* reactor, const char* method);

  void Finish(const Status& status) const;
  // With another server's answer, details included.
  void FinishAs(const grpc::Status& status) const;
  // "saga.v1.SagaService/GetSaga".
  std::string method() const { return state_->method; }

 private:
  struct State {
    State(grpc::ServerUnaryReactor* r, const char* m)
        : reactor(r), method(m), begin(std::chrono::steady_clock::now()) {}
    ~State();
    void Finish(const Status& status);
    void FinishAs(const grpc::Status& status, StatusCode code);

    grpc::ServerUnaryReactor* const reactor;
    const char* const method;
    const std::chrono::steady_clock::time_point begin;
    Mutex mutex;
    bool finished SAGA_GUARDED_BY(mutex) = false;
  };
  std::shared_ptr<State> state_;
};

}  // namespace saga::api
