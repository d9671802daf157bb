#include "admin/render_tree.h"

#include <fmt/format.h>

#include <algorithm>

#include "admin/json_lines.h"
#include "admin/names.h"
#include "admin/proposals.h"
#include "admin/render_list.h"
#include "admin/render_steps.h"
#include "admin/text.h"

namespace saga::admin {
namespace {

constexpr std::size_t kLabelWidth = 22;
constexpr std::size_t kWrapWidth = 120;  // Prose is not made wider than this.

std::size_t ProseWidth(const TreeContext& context) {
  return context.width == kUnlimitedWidth ? kWrapWidth : std::min(context.width, kWrapWidth);
}

// Parts on one line, two spaces apart; what does not fit goes to the next line.
std::string Flow(const std::vector<std::string>& parts, std::size_t width) {
  std::string text;
  std::size_t used = 0;
  for (const std::string& part : parts) {
    if (part.empty()) continue;
    const std::size_t needed = DisplayWidth(part);
    if (used > 0 && used + 2 + needed > width) {
      text += "\n";
      used = 0;
    } else if (used > 0) {
      text += "  ";
      used += 2;
    }
    text += part;
    used += needed;
  }
  return text + "\n";
}

std::string Health(const v1::Saga& saga, const TreeContext& context) {
  if (IsEnded(saga.state())) return "";
  if (saga.health() == v1::Saga::HEALTH_STUCK) {
    return saga.attention().has_since()
               ? "STUCK " + context.times.AgePhrase(saga.attention().since())
               : "STUCK";
  }
  return HealthCell(saga, context.times).text;
}

std::string Header(const v1::Saga& saga, const TreeContext& context) {
  const std::string health = Health(saga, context);
  const Cell state = StateCell(saga);
  std::vector<std::string> first = {
      DefinitionLabel(saga.definition_version()),
      LastSegment(saga.name()),
      health.empty() ? state.text : state.text + ", " + health,
  };
  if (!saga.business_key().empty()) first.push_back("key " + Clean(saga.business_key()));
  if (!saga.trace_id().empty()) first.push_back("trace " + Clean(saga.trace_id()));
  std::string text = Flow(first, ProseWidth(context));
  const Tone tone = saga.health() == v1::Saga::HEALTH_STUCK && !IsEnded(saga.state())
                        ? Tone::kBad
                        : Tone::kStrong;
  const std::size_t at = text.find(first[2]);
  text.replace(at, first[2].size(), context.paint(tone, first[2]));

  std::vector<std::string> second = {
      "started " + context.times.Clock(saga.create_time()) +
      (saga.started_by().empty() ? "" : " by " + Clean(saga.started_by()))};
  if (saga.has_end_time()) {
    const Duration took = ToTime(saga.end_time()) - ToTime(saga.create_time());
    second.push_back(
        fmt::format("ended {} after {}", context.times.Clock(saga.end_time()), FormatSpan(took)));
  } else if (saga.has_deadline()) {
    second.push_back("deadline " + context.times.Clock(saga.deadline()));
  }
  if (!saga.owner().empty()) second.push_back("owner " + Clean(saga.owner()));
  std::vector<std::string> labels;
  for (const auto& [key, value] : saga.labels()) labels.push_back(Clean(key + "=" + value));
  std::sort(labels.begin(), labels.end());
  second.insert(second.end(), labels.begin(), labels.end());
  return text + Flow(second, ProseWidth(context));
}

std::size_t FactWidth(const TreeContext& context) {
  return std::max<std::size_t>(ProseWidth(context), kLabelWidth + 20) - kLabelWidth;
}

std::string Labelled(std::string_view label, const std::vector<std::string>& lines) {
  std::string result;
  for (const std::string& line : lines) {
    result += PadRight(result.empty() ? label : "", kLabelWidth) + line + "\n";
  }
  return result;
}

// "stuck because         hold_stock/cancel failed …", wrapped below itself.
std::string Fact(std::string_view label, const std::string& text, const TreeContext& context) {
  return Labelled(label, Wrap(text, FactWidth(context)));
}

std::string WhyBack(const v1::Saga& saga) {
  std::string why = Clean(saga.note());
  // The label says it already.
  for (const std::string_view known : {"rolled back because of ", "rolled back because "}) {
    if (why.starts_with(known)) why.erase(0, known.size());
  }
  for (const v1::Step& step : saga.steps()) {
    if (!why.empty() || step.state() != v1::Step::STATE_REJECTED) continue;
    why = Clean(step.step_id()) + " rejected";
  }
  if (HasFailure(saga.failure())) {
    const std::string failure = FailureText(saga.failure());
    if (why.find(Clean(saga.failure().message())) == why.npos || saga.failure().message().empty()) {
      why += (why.empty() ? "" : ": ") + failure;
    }
  }
  return why;
}

std::string WhyStuck(const v1::Attention& attention) {
  std::string why = Clean(attention.summary());
  if (why.empty()) {
    why = StepLabel(attention.step_id(), attention.operation());
    if (attention.attempts() > 0) why += fmt::format(" failed {} times", attention.attempts());
    if (HasFailure(attention.failure())) why += "; last: " + FailureText(attention.failure());
  }
  return attention.reason().empty() ? why : fmt::format("{} ({})", why, Clean(attention.reason()));
}

std::string ParticipantNow(const v1::Participant& participant, const TimeFormat& times) {
  std::string text =
      LastSegment(participant.name()) + " is " + ParticipantHealthWord(participant.health());
  if (participant.has_health_since()) text += " " + times.AgePhrase(participant.health_since());
  return text;
}

std::string Facts(const v1::Saga& saga, const TreeContext& context) {
  std::string text;
  const bool went_back =
      saga.state() == v1::Saga::STATE_COMPENSATING || saga.state() == v1::Saga::STATE_COMPENSATED;
  if (went_back) {
    if (const std::string why = WhyBack(saga); !why.empty()) {
      text += Fact(IsEnded(saga.state()) ? "rolled back because" : "rolling back because", why,
                   context);
    }
  }
  if (saga.state() == v1::Saga::STATE_RESOLVED) {
    std::string how = Clean(saga.note());
    if (how.starts_with("resolved ")) how.erase(0, std::string_view("resolved ").size());
    if (how.empty()) how = "as " + Lower(StateWord(saga.resolved_as()));
    text += Fact("resolved", how + ", reference " + Clean(saga.resolve_reference()), context);
  }
  if (!IsEnded(saga.state()) && saga.has_attention()) {
    text += Fact("stuck because", WhyStuck(saga.attention()), context);
    if (context.participant) {
      text += Fact("now", ParticipantNow(*context.participant, context.times), context);
    }
  }
  return text.empty() ? text : "\n" + text;
}

std::string PayloadFact(std::string_view label, const v1::Payload& payload,
                        const TreeContext& context) {
  if (payload.redacted()) return Fact(label, "(hidden from you)", context);
  const std::string& json = payload.has_json() ? payload.json() : payload.readable();
  if (!json.empty()) return Labelled(label, JsonLines(Clean(json), FactWidth(context)));
  if (payload.has_protobuf()) {
    const auto bytes = static_cast<std::int64_t>(payload.protobuf().size());
    return Fact(label,
                fmt::format("{}, {} (-o json shows them)", Clean(payload.type()),
                            Counted(bytes, "byte", "bytes")),
                context);
  }
  return Fact(label, "(empty)", context);
}

std::string PayloadsOf(const v1::Saga& saga, const TreeContext& context) {
  std::string text = "\n" + PayloadFact("input", saga.input(), context);
  for (const v1::Step& step : saga.steps()) {
    if (step.has_output()) text += PayloadFact(Clean(step.step_id()), step.output(), context);
  }
  if (saga.has_output()) text += PayloadFact("output", saga.output(), context);
  return text;
}

// A command that is too long goes on in the next line, as the shell reads it.
std::string Folded(const std::string& command, std::size_t width) {
  const std::size_t at = command.rfind(" --reason");
  if (DisplayWidth(command) + 2 <= width || at == command.npos) return command;
  return command.substr(0, at) + " \\\n   " + command.substr(at);
}

std::string Choices(const v1::Saga& saga, const TreeContext& context) {
  const std::vector<Proposal> proposals = ProposalsFor(saga, context.argv0, context.name);
  if (proposals.empty()) return "";
  std::size_t widest = 0;
  std::size_t widest_meaning = 0;
  for (const Proposal& proposal : proposals) {
    widest = std::max(widest, DisplayWidth(proposal.command));
    widest_meaning = std::max(widest_meaning, DisplayWidth(proposal.meaning));
  }
  const std::size_t needed = 2 + widest + 2 + widest_meaning;
  const bool fits = context.width == kUnlimitedWidth || needed <= context.width;
  std::string text = "\nyou can (safest first)\n";
  for (const Proposal& proposal : proposals) {
    text += "  " + (fits ? PadRight(proposal.command, widest) + "  "
                         : Folded(proposal.command, context.width) + "\n      ");
    text += context.paint(Tone::kDim, proposal.meaning) + "\n";
  }
  if (!saga.attention().runbook_url().empty()) {
    text += "runbook  " + Clean(saga.attention().runbook_url()) + "\n";
  }
  return text;
}

}  // namespace

std::string RenderTree(const v1::Saga& saga, const TreeContext& context) {
  std::string text = Header(saga, context) + Facts(saga, context);
  if (!saga.steps().empty()) {
    TableLayout layout;
    layout.width = context.width;
    layout.titles = Titles::kHidden;
    layout.indent = 2;
    text += "\n" + StepTable(saga, context.times).Render(layout, context.paint).value();
  }
  if (context.payloads == Payloads::kShown) text += PayloadsOf(saga, context);
  return text + Choices(saga, context);
}

}  // namespace saga::admin
