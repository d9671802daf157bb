#include "participants/demo/desk.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <optional>
#include <pqxx/pqxx>

#include "base/mutex.h"
#include "participants/demo/limits.h"
#include "participants/sdk/grpc_call.h"
#include "participants/sdk/limits.h"

namespace saga::demo {
namespace {

Status Unavailable(const char* reason, const char* message) {
  return Status(StatusCode::kUnavailable, reason, message);
}

Status Down() { return Unavailable("CHAOS_DOWN", "the service was told to be down"); }

// Until the caller has given up.
std::chrono::milliseconds PastDeadline(const grpc::CallbackServerContext& context,
                                       const Faults& faults) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
      context.deadline() - std::chrono::system_clock::now());
  return std::clamp(left + kPastDeadline, std::chrono::milliseconds(0), faults.hang);
}

}  // namespace

// One call of a step, from its arrival to its answer.
struct Desk::Call {
  grpc::CallbackServerContext* context;
  grpc::ServerUnaryReactor* reactor;
  Answer answer;
  sdk::CallContext saga_call;
  std::shared_ptr<const Faults> faults;
  FaultPlan plan;
  StepWork work;
  Deliver deliver;
};

grpc::ServerUnaryReactor* Desk::TakeStep(grpc::CallbackServerContext* context, Answer answer,
                                         StepWork work, Deliver deliver) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  Result<sdk::CallContext> saga_call = sdk::CallContextOf(*context);
  if (!saga_call.ok()) {
    reactor->Finish(sdk::ToGrpcStatus(saga_call.status(), parts_.domain));
    return reactor;
  }
  const std::shared_ptr<const Faults> faults = parts_.faults.current();
  const FaultPlan plan = PlanFor(*faults, *saga_call);
  if (plan.fault == CallFault::kDown) {
    reactor->Finish(sdk::ToGrpcStatus(Down(), parts_.domain));
    return reactor;
  }
  if (calls_.fetch_add(1) >= kCallsMax) {
    calls_.fetch_sub(1);
    reactor->Finish(sdk::ToGrpcStatus(
        Status(StatusCode::kResourceExhausted, "TOO_MANY_CALLS", "too many calls at once"),
        parts_.domain));
    return reactor;
  }
  auto call = std::make_shared<Call>(Call{context, reactor, answer, std::move(saga_call).value(),
                                          faults, plan, std::move(work), std::move(deliver)});
  parts_.delays.After(faults->delay, [this, call] { Begin(call); });
  return reactor;
}

void Desk::Begin(const std::shared_ptr<Call>& call) {
  const auto execute = [this, call] {
    parts_.workers.Post([this, call] { Executed(call, Execute(*call)); });
  };
  const std::chrono::milliseconds past_deadline = PastDeadline(*call->context, *call->faults);
  switch (call->plan.fault) {
    case CallFault::kUnavailableDidNot:
      Finish(*call, Unavailable("CHAOS_FLAKY", "not done, by chaos"));
      return;
    case CallFault::kTimeoutDidNot:
      parts_.delays.After(past_deadline, [this, call] {
        Finish(*call, Unavailable("CHAOS_TIMEOUT", "not done, and no answer in time, by chaos"));
      });
      return;
    case CallFault::kLate:
      parts_.delays.After(past_deadline + call->faults->late_by, execute);
      return;
    case CallFault::kDuplicate:
      BeginTwice(call);
      return;
    case CallFault::kNone:
    case CallFault::kDown:
    case CallFault::kTimeoutDid:
    case CallFault::kUnavailableDid:
      execute();
      return;
  }
  SAGA_UNREACHABLE();
}

// The same request twice at the same time: both must get the same answer.
void Desk::BeginTwice(const std::shared_ptr<Call>& call) {
  struct Pair {
    Mutex mutex;
    std::optional<Result<std::string>> first SAGA_GUARDED_BY(mutex);
  };
  const auto pair = std::make_shared<Pair>();
  const auto execute = [this, call, pair] {
    Result<std::string> reply = Execute(*call);
    {
      MutexLock lock(pair->mutex);
      if (!pair->first) {
        pair->first.emplace(std::move(reply));
        return;
      }
      const Result<std::string>& first = *pair->first;
      if (first.ok() && reply.ok() && *first != *reply) {
        spdlog::error("key={} one request, two answers", call->saga_call.idempotency_key);
      }
      if (first.ok()) reply = first;
    }
    Executed(call, std::move(reply));
  };
  parts_.workers.Post(execute);
  parts_.workers.Post(execute);
}

Result<std::string> Desk::Execute(const Call& call) const {
  return barrier_.Run(call.saga_call,
                      [this, &call](pqxx::dbtransaction& transaction) -> Result<std::string> {
                        if (call.plan.answer == BusinessAnswer::kRejected) {
                          return Status(StatusCode::kFailedPrecondition, "CHAOS_REJECTED",
                                        "refused for good, by chaos");
                        }
                        Visit visit{transaction, call.saga_call, *call.faults, parts_.settings};
                        return call.work(visit);
                      });
}

void Desk::Executed(const std::shared_ptr<Call>& call, Result<std::string> reply) {
  if (call->plan.fault == CallFault::kUnavailableDid) {
    reply = Unavailable("CHAOS_FLAKY", "done, perhaps, by chaos");
  }
  if (call->plan.fault == CallFault::kTimeoutDid) {
    const std::chrono::milliseconds delay = PastDeadline(*call->context, *call->faults);
    parts_.delays.After(delay, [this, call, reply = std::move(reply)] { Finish(*call, reply); });
    return;
  }
  Finish(*call, reply);
}

void Desk::Finish(Call& call, const Result<std::string>& reply) {
  if (reply.ok()) call.deliver(*reply);
  if (reply.ok() && call.answer == Answer::kAccepted) sdk::MarkAccepted(*call.context);
  spdlog::debug("key={} attempt={} answer={}", call.saga_call.idempotency_key,
                call.saga_call.attempt, reply.status().ToString());
  calls_.fetch_sub(1);
  call.reactor->Finish(sdk::ToGrpcStatus(reply.status(), parts_.domain));
}

grpc::ServerUnaryReactor* Desk::TakePlain(grpc::CallbackServerContext* context,
                                          std::function<Status(pqxx::dbtransaction&)> work) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  if (parts_.faults.current()->presence == Presence::kDown) {
    reactor->Finish(sdk::ToGrpcStatus(Down(), parts_.domain));
    return reactor;
  }
  parts_.workers.Post([this, reactor, work = std::move(work)] {
    reactor->Finish(sdk::ToGrpcStatus(InTransaction(work), parts_.domain));
  });
  return reactor;
}

Status Desk::InTransaction(const std::function<Status(pqxx::dbtransaction&)>& work) const {
  SAGA_ASSIGN_OR_RETURN(sdk::ConnectionPool::Lease lease,
                        parts_.pool.Acquire(sdk::kAcquireTimeout));
  try {
    pqxx::work transaction(*lease);
    SAGA_RETURN_IF_ERROR(work(transaction));
    transaction.commit();
    return Status::Ok();
  } catch (const std::exception& error) {
    lease.Discard();
    return Unavailable("DATABASE_UNAVAILABLE", error.what());
  }
}

}  // namespace saga::demo
