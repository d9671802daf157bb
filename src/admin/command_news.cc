#include <fmt/format.h>

#include "admin/commands.h"
#include "admin/exit_code.h"
#include "admin/files.h"
#include "admin/names.h"
#include "admin/saga_lookup.h"
#include "admin/text.h"
#include "base/uuid.h"

namespace saga::admin {
namespace {

struct SignalFlags {
  std::string saga;
  std::string signal;
  std::string id;
  std::string file;
};

struct ReportFlags {
  std::string token;
  std::string file;
  std::string refused;
  std::string message;
  bool done = false;
};

// What was told, and what came of it.
std::string NewsLine(const char* what, const char* before, bool repeated, const std::string& about,
                     const std::string& follow_up) {
  std::string line = fmt::format("{}  {}", PadRight(repeated ? before : what, 14), Clean(about));
  if (!follow_up.empty()) {
    line += fmt::format("  (too late: {} was started)", Clean(LastSegment(follow_up)));
  }
  return line + "\n";
}

Result<ExitCode> Signal(Session& session, const SignalFlags& flags) {
  SAGA_ASSIGN_OR_RETURN(const v1::Saga saga,
                        FindSaga(session.client(), flags.saga, v1::SAGA_VIEW_BASIC));
  v1::SignalSagaRequest request;
  request.set_name(saga.name());
  request.set_signal(flags.signal);
  // Made here, so that a signal whose answer was lost can be repeated and still be one.
  request.set_signal_id(flags.id.empty() ? MakeUuidV7(session.now()) : flags.id);
  if (!flags.file.empty()) {
    SAGA_ASSIGN_OR_RETURN(*request.mutable_payload()->mutable_json(),
                          ReadJson(session, flags.file));
  }
  const auto response = session.client().Call(&SagaApi::SignalSaga, request);
  if (!response.ok()) {
    if (ExitCodeOf(response.status()) == ExitCode::kUnreachable) {
      session.Note("it may have come; repeat it safely with --id " + request.signal_id());
    }
    return response.status();
  }
  if (session.settings().output == OutputFormat::kIds) {
    session.out() << LastSegment(saga.name()) << "\n";
  } else if (session.is_for_programs()) {
    session.PrintJson(*response);
  } else {
    session.out() << NewsLine("signalled", "had come before", response->already_received(),
                              fmt::format("{} to {}", flags.signal, LastSegment(saga.name())),
                              response->follow_up());
  }
  return ExitCode::kDone;
}

Result<v1::ReportStepOutcomeRequest> RequestOf(const Session& session, const ReportFlags& flags) {
  if (flags.done == !flags.refused.empty()) {
    return UsageError("say what came of the call: --done, or --refused REASON");
  }
  v1::ReportStepOutcomeRequest request;
  request.set_task_token(flags.token);
  if (flags.done) {
    if (!flags.message.empty()) return UsageError("--message goes with --refused");
    request.mutable_output();
    if (!flags.file.empty()) {
      SAGA_ASSIGN_OR_RETURN(*request.mutable_output()->mutable_json(),
                            ReadJson(session, flags.file));
    }
    return request;
  }
  if (!flags.file.empty()) return UsageError("-f goes with --done: what was refused has no output");
  request.mutable_failure()->set_code(static_cast<std::int32_t>(StatusCode::kFailedPrecondition));
  request.mutable_failure()->set_reason(flags.refused);
  request.mutable_failure()->set_message(flags.message);
  return request;
}

Result<ExitCode> Report(Session& session, const ReportFlags& flags) {
  SAGA_ASSIGN_OR_RETURN(const v1::ReportStepOutcomeRequest request, RequestOf(session, flags));
  SAGA_ASSIGN_OR_RETURN(const auto response,
                        session.client().Call(&ParticipantApi::ReportStepOutcome, request));
  if (session.settings().output == OutputFormat::kIds) {
    if (!response.follow_up().empty()) {
      session.out() << LastSegment(response.follow_up()) << "\n";
    }
  } else if (session.is_for_programs()) {
    session.PrintJson(response);
  } else {
    session.out() << NewsLine("reported", "known before", response.already_reported(),
                              flags.done ? "done" : "refused: " + flags.refused,
                              response.follow_up());
  }
  return ExitCode::kDone;
}

}  // namespace

void AddNewsCommands(Commands& commands) {
  auto signal = std::make_shared<SignalFlags>();
  CLI::App& send = commands.Add(kStartGroup, "signal",
                                "Tells a saga that something has happened: a step waits for it.");
  send.add_option("SAGA", signal->saga, "Id, beginning of an id, or business key.")->required();
  send.add_option("SIGNAL", signal->signal, "The name that the definition gives it.")->required();
  send.add_option("--id", signal->id, "The signal's id: the same again is the same signal.")
      ->type_name("ID");
  send.add_option("-f,--file", signal->file, "What the step answers, JSON; - is standard input.")
      ->type_name("FILE");
  send.footer(
      "sagactl signal ord-1007 payment --id pay-771 -f payment.json\n"
      "One that comes early is kept.");
  commands.Runs(send, [signal](Session& session) { return Signal(session, *signal); });

  auto report = std::make_shared<ReportFlags>();
  CLI::App& tell = commands.Add(
      kStartGroup, "report",
      "Tells what came of a call that was accepted, in the place of a participant that cannot.");
  tell.add_option("TOKEN", report->token, "The call's metadata saga-task-token.")->required();
  tell.add_flag("--done", report->done, "It has happened.");
  tell.add_option("--refused", report->refused, "It was refused for good and left nothing.")
      ->type_name("REASON");
  tell.add_option("--message", report->message, "With --refused: for people.")->type_name("TEXT");
  tell.add_option("-f,--file", report->file,
                  "With --done: what the call answers, JSON; - is standard input.")
      ->type_name("FILE");
  tell.footer(
      "sagactl report TOKEN --done -f parcel.json\n"
      "The same outcome again is fine, another one is refused (OUTCOME_CONFLICT).");
  commands.Runs(tell, [report](Session& session) { return Report(session, *report); });
}

}  // namespace saga::admin
