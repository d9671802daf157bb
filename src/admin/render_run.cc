#include "admin/render_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "admin/text.h"
#include "admin/times.h"
#include "base/check.h"
#include "base/overloaded.h"
#include "orchestrator/core/definition.h"

namespace saga::admin {
namespace {

using simulate::MadeCall;
using simulate::Rest;
using simulate::RunResult;

// "FAILED_PRECONDITION SOLD_OUT".
std::string CodeOf(const Failure& failure) {
  std::string text(StatusCodeName(failure.code));
  if (!failure.reason.empty()) text += " " + failure.reason;
  return text;
}

Tone ToneOf(const MadeCall& call) {
  if (call.outcome == CallOutcome::kSucceeded || call.outcome == CallOutcome::kAccepted) {
    return Tone::kPlain;
  }
  return call.outcome == CallOutcome::kMisconfigured ? Tone::kBad : Tone::kWarn;
}

struct Line {
  Duration at{0};
  std::string step;
  std::string operation;
  std::string what;
  Tone tone = Tone::kPlain;
};

// Attempts of one call that ended alike are one line.
std::vector<Line> CallLines(const Definition& definition, const RunResult& run) {
  struct Group {
    const MadeCall* first;
    const MadeCall* last;
    std::size_t count;
  };
  std::vector<Group> groups;
  for (const MadeCall& call : run.calls) {
    const auto same = std::find_if(groups.rbegin(), groups.rend(), [&call](const Group& group) {
      return group.first->step == call.step && group.first->operation == call.operation;
    });
    if (same != groups.rend() && CallText(*same->first) == CallText(call)) {
      same->last = &call;
      ++same->count;
    } else {
      groups.push_back({&call, &call, 1});
    }
  }
  std::vector<Line> lines;
  for (const Group& group : groups) {
    std::string what = CallText(*group.first);
    if (group.last->endless) {
      what +=
          fmt::format(" ({} attempts until {}, and on)", group.count, FormatSpan(group.last->at));
    } else if (group.count > 1) {
      what += fmt::format(" ({} attempts until {})", group.count, FormatSpan(group.last->at));
    }
    lines.push_back({group.first->at, definition.step(group.first->step).id,
                     std::string(OperationName(group.first->operation)), std::move(what),
                     ToneOf(*group.first)});
  }
  return lines;
}

std::string WhyBack(const Definition& definition, const CompensationStarted& back) {
  switch (back.cause) {
    case CompensationCause::kStepFailed:
      break;
    case CompensationCause::kDeadline:
      return "turns back: the deadline is over";
    case CompensationCause::kCancelled:
    case CompensationCause::kOperator:
      return "turns back: a person wants it";
  }
  if (!back.step) return "turns back";
  return fmt::format("turns back because of {} ({})", definition.step(*back.step).id,
                     CodeOf(back.failure));
}

// What is no call: decisions, waits. Nothing for records that the lines of calls tell already.
std::optional<Line> FactLine(const Definition& definition, const Record& record) {
  const auto at_step = [&](StepIndex step, std::string what, Tone tone) {
    return Line{{}, definition.step(step).id, "", std::move(what), tone};
  };
  return std::visit(
      Overloaded{
          [&](const CompensationStarted& r) -> std::optional<Line> {
            return Line{{}, "", "", WhyBack(definition, r), Tone::kStrong};
          },
          [&](const HoldsDecided& r) -> std::optional<Line> {
            return Line{{},
                        "",
                        "",
                        fmt::format("decides {} of its holds", HoldDecisionName(r.decision)),
                        Tone::kStrong};
          },
          [&](const StepStuck& r) -> std::optional<Line> {
            return at_step(r.step, fmt::format("STUCK: {}", StuckReasonName(r.reason)), Tone::kBad);
          },
          [&](const StepInDoubt& r) -> std::optional<Line> {
            return at_step(r.step, "in doubt: nobody knows whether it happened", Tone::kWarn);
          },
          [&](const StepGivenUp& r) -> std::optional<Line> {
            return at_step(r.step, "given up: it is optional", Tone::kWarn);
          },
          [&](const StepLate& r) -> std::optional<Line> {
            return at_step(r.step, "succeeded after it had been given up", Tone::kWarn);
          },
          [&](const TimerFired& r) -> std::optional<Line> {
            return at_step(r.step, "fires", Tone::kPlain);
          },
          [&](const SignalReceived& r) -> std::optional<Line> {
            return Line{{}, "", "", fmt::format("signal '{}' comes", r.name), Tone::kPlain};
          },
          [&](const auto&) -> std::optional<Line> { return std::nullopt; }},
      record);
}

std::string OutcomeText(const StepSucceeded& succeeded) {
  return succeeded.declined ? "its outcome is reported: no" : "its outcome is reported: done";
}

// The report of an accepted call is told by its record alone.
std::vector<Line> FactLines(const Definition& definition, const RunResult& run) {
  std::vector<Line> lines;
  const TimePoint start = run.records.empty() ? TimePoint() : run.records.front().at;
  const auto add = [&](TimePoint at, Line line) {
    line.at = at - start;
    lines.push_back(std::move(line));
  };
  for (const NumberedRecord& numbered : run.records) {
    if (const auto* succeeded = std::get_if<StepSucceeded>(&numbered.record);
        succeeded != nullptr && definition.step(succeeded->step).async) {
      add(numbered.at, {{}, definition.step(succeeded->step).id, "", OutcomeText(*succeeded)});
    }
    if (auto line = FactLine(definition, numbered.record)) add(numbered.at, *std::move(line));
    std::visit(
        [&](const auto& record) {
          if constexpr (requires { record.skipped; }) {
            for (const StepIndex step : record.skipped) {
              add(numbered.at, {{}, definition.step(step).id, "", "skipped", Tone::kDim});
            }
          }
        },
        numbered.record);
  }
  return lines;
}

std::string EndText(const RunResult& run) {
  switch (run.rest) {
    case Rest::kSucceeded:
    case Rest::kCompensated:
    case Rest::kStuck:
      return " after " + FormatSpan(run.took);
    case Rest::kRetrying:
      return " for as long as the call fails";
    case Rest::kWaiting:
      return " without end";
  }
  return {};
}

std::string OrDash(std::string text) { return text.empty() ? "-" : text; }

}  // namespace

Tone ToneOf(Rest rest) {
  switch (rest) {
    case Rest::kSucceeded:
      return Tone::kGood;
    case Rest::kCompensated:
      return Tone::kPlain;
    case Rest::kRetrying:
    case Rest::kWaiting:
      return Tone::kWarn;
    case Rest::kStuck:
      return Tone::kBad;
  }
  SAGA_UNREACHABLE();
}

std::string PlaceOf(const Definition& definition, StepIndex step, Operation operation) {
  const std::string& id = definition.step(step).id;
  return IsForward(operation) ? id : fmt::format("{}/{}", id, OperationName(operation));
}

std::string CallText(const MadeCall& call) {
  if (call.unsendable) return "cannot be sent: " + call.failure.message;
  switch (call.outcome) {
    case CallOutcome::kSucceeded:
      return "done";
    case CallOutcome::kAccepted:
      return "accepted: its outcome is reported later";
    case CallOutcome::kDeclined:
      return "declined: " + call.failure.message;
    case CallOutcome::kRejected:
      return "refused: " + CodeOf(call.failure);
    case CallOutcome::kMisconfigured:
      return "not possible: " + CodeOf(call.failure);
    case CallOutcome::kUnknown:
    case CallOutcome::kNotSent:
      break;
  }
  if (call.failure.code == StatusCode::kOk) return "does not know it";
  return CodeOf(call.failure) + (call.acted ? ", but it has happened" : ", nothing has happened");
}

std::vector<std::string> StepsLeft(const Definition& definition, const RunResult& run) {
  std::vector<std::string> names;
  for (const StepIndex step : run.left) names.push_back(definition.step(step).id);
  return names;
}

std::string Remains(const Definition& definition, const RunResult& run) {
  std::vector<std::string> parts;
  for (const simulate::StuckStep& stuck : run.stuck) {
    parts.push_back(fmt::format("{} {}", PlaceOf(definition, stuck.step, stuck.operation),
                                StuckReasonName(stuck.reason)));
  }
  for (const auto& [step, operation] : run.lacking) {
    parts.push_back(PlaceOf(definition, step, operation) + " lacks its input");
  }
  if (!run.left.empty()) parts.push_back("left: " + Join(StepsLeft(definition, run), ", "));
  return Join(parts, "; ");
}

Result<std::string> RenderRun(const Definition& definition, const RunResult& run,
                              const TableLayout& layout, const Paint& paint) {
  std::vector<Line> lines = CallLines(definition, run);
  std::vector<Line> facts = FactLines(definition, run);
  // What is decided at the time of a call comes before it: the call is its consequence.
  lines.insert(lines.begin(), std::make_move_iterator(facts.begin()),
               std::make_move_iterator(facts.end()));
  std::stable_sort(lines.begin(), lines.end(),
                   [](const Line& a, const Line& b) { return a.at < b.at; });
  Table table({{.title = "AT", .align = Align::kRight},
               {.title = "STEP"},
               {.title = "CALL"},
               {.title = "WHAT", .width_min = 20}});
  for (const Line& line : lines) {
    table.Add({{FormatSpan(line.at), Tone::kDim},
               {OrDash(line.step)},
               {OrDash(line.operation)},
               {Clean(line.what), line.tone}});
  }
  SAGA_ASSIGN_OR_RETURN(std::string text, table.Render(layout, paint));
  text += "\n" + paint(ToneOf(run.rest), RestName(run.rest)) + EndText(run) + "\n";
  const std::string remains = Remains(definition, run);
  if (!remains.empty()) text += fmt::format("stays    {}\n", remains);
  for (const simulate::StartedFollowUp& follow_up : run.follow_ups) {
    text += fmt::format("starts   {} ({}) with {}\n", follow_up.definition, follow_up.name,
                        Clean(follow_up.input.empty() ? "nothing" : follow_up.input));
  }
  if (run.output) text += fmt::format("answers  {}\n", Clean(*run.output));
  if (!run.output_problem.empty()) {
    text += fmt::format("answers  nothing: {}\n", Clean(run.output_problem));
  }
  return text;
}

}  // namespace saga::admin
