#include <fmt/format.h>

#include <type_traits>

#include "admin/act.h"
#include "admin/commands.h"
#include "admin/files.h"
#include "admin/text.h"
#include "base/suggest.h"
#include "base/utf8.h"

namespace saga::admin {
namespace {

constexpr char kSagaHelp[] =
    "Id, beginning of an id, or business key; - reads them from standard input.";

// For what is done to one saga at a time.
void AddSaga(CLI::App& command, ActFlags& flags) {
  command
      .add_option_function<std::string>(
          "SAGA", [&flags](const std::string& saga) { flags.sagas = {saga}; },
          "Id, beginning of an id, or business key.")
      ->required();
}

void AddActFlags(CLI::App& command, ActFlags& flags) {
  command.add_option("--reason", flags.reason, "Why, for the records and the audit log. Required.")
      ->type_name("TEXT");
  command.add_flag("--dry-run", flags.dry_run, "Say what would happen; change nothing.");
  command.add_flag("--yes", flags.yes, "Agree to the plan without being asked.");
  command.add_option("--etag", flags.etag, "Act only on this state (of `show -o json`).")
      ->type_name("ETAG");
  command.add_flag("--force", flags.force, "Act whatever the state is; asks for the key.");
  command.add_option("--confirm", flags.confirm, "The saga's key, instead of typing it.")
      ->type_name("KEY");
}

Result<v1::Operation> ParseOperation(const std::string& text) {
  if (text.empty()) return v1::OPERATION_UNSPECIFIED;
  v1::Operation operation = v1::OPERATION_UNSPECIFIED;
  if (v1::Operation_Parse("OPERATION_" + Upper(text), &operation)) return operation;
  const std::vector<std::string> names = {"action", "undo", "try", "confirm", "cancel"};
  return UsageError(fmt::format("--op is one of {}, not '{}'{}", Join(names, ", "), text,
                                DidYouMean(text, names)));
}

void AddRetry(Commands& commands) {
  struct Flags {
    ActFlags act;
    std::string step;
    std::string operation;
    bool new_key = false;
  };
  auto flags = std::make_shared<Flags>();
  CLI::App& retry = commands.Add(kActGroup, "retry",
                                 "Runs what is stuck or waits to be tried again, now, with a fresh "
                                 "budget of attempts.");
  retry.add_option("SAGA", flags->act.sagas, kSagaHelp)->required();
  retry.add_option("--step", flags->step, "Only this step.")->type_name("STEP");
  retry.add_option("--op", flags->operation, "action, undo, try, confirm or cancel.")
      ->type_name("OP");
  retry.add_flag("--new-key", flags->new_key,
                 "Undo again under a new key: for an effect that came after its undo.");
  AddActFlags(retry, flags->act);
  retry.footer(
      "sagactl retry ord-1007 --reason \"stock corrected\"\n"
      "sagactl list --filter 'group=\"a91f\"' -o ids | sagactl retry - --reason \"INC-4711\"");
  commands.Runs(retry, [flags](Session& session) -> Result<ExitCode> {
    SAGA_ASSIGN_OR_RETURN(const v1::Operation operation, ParseOperation(flags->operation));
    const auto perform = [&](Client& client, const std::string& saga,
                             const v1::ActionContext& context) {
      v1::RetryStepRequest request;
      request.set_name(saga);
      request.set_step_id(flags->step);
      request.set_operation(operation);
      request.set_new_key(flags->new_key);
      *request.mutable_context() = context;
      return ToPerformed(client.Call(&OperatorApi::RetryStep, request));
    };
    return RunAct(session, flags->act, {.verb = "retry", .past = "retried", .perform = perform});
  });
}

void AddSkip(Commands& commands) {
  struct Flags {
    ActFlags act;
    std::string step;
    std::string operation;
    std::string as;
    std::string output;
  };
  auto flags = std::make_shared<Flags>();
  CLI::App& skip = commands.Add(kActGroup, "skip",
                                "Records the answer of a step that the engine could not learn.");
  AddSaga(skip, flags->act);
  skip.add_option("STEP", flags->step, "Which step.")->required();
  skip.add_option("--op", flags->operation, "action, undo, try, confirm or cancel.")
      ->type_name("OP");
  skip.add_option("--as", flags->as, "done or rejected (done).")->type_name("ANSWER");
  skip.add_option("--output", flags->output,
                  "The step's answer as JSON, when a later step reads it; - is standard input.")
      ->type_name("FILE");
  AddActFlags(skip, flags->act);
  skip.footer("sagactl skip ord-1007 reserve_stock --op undo --reason \"released in the WMS\"");
  commands.Runs(skip, [flags](Session& session) -> Result<ExitCode> {
    SAGA_ASSIGN_OR_RETURN(const v1::Operation operation, ParseOperation(flags->operation));
    const bool rejected = flags->as == "rejected";
    if (!flags->as.empty() && !rejected && flags->as != "done") {
      return UsageError("--as is done or rejected, not '" + flags->as + "'");
    }
    v1::Payload output;
    if (!flags->output.empty()) {
      SAGA_ASSIGN_OR_RETURN(std::string json, ReadInput(session, flags->output));
      if (!IsValidUtf8(json)) return UsageError("the answer in " + flags->output + " is not UTF-8");
      output.set_json(std::move(json));
    }
    const auto perform = [&](Client& client, const std::string& saga,
                             const v1::ActionContext& context) {
      v1::SkipStepRequest request;
      request.set_name(saga);
      request.set_step_id(flags->step);
      request.set_operation(operation);
      request.set_settle_as(rejected ? v1::SkipStepRequest::SETTLE_AS_REJECTED
                                     : v1::SkipStepRequest::SETTLE_AS_DONE);
      if (output.has_json()) *request.mutable_output() = output;
      *request.mutable_context() = context;
      return ToPerformed(client.Call(&OperatorApi::SkipStep, request));
    };
    return RunAct(session, flags->act,
                  {.verb = "skip",
                   .past = "skipped",
                   .meaning = rejected ? "The step is recorded as refused by its participant."
                                       : "The step is recorded as done; nobody is called for it.",
                   .danger = Danger::kModerate,
                   .several = Several::kRefused,
                   .perform = perform});
  });
}

void AddResolve(Commands& commands) {
  struct Flags {
    ActFlags act;
    std::string as;
    std::string reference;
  };
  auto flags = std::make_shared<Flags>();
  CLI::App& resolve = commands.Add(kActGroup, "resolve", "Ends a saga by hand: the last resort.");
  AddSaga(resolve, flags->act);
  resolve.add_option("--as", flags->as, "succeeded or compensated: what is true out there.")
      ->required()
      ->type_name("OUTCOME");
  resolve.add_option("--ref", flags->reference, "Ticket or other reference.")
      ->required()
      ->type_name("TICKET");
  AddActFlags(resolve, flags->act);
  resolve.footer(
      "sagactl resolve ord-1007 --as compensated --ref INC-4711 --reason \"checked in the WMS\"");
  commands.Runs(resolve, [flags](Session& session) -> Result<ExitCode> {
    const bool succeeded = flags->as == "succeeded";
    if (!succeeded && flags->as != "compensated") {
      return UsageError("--as is succeeded or compensated, not '" + flags->as + "'");
    }
    const auto perform = [&](Client& client, const std::string& saga,
                             const v1::ActionContext& context) {
      v1::ResolveSagaRequest request;
      request.set_name(saga);
      request.set_outcome(succeeded ? v1::ResolveSagaRequest::OUTCOME_SUCCEEDED
                                    : v1::ResolveSagaRequest::OUTCOME_COMPENSATED);
      request.set_reference(flags->reference);
      *request.mutable_context() = context;
      return ToPerformed(client.Call(&OperatorApi::ResolveSaga, request));
    };
    return RunAct(session, flags->act,
                  {.verb = "resolve",
                   .past = "resolved",
                   .becomes = "RESOLVED (" + flags->as + ")",
                   .meaning = "This ends the saga by hand. The engine will not call anybody again.",
                   .danger = Danger::kSevere,
                   .several = Several::kRefused,
                   .perform = perform});
  });
}

// compensate, pause and resume take nothing but a context.
template <typename Request, typename Response>
void AddPlain(Commands& commands, const char* name, const char* description,
              grpc::Status (OperatorApi::*method)(grpc::ClientContext*, const Request&, Response*),
              Act act) {
  auto flags = std::make_shared<ActFlags>();
  CLI::App& command = commands.Add(kActGroup, name, description);
  command.add_option("SAGA", flags->sagas, kSagaHelp)->required();
  AddActFlags(command, *flags);
  act.verb = name;
  act.perform = [method](Client& client, const std::string& saga,
                         const v1::ActionContext& context) {
    Request request;
    request.set_name(saga);
    *request.mutable_context() = context;
    Result<Performed> performed = ToPerformed(client.Call(method, request));
    // A paused saga calls nobody; what it would call once it is resumed is no effect of the pause.
    if (std::is_same_v<Request, v1::PauseSagaRequest> && performed.ok()) {
      performed->effect.clear_plan();
    }
    return performed;
  };
  commands.Runs(command, [flags, act](Session& session) { return RunAct(session, *flags, act); });
}

void AddCancel(Commands& commands) {
  auto flags = std::make_shared<ActFlags>();
  CLI::App& cancel = commands.Add(kStartGroup, "cancel",
                                  "Asks a saga to roll back, as its business would; refused after "
                                  "the pivot.");
  cancel.add_option("SAGA", flags->sagas, kSagaHelp)->required();
  AddActFlags(cancel, *flags);
  cancel.footer("sagactl cancel ord-1007 --reason \"customer called\"");
  commands.Runs(cancel, [flags](Session& session) {
    const auto perform = [](Client& client, const std::string& saga,
                            const v1::ActionContext& context) -> Result<Performed> {
      if (context.validate_only()) {
        // A cancel has no dry run of its own; what follows is what follows a compensation.
        v1::CompensateSagaRequest request;
        request.set_name(saga);
        *request.mutable_context() = context;
        return ToPerformed(client.Call(&OperatorApi::CompensateSaga, request));
      }
      v1::CancelSagaRequest request;
      request.set_name(saga);
      request.set_reason(context.reason());
      request.set_etag(context.etag());
      SAGA_ASSIGN_OR_RETURN(v1::CancelSagaResponse response,
                            client.Call(&SagaApi::CancelSaga, request));
      Performed performed;
      *performed.effect.mutable_saga() = response.saga();
      performed.response = std::make_shared<v1::CancelSagaResponse>(std::move(response));
      return performed;
    };
    return RunAct(session, *flags,
                  {.verb = "cancel",
                   .past = "cancelled",
                   .becomes = "COMPENSATING",
                   .danger = Danger::kModerate,
                   .perform = perform});
  });
}

}  // namespace

void AddActCommands(Commands& commands) {
  AddRetry(commands);
  AddSkip(commands);
  AddPlain(commands, "compensate", "Rolls a saga back; refused once its pivot was sent.",
           &OperatorApi::CompensateSaga,
           {.past = "turned back", .becomes = "COMPENSATING", .danger = Danger::kModerate});
  AddResolve(commands);
  AddPlain(commands, "pause", "Holds a saga: nothing new is called, its deadline stops.",
           &OperatorApi::PauseSaga, {.past = "paused"});
  AddPlain(commands, "resume", "Lets a saga go on.", &OperatorApi::ResumeSaga, {.past = "resumed"});
  AddCancel(commands);
}

}  // namespace saga::admin
