// The outcomes of accepted work: kept in the service's own schema until sagad has taken them.
#pragma once

#include <google/protobuf/message.h>

#include <chrono>
#include <memory>
#include <pqxx/dbtransaction>
#include <string>
#include <thread>

#include "base/mutex.h"
#include "base/status.h"
#include "participants/sdk/call_context.h"
#include "participants/sdk/connection_pool.h"
#include "saga/v1/participant_service.grpc.pb.h"

namespace saga::demo {

extern const char* const kOutcomesSchema;

// What will become of accepted work.
struct Outcome {
  std::string subject;  // The service's own id of the work.
  std::string refusal;  // Reason; empty = it succeeds.
  std::chrono::milliseconds after{0};
  int reports = 1;  // How often it is told: a provider may call back more than once.
};

// Written with the work, in its transaction. `reply` is what the step's method answers.
// Errors:    FAILED_PRECONDITION NOT_ASYNC: the call has no task token.
Status ExpectOutcome(pqxx::dbtransaction& transaction, const sdk::CallContext& call,
                     const Outcome& outcome, const google::protobuf::Message& reply);

// The work happens: changes the service's tables. An empty refusal = it succeeds.
using Happen = void (*)(pqxx::dbtransaction& transaction, const std::string& subject,
                        const std::string& refusal);

// Lets what is due happen, and reports it to sagad until it is taken or refused for good.
//
// Threads:   one of its own.
// Borrows:   the pool; it must outlive this object.
// Promises:  happens once, in the transaction that remembers it; a report that was not answered
//            is repeated, also by the next process.
class OutcomeReporter final {
 public:
  OutcomeReporter(const std::string& sagad, sdk::ConnectionPool& pool, Happen happen);
  ~OutcomeReporter();
  OutcomeReporter(const OutcomeReporter&) = delete;
  OutcomeReporter& operator=(const OutcomeReporter&) = delete;

 private:
  struct Due;

  void Run();
  Status Round();
  void Tell(pqxx::connection& connection, const Due& due);

  sdk::ConnectionPool& pool_;
  const Happen happen_;
  const std::unique_ptr<saga::v1::ParticipantService::Stub> stub_;
  Mutex mutex_;
  CondVar stop_;
  bool stopping_ SAGA_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace saga::demo
