#include "admin/reasons.h"

#include <algorithm>
#include <array>

namespace saga::admin {
namespace {

// Sorted by reason.
constexpr std::array kReasons = {
    ReasonHelp{
        "ALREADY_COMPENSATING", "It is rolling back already.",
        "The saga is on its way back, so there is nothing to turn round. Look at it with "
        "`{sagactl} show SAGA`; if it is stuck there, `{sagactl} retry SAGA` runs the undo again."},
    ReasonHelp{"ALREADY_PAUSED", "`{sagactl} resume` lets it go on.",
               "The saga is held already. Nothing is called until somebody resumes it."},
    ReasonHelp{
        "AMBIGUOUS_NAME", "Name one of them by its full id.",
        "Several sagas have this business key, or an id that begins like this. A change is made to "
        "one saga only, so it must be named without doubt."},
    ReasonHelp{
        "ANSWER_OVERDUE",
        "Ask the participant; `{sagactl} show SAGA` shows when it accepted the call.",
        "The participant accepted the call and said that it would report how it ended, but "
        "no report came within the time that the definition gives it. A report that comes "
        "later is still taken. If you know what happened, `{sagactl} skip SAGA STEP` records "
        "it."},
    ReasonHelp{"ANSWER_REJECTED", "",
               "The participant answered OK, but by the definition's `reject_if` or `rejected_if` "
               "its answer means no. Before the point of no return the saga rolls back; a step "
               "that did happen is undone."},
    ReasonHelp{
        "ANSWER_UNKNOWN", "Find out at the participant whether it happened, then settle it.",
        "The attempts of a call are used up and nobody knows whether it took effect. Retry it when "
        "the participant answers again. If you know what happened, say so: `{sagactl} skip SAGA "
        "STEP` records it as done, with `--as rejected` as refused."},
    ReasonHelp{
        "ANSWER_UNMAPPED",
        "Register the participant with an adapter that maps it, then `{sagactl} retry SAGA`.",
        "A participant answered OK, and no rule of its adapter says what that means; the "
        "answer is in the message. It may have done its work, so the answer counts as "
        "unknown and the call is repeated with the same key."},
    ReasonHelp{"ANSWER_UNREADABLE",
               "Its raw bytes are kept; `{sagactl} participants probe NAME` reads its methods "
               "anew.",
               "A participant answered with bytes that are not the message which its "
               "descriptors declare. It may have done its work, so the answer counts as "
               "unknown and the call is repeated with the same key."},
    ReasonHelp{"BATCH_TOO_LARGE", "Narrow the filter.",
               "More sagas match than one request may change."},
    ReasonHelp{
        "BREAKING_CHANGE", "Register it under a new name, or keep the old steps.",
        "The new version changes something that sagas or callers of the active version rely on."},
    ReasonHelp{"CALL_DROPPED", "",
               "A call was given up before its answer came, because the server stopped or lost "
               "its shard. Whether it took effect is not known; it is repeated with the same "
               "key."},
    ReasonHelp{
        "CALL_IN_FLIGHT", "Wait for its answer: `{sagactl} watch SAGA`.",
        "A call of this step is being made at this moment; its answer may settle the matter. Try "
        "again when it has come, at the latest after the call's time limit."},
    ReasonHelp{"CALL_MISCONFIGURED", "`{sagactl} participants probe NAME` shows what it offers.",
               "A call cannot be made as the definition says: the participant has no such "
               "method, or the request does not fit it. The saga waits until the deployment or "
               "the registration is mended; then retry it."},
    ReasonHelp{"CALL_UNFIT", "",
               "gRPC does not send this call, for instance because it is too large."},
    ReasonHelp{
        "CANCELLED", "",
        "The caller gave the request up before its answer came. Whether it took effect is not "
        "known."},
    ReasonHelp{
        "COMPENSATION_EXHAUSTED", "Mend the cause, then run it again: `{sagactl} retry SAGA`.",
        "An undo failed as often as its retry policy allows. The effect of the step is still "
        "there. "
        "`{sagactl} show SAGA` names the participant and its last answer. When the cause is gone, "
        "retry. If the effect is gone by other means, `{sagactl} skip SAGA STEP --op undo` says "
        "so. "
        "As a last resort `{sagactl} resolve` ends the saga by hand."},
    ReasonHelp{"CONCURRENT_REGISTRATION", "Try again.",
               "Somebody else registered the same definition at the same moment."},
    ReasonHelp{
        "CURSOR_EXPIRED", "Begin without --cursor; read what was missed from Kafka.",
        "The server does not hold records that old for streams any more. The history of a single "
        "saga is always complete: `{sagactl} show SAGA --timeline`."},
    ReasonHelp{"DEFINITION_INVALID", "",
               "The definition has errors; each is listed with its line and column. Nothing was "
               "registered."},
    ReasonHelp{"DEFINITION_NOT_FOUND", "`{sagactl} definitions list` shows what there is.",
               "No definition has this name, or it has no such version, or none of its versions is "
               "active."},
    ReasonHelp{
        "DEFINITION_RETIRED", "`{sagactl} definitions list NAME --all` shows its versions.",
        "New sagas of this version are refused. Start on the active version by leaving out the "
        "version, or activate another one."},
    ReasonHelp{"DELAY_OUT_OF_RANGE", "",
               "An expression that says how long to wait gave a length that is negative or longer "
               "than a year."},
    ReasonHelp{"DRAINING", "Try again: another server, or this one after its restart.",
               "The server is shutting down and takes no new work. What it has accepted goes on."},
    ReasonHelp{
        "ETAG_MISMATCH", "Look again, then repeat the command: `{sagactl} show SAGA`.",
        "The saga has changed since you looked at it, so that the change may not be what you "
        "want any more. Without --etag the command looks by itself right before it acts; with "
        "--force it acts whatever the state is."},
    ReasonHelp{
        "EXPRESSION_FAILED",
        "Start a saga of a mended definition; `{sagactl} skip` goes past the step.",
        "An expression of the definition has no value for this saga: it read a field that is "
        "not there, divided by zero or compared values of different types. It counts neither "
        "as true nor as false, so the step waits for a person."},
    ReasonHelp{"FENCED", "Try again.",
               "The part of the server that owned the saga has just lost it to another one."},
    ReasonHelp{"FIELD_INVALID", "", "A value of the request is not allowed; the message names it."},
    ReasonHelp{"FILTER_INVALID", "The language of filters: `{sagactl} help filters`.",
               "The filter cannot be read, or names a field that there is not."},
    ReasonHelp{"INTERNAL", "", "Something unexpected inside the server. Its log has the details."},
    ReasonHelp{
        "LATE_SUCCESS",
        "Check at the participant; `{sagactl} retry SAGA --op undo --new-key` undoes it again.",
        "An action succeeded after its undo was decided. A participant with a barrier refuses "
        "this; one without may now hold an effect that nobody undid. Look there. If there is "
        "one, retry the undo under a new key; if not, `{sagactl} skip SAGA STEP --op undo`."},
    ReasonHelp{"MAPPING_FAILED", "",
               "A request could not be built from the saga's input and the answers so far: a "
               "value is missing or of another type."},
    ReasonHelp{"MAPPING_INVALID", "",
               "A `with:` of the definition does not fit the method that it calls."},
    ReasonHelp{"METHOD_NOT_FOUND", "`{sagactl} participants probe NAME` lists its methods.",
               "The participant declares no such method. A method is written as "
               "Service/Method, or as Method alone when the participant has a single service."},
    ReasonHelp{
        "MISCONFIGURED", "Mend the deployment, then `{sagactl} retry SAGA`.",
        "The participant answered UNAUTHENTICATED, PERMISSION_DENIED or UNIMPLEMENTED: a mistake "
        "of the deployment must not cancel customers' orders, so the saga waits. "
        "`{sagactl} participants probe NAME` shows what the participant offers."},
    ReasonHelp{
        "NEW_KEY_REQUIRED", "Add --new-key.",
        "This undo was done already: under the same key the participant would only repeat its "
        "old answer."},
    ReasonHelp{"NOT_ASYNC",
               "Add `async:` to the step in the definition, or answer with the outcome.",
               "The participant answered that it accepted the call and would report later, but the "
               "step is not asynchronous: nobody would wait for the report. The call is repeated "
               "with the same key."},
    ReasonHelp{
        "NOT_OWNER", "Try again in a moment; `{sagactl} server status` shows who owns what.",
        "Another node owns the part of the sagas that this one belongs to, and it is changing "
        "right now, or cannot be reached from the node you asked. Nothing was changed that "
        "a repeat with the same saga id would not find."},
    ReasonHelp{"NOT_PAUSED", "", "The saga is not held, so there is nothing to resume."},
    ReasonHelp{"NOT_READY", "Try again in a few seconds.",
               "The server is starting and does not own its sagas yet."},
    ReasonHelp{"NOT_SENT", "",
               "A call was taken back before it was sent, so that it certainly did not happen."},
    ReasonHelp{"NO_EVALUATION", "",
               "An expression of a definition was asked for where nothing evaluates expressions. "
               "That is a bug; please report it."},
    ReasonHelp{"OUTCOME_CONFLICT", "",
               "Another outcome of this call is known already. The first one counts; a report that "
               "repeats it is welcome."},
    ReasonHelp{
        "OUTPUT_REQUIRED", "Give the answer with --output FILE.",
        "A later step reads the answer of this step, so that it cannot be settled as done without "
        "one. --output takes the answer as JSON, as the participant would have given it."},
    ReasonHelp{
        "OVERLOADED", "Try again after the time that the server names.",
        "The server has as much work as it can take; new sagas are refused before anything was "
        "done, running ones go on."},
    ReasonHelp{"PAGE_TOKEN_MISMATCH", "Begin again without --page.",
               "The page token belongs to another filter or order."},
    ReasonHelp{"PARTICIPANT_NOT_FOUND", "`{sagactl} participants list` shows what there is.",
               "No participant is registered under this name."},
    ReasonHelp{"PARTICIPANT_UNREACHABLE", "`{sagactl} participants list` shows who is down.",
               "Nobody answers at the participant's address. Steps that became stuck because "
               "of it go on by themselves when it is back, unless their definition says "
               "otherwise."},
    ReasonHelp{
        "PIVOT_IN_DOUBT", "Wait until its answer is known: `{sagactl} watch SAGA`.",
        "The step that is the point of no return was called and its answer is not known. Until it "
        "is, the saga can neither be cancelled nor compensated: it repeats the call with the same "
        "key."},
    ReasonHelp{
        "PIVOT_PASSED",
        "The saga can only go forward. If money must go back, start a saga that does that.",
        "The step that is the point of no return has succeeded. From there on the saga goes "
        "forward until every step is done; nothing is undone any more. If it is stuck, mend the "
        "cause and `{sagactl} retry SAGA`."},
    ReasonHelp{"PROFILE_NOT_FOUND", "Write one, or name the server with --server.",
               "The file named by --profile or SAGACTL_PROFILE cannot be read. It has lines like "
               "`server: 127.0.0.1:7070` and `namespace: default`."},
    ReasonHelp{"QUOTA_SAGAS", "", "The namespace has as many live sagas as it may have."},
    ReasonHelp{"RECORD_BROKEN", "",
               "Records of the saga do not fit together. The saga is held; nothing is called "
               "for it."},
    ReasonHelp{"RECORD_UNKNOWN", "",
               "A record of the saga was written by a newer release. It is held until such a "
               "release runs again."},
    ReasonHelp{"REFLECTION_FAILED", "",
               "The participant's server reflection broke off. `{sagactl} participants "
               "register NAME TARGET --descriptor-set FILE` does without it."},
    ReasonHelp{"REFLECTION_MISSING",
               "Register it with --descriptor-set FILE, or switch server reflection on there.",
               "The participant does not offer server reflection, which tells its methods and "
               "messages. `protoc --descriptor_set_out=FILE --include_imports` writes a file "
               "that can be registered instead."},
    ReasonHelp{
        "REJECTED_AFTER_PIVOT", "Mend the cause at the participant, then `{sagactl} retry SAGA`.",
        "A step after the point of no return was refused. The saga cannot turn back, so a person "
        "must make the step possible and retry it, or do its work by hand and `{sagactl} skip`."},
    ReasonHelp{"RETRIES_EXHAUSTED", "Mend the cause, then run it again: `{sagactl} retry SAGA`.",
               "A call failed as often as its retry policy allows. `{sagactl} show SAGA` names the "
               "participant and its last answer."},
    ReasonHelp{"ROLE_REQUIRED", "", "You are known, but not allowed to do this."},
    ReasonHelp{"SAGA_ENDED", "`{sagactl} show SAGA` shows how.",
               "The saga has ended. Nothing can be changed any more; what has to be put right is "
               "another saga."},
    ReasonHelp{"SAGA_ID_REUSED", "Use another --id, or repeat exactly what was started first.",
               "A saga with this id exists and was started with another definition, input, key or "
               "labels. A repeat of the same start would have been answered with the first one."},
    ReasonHelp{
        "SAGA_NOT_FOUND", "`{sagactl} list` shows what there is.",
        "No saga has this id or business key, or an id that begins like this (8 characters at "
        "least). Ended sagas are kept for the retention time only. Another namespace: "
        "--namespace."},
    ReasonHelp{
        "SAGA_UNREADABLE", "",
        "The saga's records or its definition cannot be read by this release. Nothing was lost: "
        "the saga is held until a release that can read it runs."},
    ReasonHelp{"SETTLED_AS_REJECTED", "", "A person stated that the participant refused the step."},
    ReasonHelp{"SIGNAL_ID_REUSED", "Give every signal an id of its own.",
               "A signal with this id came before, with another name or payload. A repeat of the "
               "same signal is answered with success."},
    ReasonHelp{"SIGNAL_UNKNOWN",
               "`{sagactl} definitions show NAME` lists the signals that it waits for.",
               "No step of the saga's definition waits for a signal of this name."},
    ReasonHelp{"START_UNDECIDED", "Start it again with the same id.",
               "A saga with this id ended so long ago that it left the database at this "
               "moment."},
    ReasonHelp{
        "STEP_IN_FLIGHT", "Wait for its answer: `{sagactl} watch SAGA`.",
        "A call of this step is being made at this moment; its answer may settle the matter. Try "
        "again when it has come, at the latest after the call's time limit."},
    ReasonHelp{
        "STEP_NOT_CALLED", "",
        "The step waits for no outcome of this operation, because it was not called for it."},
    ReasonHelp{"STEP_NOT_FOUND", "`{sagactl} show SAGA` lists its steps.",
               "The saga's definition has no step of this name."},
    ReasonHelp{"STEP_NOT_RETRYABLE", "`{sagactl} show SAGA` shows what waits.",
               "Nothing of this step, or of the saga, is stuck or waits to be tried again."},
    ReasonHelp{"STEP_NOT_SETTLEABLE", "`{sagactl} show SAGA` shows what waits.",
               "The step does not wait for an answer: it was not called, or its answer is known."},
    ReasonHelp{"STORE_REFUSED", "",
               "The database refused a statement; the server's log says which."},
    ReasonHelp{"STORE_UNAVAILABLE", "Try again when the database is back.",
               "The server cannot reach its database. Nothing that was acknowledged is lost."},
    ReasonHelp{"STORE_UNREACHABLE", "Try again when the database is back.",
               "The server cannot reach its database. Nothing that was acknowledged is lost."},
    ReasonHelp{"STORE_VALUE", "", "The database does not take a value of the request."},
    ReasonHelp{"TASK_TOKEN_INVALID", "Send the token back as the call's metadata gave it.",
               "The token was not made by this cluster, was changed on its way, or belongs to an "
               "earlier saga of this name."},
    ReasonHelp{
        "TIMED_OUT", "Whether it took effect is not known: look before you repeat it.",
        "The answer did not come within --timeout. Starting a saga again with the same --id is "
        "safe; so is the same change with the same reason."},
    ReasonHelp{"TOKEN_INVALID", "", "The credentials are missing, wrong or expired."},
    ReasonHelp{
        "TOO_MANY_SIGNALS", "",
        "The saga keeps as many signals that no step has taken yet as it may, or has seen as "
        "many in all as it may."},
    ReasonHelp{
        "UNIMPLEMENTED", "Is it a sagad, and as new as this program? `{sagactl} version`",
        "The server does not know the method: another program listens there, or an older sagad."},
    ReasonHelp{
        "UNREACHABLE", "Is it running? Another address: --server HOST:PORT or SAGACTL_SERVER.",
        "No sagad answered at this address. In a development checkout `./saga status` shows "
        "whether it runs and `./saga up` starts it. Proxies of the environment are not used."},
    ReasonHelp{"VALUE_NOT_STORABLE", "",
               "The database does not take a value of this start, for instance a NUL character "
               "in a label."},
    ReasonHelp{"WAIT_EXPIRED", "",
               "The signal that the step waited for did not come in time. Before the point of no "
               "return the saga rolls back."},
};

}  // namespace

std::span<const ReasonHelp> AllReasons() { return kReasons; }

const ReasonHelp* FindReason(std::string_view reason) {
  const auto found = std::find_if(kReasons.begin(), kReasons.end(),
                                  [&](const ReasonHelp& help) { return help.reason == reason; });
  return found == kReasons.end() ? nullptr : &*found;
}

std::string WithArgv0(std::string_view text, std::string_view argv0) {
  constexpr std::string_view kPlace = "{sagactl}";
  std::string result;
  for (;;) {
    const std::size_t at = text.find(kPlace);
    result += text.substr(0, at);
    if (at == text.npos) return result;
    result += argv0;
    text.remove_prefix(at + kPlace.size());
  }
}

}  // namespace saga::admin
