// What makes a service a good participant of a saga: each call has its effect once, whatever is
// repeated, lost, late or out of order.
#pragma once

#include <functional>
#include <pqxx/dbtransaction>
#include <string>
#include <utility>

#include "base/status.h"
#include "participants/sdk/call_context.h"
#include "participants/sdk/connection_pool.h"

namespace saga::sdk {

// The business work of one call, inside the barrier's transaction. It returns the answer, or why
// not: a "no" (IsRejection) or a failure that may pass. It neither commits nor aborts; what it
// throws rolls everything back.
using Work = std::function<Result<std::string>(pqxx::dbtransaction&)>;

// Runs the work of calls so that
//  1. the same call again returns the same answer and has no second effect,
//  2. an undo or cancel whose action never ran succeeds without running its work,
//  3. an action or try that arrives after its undo or cancel is refused.
// In the business transaction itself, by rows of saga_barrier (barrier.sql): no row without its
// effect, no effect without its row.
//
//   Barrier barrier(pool);
//   SAGA_ASSIGN_OR_RETURN(const CallContext call, CallContextOf(*context));
//   return barrier.Run<ReserveResponse>(call, [&](pqxx::dbtransaction& transaction) {
//     return Reserve(transaction, request);
//   });
//
// Threads:   any.
// Borrows:   the pool, which must outlive it. The table is found by the connection's search_path.
// Promises:  a final "no" is kept and given again; a "no" to an undo, to a confirm or after the
//            pivot is not, so that it can be tried again. A failure that may pass leaves nothing.
// Limits:    the answer is stored: keep it small. What `work` does outside the transaction (mails,
//            calls) is not covered.
class Barrier final {
 public:
  explicit Barrier(ConnectionPool& pool) : pool_(pool) {}

  // The answer of this call or of the first one with its key. Errors, besides those of `work`:
  //   FAILED_PRECONDITION ALREADY_UNDONE: the undo came first.
  //   UNAVAILABLE, ABORTED, RESOURCE_EXHAUSTED, INTERNAL: the database; the call may be repeated.
  Result<std::string> Run(const CallContext& call, const Work& work) const;

  // The same for answers that are protobuf messages.
  template <typename Reply>
  Result<Reply> Run(const CallContext& call,
                    const std::function<Result<Reply>(pqxx::dbtransaction&)>& work) const {
    const Result<std::string> bytes =
        Run(call, [&work](pqxx::dbtransaction& transaction) -> Result<std::string> {
          SAGA_ASSIGN_OR_RETURN(const Reply reply, work(transaction));
          return reply.SerializeAsString();
        });
    if (!bytes.ok()) return bytes.status();
    Reply reply;
    if (!reply.ParseFromString(*bytes)) return InternalError("the stored answer cannot be read");
    return reply;
  }

 private:
  ConnectionPool& pool_;
};

// The barrier alone, on a connection of the caller's: READ COMMITTED, no transaction open. Throws
// what libpqxx throws.
Result<std::string> RunOnce(pqxx::connection_base& connection, const CallContext& call,
                            const Work& work);

}  // namespace saga::sdk
