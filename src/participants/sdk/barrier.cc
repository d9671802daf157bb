#include "participants/sdk/barrier.h"

#include <fmt/format.h>

#include <optional>
#include <pqxx/pqxx>

#include "participants/sdk/failure.h"
#include "participants/sdk/limits.h"

namespace saga::sdk {
namespace {

// $1 key, $2 operation, $3 state. No row = it is there already; a transaction that is inserting it
// is waited for.
constexpr char kInsert[] =
    "INSERT INTO saga_barrier (key, operation, state) VALUES ($1, $2, $3) "
    "ON CONFLICT (key, operation) DO NOTHING RETURNING true";
constexpr char kRead[] = "SELECT state, reply FROM saga_barrier WHERE key = $1 AND operation = $2";
constexpr char kSetReply[] =
    "UPDATE saga_barrier SET state = $3, reply = $4 WHERE key = $1 AND operation = $2";

constexpr std::string_view kDomain = "saga.barrier";

enum class RowState { kDone, kRejected, kBlocked };

struct Row {
  RowState state;
  std::string reply;
};

enum class Inserted { kNow, kBefore };

Inserted Insert(pqxx::work& transaction, const CallContext& call, std::string_view operation,
                const char* state) {
  const pqxx::result rows =
      transaction.exec_params(kInsert, call.key, std::string(operation), state);
  return rows.empty() ? Inserted::kBefore : Inserted::kNow;
}

// Absent when somebody purged it in this very moment.
std::optional<Row> Read(pqxx::work& transaction, const CallContext& call,
                        std::string_view operation) {
  const pqxx::result rows = transaction.exec_params(kRead, call.key, std::string(operation));
  if (rows.empty()) return std::nullopt;
  const std::string_view state = rows[0][0].c_str();
  const RowState known = state == "done"       ? RowState::kDone
                         : state == "rejected" ? RowState::kRejected
                                               : RowState::kBlocked;
  return Row{known, pqxx::binarystring(rows[0][1]).str()};
}

void SetReply(pqxx::work& transaction, const CallContext& call, const char* state,
              const std::string& reply) {
  transaction.exec_params(kSetReply, call.key, call.operation_name, state,
                          pqxx::binarystring(reply));
}

Result<std::string> Replay(const std::optional<Row>& row) {
  if (!row) {
    return Status(StatusCode::kAborted, "BARRIER_ROW_GONE", "the row was purged meanwhile");
  }
  switch (row->state) {
    case RowState::kDone:
      return row->reply;
    case RowState::kRejected:
      return DecodeFailure(row->reply);
    case RowState::kBlocked:
      return Status(StatusCode::kFailedPrecondition, "ALREADY_UNDONE",
                    "the step was undone before this call arrived");
  }
  SAGA_UNREACHABLE();
}

// The row of the call is inserted: the work decides what it says.
Result<std::string> RunWork(pqxx::work& transaction, const CallContext& call, const Work& work) {
  transaction.exec("SAVEPOINT saga_work");
  Result<std::string> reply = work(transaction);
  if (reply.ok()) {
    if (!reply->empty()) SetReply(transaction, call, "done", *reply);
    transaction.commit();
    return reply;
  }
  const Status refusal = reply.status();
  if (call.rejection == Rejection::kFinal && IsRejection(refusal.code())) {
    transaction.exec("ROLLBACK TO SAVEPOINT saga_work");
    SetReply(transaction, call, "rejected", EncodeFailure(refusal, kDomain));
    transaction.commit();
    return refusal;
  }
  transaction.abort();  // Nothing is left, not even the row: it can be tried again.
  return refusal;
}

// Whether the action that this call undoes left an effect. Its row is taken first, so that an
// action that runs is waited for, and one that comes later is blocked.
enum class ActionEffect { kThere, kNone };
ActionEffect BlockAction(pqxx::work& transaction, const CallContext& call,
                         std::string_view action) {
  if (Insert(transaction, call, action, "blocked") == Inserted::kNow) return ActionEffect::kNone;
  const std::optional<Row> row = Read(transaction, call, action);
  return row && row->state == RowState::kDone ? ActionEffect::kThere : ActionEffect::kNone;
}

// What this operation takes back; empty = nothing.
std::string_view ActionOf(Operation operation) {
  switch (operation) {
    case Operation::kUndo:
      return "action";
    case Operation::kCancel:
      return "try";
    case Operation::kAction:
    case Operation::kTry:
    case Operation::kConfirm:
      return "";
  }
  SAGA_UNREACHABLE();
}

// An error whose SQL state says that it passes by itself.
Status FromSqlError(const pqxx::sql_error& error) {
  const std::string state = error.sqlstate();
  // Serialisation failures and deadlocks.
  if (state.rfind("40", 0) == 0) {
    return Status(StatusCode::kAborted, "DATABASE_CONFLICT", error.what());
  }
  // Connections, resources, time-outs, shutdown; an empty state is a connection that broke.
  for (const char* passing : {"08", "53", "55", "57", "58"}) {
    if (state.empty() || state.rfind(passing, 0) == 0) {
      return Status(StatusCode::kUnavailable, "DATABASE_UNAVAILABLE", error.what());
    }
  }
  return Status(StatusCode::kInternal, "DATABASE_REFUSED", error.what());
}

}  // namespace

Result<std::string> RunOnce(pqxx::connection_base& connection, const CallContext& call,
                            const Work& work) {
  pqxx::work transaction(connection);
  const std::string_view action = ActionOf(call.operation);
  const ActionEffect effect =
      action.empty() ? ActionEffect::kThere : BlockAction(transaction, call, action);
  if (Insert(transaction, call, call.operation_name, "done") == Inserted::kBefore) {
    Result<std::string> reply = Replay(Read(transaction, call, call.operation_name));
    transaction.commit();
    return reply;
  }
  if (effect == ActionEffect::kNone) {
    transaction.commit();
    return std::string();
  }
  return RunWork(transaction, call, work);
}

Result<std::string> Barrier::Run(const CallContext& call, const Work& work) const {
  SAGA_ASSIGN_OR_RETURN(ConnectionPool::Lease lease, pool_.Acquire(kAcquireTimeout));
  try {
    return RunOnce(*lease, call, work);
  } catch (const pqxx::broken_connection& error) {
    lease.Discard();
    return Status(StatusCode::kUnavailable, "DATABASE_UNAVAILABLE", error.what());
  } catch (const pqxx::in_doubt_error& error) {
    // Committed or not: the same key learns it.
    lease.Discard();
    return Status(StatusCode::kUnavailable, "DATABASE_UNAVAILABLE", error.what());
  } catch (const pqxx::sql_error& error) {
    return FromSqlError(error);
  } catch (const std::exception& error) {
    lease.Discard();
    return InternalError(error.what());
  }
}

}  // namespace saga::sdk
