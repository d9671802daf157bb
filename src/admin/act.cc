#include "admin/act.h"

#include <fmt/format.h>

#include "admin/names.h"
#include "admin/render_effect.h"
#include "admin/saga_lookup.h"
#include "admin/text.h"

namespace saga::admin {
namespace {

// An action that needs no agreement may lose the race against a saga that moves on; it is then
// repeated on what the saga has become.
constexpr int kRacesMax = 5;

Result<std::vector<std::string>> NamesOf(const Session& session, const ActFlags& flags) {
  std::vector<std::string> names;
  for (const std::string& name : flags.sagas) {
    if (name != "-") {
      names.push_back(name);
      continue;
    }
    for (std::string line; std::getline(session.terminal().in, line);) {
      if (const std::string_view word = Trim(line); !word.empty()) names.emplace_back(word);
    }
  }
  return names;
}

bool Reads(const ActFlags& flags) {
  return std::find(flags.sagas.begin(), flags.sagas.end(), "-") != flags.sagas.end();
}

Result<std::string> ReasonOf(const Session& session, const ActFlags& flags) {
  if (!flags.reason.empty()) return flags.reason;
  if (!session.CanAsk() || Reads(flags)) {
    return UsageError("--reason is required: it lands in the saga's records and in the audit log");
  }
  const std::string reason = session.Ask("reason, for the audit log: ");
  if (reason.empty()) return Declined();
  return reason;
}

Danger DangerOf(const ActFlags& flags, const Act& act) {
  return flags.force ? Danger::kSevere : act.danger;
}

// One run of one act over the sagas that were named.
class Runner {
 public:
  Runner(Session& session, const ActFlags& flags, const Act& act, std::string reason)
      : session_(session), flags_(flags), act_(act), reason_(std::move(reason)) {}

  Status ActOn(const std::string& name) {
    for (int race = 0;; ++race) {
      SAGA_ASSIGN_OR_RETURN(const v1::Saga saga,
                            FindSaga(session_.client(), name, v1::SAGA_VIEW_BASIC));
      const Status status = ActOnce(saga);
      const bool again = status.reason() == "ETAG_MISMATCH" && flags_.etag.empty() &&
                         DangerOf(flags_, act_) == Danger::kMild && race < kRacesMax;
      if (!again) return status;
    }
  }

 private:
  v1::ActionContext ContextOf(const v1::Saga& saga) const {
    v1::ActionContext context;
    context.set_reason(reason_);
    if (flags_.force) {
      context.set_force(true);
    } else {
      context.set_etag(flags_.etag.empty() ? saga.etag() : flags_.etag);
    }
    return context;
  }

  Status ActOnce(const v1::Saga& saga) {
    v1::ActionContext context = ContextOf(saga);
    if (flags_.dry_run) {
      context.set_validate_only(true);
      SAGA_ASSIGN_OR_RETURN(const Performed plan,
                            act_.perform(session_.client(), saga.name(), context));
      PrintPlan(plan);
      return Status::Ok();
    }
    SAGA_RETURN_IF_ERROR(Agree(saga, context));
    SAGA_ASSIGN_OR_RETURN(const Performed done,
                          act_.perform(session_.client(), saga.name(), context));
    PrintDone(done);
    return Status::Ok();
  }

  // Errors: CANCELLED DECLINED; INVALID_ARGUMENT when nobody can be asked.
  Status Agree(const v1::Saga& saga, v1::ActionContext context) {
    const Danger danger = DangerOf(flags_, act_);
    const std::string key = SagaLabel(saga);
    const std::string id = LastSegment(saga.name());
    if (danger == Danger::kMild) return Status::Ok();
    if (danger == Danger::kModerate && flags_.yes) return Status::Ok();
    if (danger == Danger::kSevere && !flags_.confirm.empty()) {
      if (flags_.confirm == key || flags_.confirm == id) return Status::Ok();
      return UsageError(fmt::format("--confirm={} does not name this saga; its key is '{}'",
                                    flags_.confirm, key));
    }
    if (!session_.CanAsk() || Reads(flags_)) {
      return UsageError(danger == Danger::kModerate
                            ? "this needs your agreement: add --yes, or see --dry-run first"
                            : fmt::format("this needs your agreement: add --confirm={}", key));
    }
    context.set_validate_only(true);
    SAGA_ASSIGN_OR_RETURN(const Performed plan,
                          act_.perform(session_.client(), saga.name(), context));
    session_.err() << RenderPlan(plan.effect, act_.verb, act_.becomes, session_.terminal().width,
                                 session_.error_paint());
    if (!act_.meaning.empty()) session_.err() << act_.meaning << "\n";
    if (danger == Danger::kModerate) {
      const std::string answer = Lower(session_.Ask("proceed? [y/N] "));
      return answer == "y" || answer == "yes" ? Status::Ok() : Declined();
    }
    const std::string typed = session_.Ask(fmt::format("Type the key to confirm ({}): ", key));
    return typed == key || typed == id ? Status::Ok() : Declined();
  }

  void PrintPlan(const Performed& plan) {
    if (PrintForPrograms(plan)) return;
    session_.out() << RenderPlan(plan.effect, act_.verb, act_.becomes, session_.terminal().width,
                                 session_.paint())
                   << "nothing was changed; without --dry-run it would be\n";
  }

  void PrintDone(const Performed& done) {
    if (PrintForPrograms(done)) return;
    session_.out() << RenderDone(done.effect, act_.past, session_.terminal().width,
                                 session_.paint());
  }

  bool PrintForPrograms(const Performed& performed) {
    if (!session_.is_for_programs()) return false;
    if (session_.settings().output == OutputFormat::kIds) {
      session_.out() << LastSegment(performed.effect.saga().name()) << "\n";
    } else {
      session_.PrintJson(*performed.response);
    }
    return true;
  }

  Session& session_;
  const ActFlags& flags_;
  const Act& act_;
  const std::string reason_;
};

Status CheckFlags(const std::vector<std::string>& names, const ActFlags& flags, const Act& act) {
  const bool several = names.size() > 1 || Reads(flags);
  if (several && act.several == Several::kRefused) {
    return UsageError(fmt::format("{} takes one saga at a time", act.verb));
  }
  if (several && (!flags.etag.empty() || flags.force)) {
    return UsageError("--etag and --force are for one saga");
  }
  if (flags.force && !flags.etag.empty()) {
    return UsageError("--force acts whatever the state is; --etag says on which: give one of them");
  }
  return Status::Ok();
}

}  // namespace

Result<ExitCode> RunAct(Session& session, const ActFlags& flags, const Act& act) {
  SAGA_ASSIGN_OR_RETURN(const std::vector<std::string> names, NamesOf(session, flags));
  SAGA_RETURN_IF_ERROR(CheckFlags(names, flags, act));
  if (names.empty()) {
    session.Note(fmt::format("nothing to {}", act.verb));
    return ExitCode::kDone;
  }
  SAGA_ASSIGN_OR_RETURN(std::string reason, ReasonOf(session, flags));
  Runner runner(session, flags, act, std::move(reason));
  if (names.size() == 1) {
    SAGA_RETURN_IF_ERROR(runner.ActOn(names.front()));
    return ExitCode::kDone;
  }
  std::int64_t done = 0;
  std::int64_t refused = 0;
  for (const std::string& name : names) {
    const Status status = runner.ActOn(name);
    if (status.ok()) {
      ++done;
      continue;
    }
    const ExitCode code = ExitCodeOf(status);
    if (code != ExitCode::kRefused && code != ExitCode::kNotFound) {
      session.Note(fmt::format("{} of {} named, then:", Thousands(done),
                               Counted(static_cast<std::int64_t>(names.size()), "saga", "sagas")));
      return status;
    }
    ++refused;
    session.err() << fmt::format("{}{}: {}\n", PadRight("refused", 14), Clean(name),
                                 Clean(status.message()));
  }
  session.Note(fmt::format("{} named, {} {}, {} refused",
                           Counted(static_cast<std::int64_t>(names.size()), "saga", "sagas"),
                           Thousands(done), flags.dry_run ? "possible" : act.past,
                           Thousands(refused)));
  return refused > 0 ? ExitCode::kSomeRefused : ExitCode::kDone;
}

}  // namespace saga::admin
