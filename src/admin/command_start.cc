#include <fmt/format.h>

#include "admin/commands.h"
#include "admin/files.h"
#include "admin/follow.h"
#include "admin/names.h"
#include "admin/render_effect.h"
#include "admin/text.h"
#include "base/duration.h"
#include "base/utf8.h"
#include "base/uuid.h"

namespace saga::admin {
namespace {

struct StartFlags {
  std::string definition;
  std::string file;
  std::string id;
  std::string key;
  std::vector<std::string> labels;
  std::string deadline;
  std::string wait;
  std::string protobuf_type;
  bool dry_run = false;
};

Result<v1::Payload> InputOf(const Session& session, const StartFlags& flags) {
  v1::Payload input;
  if (flags.file.empty()) {
    if (!flags.protobuf_type.empty()) return UsageError("--protobuf-type needs -f FILE");
    return input;
  }
  SAGA_ASSIGN_OR_RETURN(std::string bytes, ReadInput(session, flags.file));
  if (!flags.protobuf_type.empty()) {
    input.set_type(flags.protobuf_type);
    input.set_protobuf(std::move(bytes));
    return input;
  }
  if (!IsValidUtf8(bytes)) {
    return UsageError(
        fmt::format("'{}' is not UTF-8, so it is no JSON; a protobuf message needs "
                    "--protobuf-type",
                    flags.file));
  }
  input.set_json(std::move(bytes));
  return input;
}

Result<v1::StartSagaRequest> RequestOf(Session& session, const StartFlags& flags) {
  v1::StartSagaRequest request;
  request.set_parent(session.client().Parent());
  request.set_definition(flags.definition);
  // The id is made here, so that a start whose answer was lost can be repeated without a second
  // saga.
  request.set_saga_id(flags.id.empty() ? MakeUuidV7(session.now()) : flags.id);
  request.set_business_key(flags.key);
  request.set_validate_only(flags.dry_run);
  for (const std::string& label : flags.labels) {
    const std::size_t equals = label.find('=');
    if (equals == 0 || equals == label.npos) {
      return UsageError(fmt::format("--label takes KEY=VALUE, not '{}'", label));
    }
    (*request.mutable_labels())[label.substr(0, equals)] = label.substr(equals + 1);
  }
  if (!flags.deadline.empty()) {
    const Result<std::chrono::milliseconds> deadline = ParseDuration(flags.deadline);
    if (!deadline.ok()) {
      return UsageError(
          fmt::format("--deadline is a time with its unit, as 15m, not '{}'", flags.deadline));
    }
    request.mutable_deadline()->set_seconds(deadline->count() / 1000);
    request.mutable_deadline()->set_nanos(
        static_cast<std::int32_t>(deadline->count() % 1000 * 1'000'000));
  }
  SAGA_ASSIGN_OR_RETURN(*request.mutable_input(), InputOf(session, flags));
  return request;
}

void PrintStarted(Session& session, const v1::StartSagaResponse& response,
                  const StartFlags& flags) {
  const v1::Saga& saga = response.saga();
  if (session.settings().output == OutputFormat::kIds) {
    session.out() << LastSegment(saga.name()) << "\n";
  } else if (session.is_for_programs()) {
    session.PrintJson(response);
  } else {
    const std::string_view what = flags.dry_run                ? "would start"
                                  : response.already_started() ? "was started"
                                                               : "started";
    session.out() << fmt::format(
        "{}  {}  {}{}\n", PadRight(what, 12), DefinitionLabel(saga.definition_version()),
        LastSegment(saga.name()),
        saga.business_key().empty() ? "" : "  key " + Clean(saga.business_key()));
  }
}

Result<ExitCode> Start(Session& session, const StartFlags& flags) {
  v1::WaitUntil until = v1::WAIT_UNTIL_UNSPECIFIED;
  if (!flags.wait.empty()) {
    SAGA_ASSIGN_OR_RETURN(until, ParseUntil(flags.wait));
  }
  SAGA_ASSIGN_OR_RETURN(const v1::StartSagaRequest request, RequestOf(session, flags));
  const Result<v1::StartSagaResponse> response =
      session.client().Call(&SagaApi::StartSaga, request);
  if (!response.ok()) {
    const bool sent = response.status().message().find("Connection refused") == std::string::npos &&
                      response.status().reason() != "DRAINING";
    if (ExitCodeOf(response.status()) == ExitCode::kUnreachable && sent && !flags.dry_run) {
      session.Note("it may have been started; repeat it safely with --id " + request.saga_id());
    }
    return response.status();
  }
  const bool waits = until != v1::WAIT_UNTIL_UNSPECIFIED && !flags.dry_run;
  const bool only_the_end = waits && session.is_for_programs();
  if (!only_the_end) PrintStarted(session, *response, flags);
  if (!waits) return ExitCode::kDone;

  SAGA_ASSIGN_OR_RETURN(const v1::Saga saga, WaitFor(session, response->saga(), until));
  if (only_the_end) {
    v1::StartSagaResponse last = *response;
    *last.mutable_saga() = saga;
    PrintStarted(session, last, flags);
  } else {
    session.out() << PadRight(IsEnded(saga.state()) ? "ended" : "now", 14) << SagaLine(saga)
                  << "\n";
  }
  return AnswerFor(saga, until);
}

}  // namespace

void AddStartCommand(Commands& commands) {
  auto flags = std::make_shared<StartFlags>();
  CLI::App& start = commands.Add(kStartGroup, "start", "Starts a saga.");
  start.add_option("DEFINITION", flags->definition, "NAME, or NAME@VERSION.")->required();
  start
      .add_option("-f,--file", flags->file,
                  "The input, JSON as it stands there; - is standard input.")
      ->type_name("FILE");
  start
      .add_option("--protobuf-type", flags->protobuf_type,
                  "FILE holds a serialised message of this type instead.")
      ->type_name("TYPE");
  start.add_option("--id", flags->id, "The saga's id: the same start again is the same saga.")
      ->type_name("ID")
      // An unset variable of a script would make a saga of its own at every repetition.
      ->check([](const std::string& id) { return std::string(id.empty() ? "it is empty" : ""); });
  start.add_option("--key", flags->key, "The business key.")->type_name("KEY");
  start.add_option("--label", flags->labels, "KEY=VALUE; may be repeated.")
      ->type_name("KEY=VALUE")
      ->expected(1)
      ->take_all();
  start.add_option("--deadline", flags->deadline, "The way forward must be done by then.")
      ->type_name("TIME");
  start
      .add_option("--wait", flags->wait, "Wait until the pivot or the end; exit code as of `wait`.")
      ->type_name("PLACE");
  start.add_flag("--dry-run", flags->dry_run, "Check everything; start nothing.");
  start.footer(
      "sagactl start checkout -f order.json --id ord-1007 --wait pivot\n"
      "sagactl start refund@2 -f - --label channel=web < refund.json");
  commands.Runs(start, [flags](Session& session) { return Start(session, *flags); });
}

}  // namespace saga::admin
