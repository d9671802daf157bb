#include "participants/demo/outcomes.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <spdlog/spdlog.h>

#include <pqxx/pqxx>
#include <vector>

#include "participants/demo/limits.h"
#include "participants/sdk/limits.h"

namespace saga::demo {
namespace {

// $1 token, $2 subject, $3 refusal, $4 type, $5 reply, $6 milliseconds, $7 reports.
constexpr char kExpect[] =
    "INSERT INTO outcomes (token, subject, refusal, type, reply, due, reports_left) "
    "VALUES ($1, $2, $3, $4, $5, now() + $6 * interval '1 millisecond', $7)";
// $1 how many.
constexpr char kDue[] =
    "SELECT id, token, subject, refusal, type, reply, happened FROM outcomes "
    "WHERE reports_left > 0 AND due <= now() ORDER BY due LIMIT $1";
constexpr char kHappened[] = "UPDATE outcomes SET happened = true WHERE id = $1 AND NOT happened";
constexpr char kTaken[] =
    "UPDATE outcomes SET reports_left = reports_left - 1, taken = taken + 1 WHERE id = $1";
// $1 id, $2 what sagad said.
constexpr char kRefused[] = "UPDATE outcomes SET reports_left = 0, answer = $2 WHERE id = $1";
// $1 id, $2 milliseconds.
constexpr char kLater[] =
    "UPDATE outcomes SET due = now() + $2 * interval '1 millisecond' WHERE id = $1";

// A report that is refused so will be refused again.
bool IsFinal(grpc::StatusCode code) {
  return code == grpc::StatusCode::FAILED_PRECONDITION || code == grpc::StatusCode::NOT_FOUND ||
         code == grpc::StatusCode::INVALID_ARGUMENT;
}

std::unique_ptr<saga::v1::ParticipantService::Stub> Connect(const std::string& sagad) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  // The server may be killed and come back.
  for (const char* key : {GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, GRPC_ARG_MIN_RECONNECT_BACKOFF_MS,
                          GRPC_ARG_MAX_RECONNECT_BACKOFF_MS}) {
    arguments.SetInt(key, static_cast<int>(kReportRetry.count()));
  }
  return saga::v1::ParticipantService::NewStub(
      grpc::CreateCustomChannel(sagad, grpc::InsecureChannelCredentials(), arguments));
}

}  // namespace

const char* const kOutcomesSchema = R"sql(
CREATE TABLE IF NOT EXISTS outcomes (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  token        text   NOT NULL,
  subject      text   NOT NULL,
  refusal      text   NOT NULL,
  type         text   NOT NULL,
  reply        bytea  NOT NULL,
  due          timestamptz NOT NULL,
  happened     boolean NOT NULL DEFAULT false,
  reports_left integer NOT NULL,
  taken        integer NOT NULL DEFAULT 0,
  answer       text    NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS outcomes_due ON outcomes (due) WHERE reports_left > 0;
)sql";

struct OutcomeReporter::Due {
  std::int64_t id;
  std::string token;
  std::string subject;
  std::string refusal;
  std::string type;
  std::string reply;
  bool happened;
};

Status ExpectOutcome(pqxx::dbtransaction& transaction, const sdk::CallContext& call,
                     const Outcome& outcome, const google::protobuf::Message& reply) {
  if (call.task_token.empty()) {
    return Status(StatusCode::kFailedPrecondition, "NOT_ASYNC",
                  "the definition does not say that this step is async");
  }
  transaction.exec_params(kExpect, call.task_token, outcome.subject, outcome.refusal,
                          reply.GetTypeName(), pqxx::binarystring(reply.SerializeAsString()),
                          outcome.after.count(), outcome.reports);
  return Status::Ok();
}

OutcomeReporter::OutcomeReporter(const std::string& sagad, sdk::ConnectionPool& pool, Happen happen)
    : pool_(pool), happen_(happen), stub_(Connect(sagad)), thread_([this] { Run(); }) {}

OutcomeReporter::~OutcomeReporter() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  stop_.notify_all();
  thread_.join();
}

void OutcomeReporter::Run() {
  while (true) {
    if (const Status done = Round(); !done.ok()) {
      spdlog::warn("outcomes are not reported: {}", done.ToString());
    }
    const MutexLock lock(mutex_);
    if (!stopping_) stop_.wait_for(mutex_, kReportsPoll);
    if (stopping_) return;
  }
}

Status OutcomeReporter::Round() {
  SAGA_ASSIGN_OR_RETURN(sdk::ConnectionPool::Lease lease, pool_.Acquire(sdk::kAcquireTimeout));
  try {
    std::vector<Due> all;
    {
      pqxx::work transaction(*lease);
      for (const pqxx::row& row : transaction.exec_params(kDue, kReportsAtOnce)) {
        all.push_back({row[0].as<std::int64_t>(), row[1].c_str(), row[2].c_str(), row[3].c_str(),
                       row[4].c_str(), pqxx::binarystring(row[5]).str(), row[6].as<bool>()});
        if (all.back().happened) continue;
        happen_(transaction, all.back().subject, all.back().refusal);
        transaction.exec_params(kHappened, all.back().id);
      }
      transaction.commit();
    }
    for (const Due& due : all) Tell(*lease, due);
    return Status::Ok();
  } catch (const std::exception& error) {
    lease.Discard();
    return Status(StatusCode::kUnavailable, "DATABASE_UNAVAILABLE", error.what());
  }
}

void OutcomeReporter::Tell(pqxx::connection& connection, const Due& due) {
  saga::v1::ReportStepOutcomeRequest request;
  request.set_task_token(due.token);
  if (due.refusal.empty()) {
    request.mutable_output()->set_type(due.type);
    request.mutable_output()->set_protobuf(due.reply);
  } else {
    request.mutable_failure()->set_code(grpc::StatusCode::FAILED_PRECONDITION);
    request.mutable_failure()->set_reason(due.refusal);
  }
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kReportTimeout);
  saga::v1::ReportStepOutcomeResponse response;
  const grpc::Status told = stub_->ReportStepOutcome(&context, request, &response);
  pqxx::work transaction(connection);
  if (told.ok()) {
    transaction.exec_params(kTaken, due.id);
  } else if (IsFinal(told.error_code())) {
    spdlog::warn("outcome of {} is refused: {}", due.subject, told.error_message());
    transaction.exec_params(kRefused, due.id, told.error_message());
  } else {
    transaction.exec_params(kLater, due.id, kReportRetry.count());
  }
  transaction.commit();
}

}  // namespace saga::demo
