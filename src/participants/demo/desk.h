// Where the calls of a demo service are taken in: faults, then the barrier, then the business.
#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <atomic>
#include <functional>
#include <memory>
#include <pqxx/dbtransaction>
#include <string>
#include <utility>

#include "base/status.h"
#include "participants/demo/delay_queue.h"
#include "participants/demo/fault_file.h"
#include "participants/demo/settings.h"
#include "participants/demo/worker_pool.h"
#include "participants/sdk/barrier.h"
#include "participants/sdk/call_context.h"

namespace saga::demo {

// What the business work of a step may use.
struct Visit {
  pqxx::dbtransaction& transaction;
  const sdk::CallContext& call;
  const Faults& faults;
  const Settings& settings;
};

// Threads:   any of gRPC's; database work runs on the workers, delays on the queue: a call that
//            waits holds no thread.
// Borrows:   all that it is made of; they must outlive it and its calls.
// Promises:  every step goes through the barrier, and every call is finished.
class Desk final {
 public:
  struct Parts {
    FaultFile& faults;
    sdk::ConnectionPool& pool;
    WorkerPool& workers;
    DelayQueue& delays;
    const Settings& settings;
    std::string domain;  // Of the service's error reasons, e.g. "inventory.shop".
  };
  explicit Desk(Parts parts) : parts_(std::move(parts)), barrier_(parts_.pool) {}

  // A step of a saga.
  template <typename Request, typename Reply>
  grpc::ServerUnaryReactor* Step(grpc::CallbackServerContext* context, const Request* request,
                                 Reply* reply, Result<Reply> (*work)(Visit&, const Request&)) {
    return Take(context, Answer::kDone, request, reply, work);
  }

  // A step that only begins: what becomes of it is reported later (ExpectOutcome).
  template <typename Request, typename Reply>
  grpc::ServerUnaryReactor* Begun(grpc::CallbackServerContext* context, const Request* request,
                                  Reply* reply, Result<Reply> (*work)(Visit&, const Request&)) {
    return Take(context, Answer::kAccepted, request, reply, work);
  }

  // Something that a person asks for: no saga, no barrier, no faults but `down`.
  template <typename Request, typename Reply>
  grpc::ServerUnaryReactor* Plain(grpc::CallbackServerContext* context, const Request* request,
                                  Reply* reply,
                                  Result<Reply> (*work)(pqxx::dbtransaction&, const Request&)) {
    return TakePlain(context, [request, reply, work](pqxx::dbtransaction& transaction) -> Status {
      SAGA_ASSIGN_OR_RETURN(*reply, work(transaction, *request));
      return Status::Ok();
    });
  }

 private:
  enum class Answer { kDone, kAccepted };
  using StepWork = std::function<Result<std::string>(Visit&)>;
  using Deliver = std::function<void(const std::string&)>;
  struct Call;

  template <typename Request, typename Reply>
  grpc::ServerUnaryReactor* Take(grpc::CallbackServerContext* context, Answer answer,
                                 const Request* request, Reply* reply,
                                 Result<Reply> (*work)(Visit&, const Request&)) {
    return TakeStep(
        context, answer,
        [request, work](Visit& visit) -> Result<std::string> {
          SAGA_ASSIGN_OR_RETURN(const Reply made, work(visit, *request));
          return made.SerializeAsString();
        },
        [reply](const std::string& bytes) { reply->ParseFromString(bytes); });
  }

  grpc::ServerUnaryReactor* TakeStep(grpc::CallbackServerContext* context, Answer answer,
                                     StepWork work, Deliver deliver);
  grpc::ServerUnaryReactor* TakePlain(grpc::CallbackServerContext* context,
                                      std::function<Status(pqxx::dbtransaction&)> work);
  void Begin(const std::shared_ptr<Call>& call);
  void BeginTwice(const std::shared_ptr<Call>& call);
  Result<std::string> Execute(const Call& call) const;
  void Executed(const std::shared_ptr<Call>& call, Result<std::string> reply);
  void Finish(Call& call, const Result<std::string>& reply);
  Status InTransaction(const std::function<Status(pqxx::dbtransaction&)>& work) const;

  Parts parts_;
  sdk::Barrier barrier_;
  std::atomic<std::int64_t> calls_ = 0;
};

}  // namespace saga::demo
