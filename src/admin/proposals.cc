#include "admin/proposals.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "admin/names.h"
#include "admin/text.h"

namespace saga::admin {
namespace {

// Long enough to be accepted, true when the command is typed at the right time.
constexpr std::string_view kRetryReason = "\"cause mended\"";

std::string StepArguments(const v1::Attention& attention) {
  std::string text = ShellWord(attention.step_id());
  if (attention.operation() != v1::OPERATION_UNSPECIFIED &&
      attention.operation() != v1::OPERATION_ACTION) {
    text += " --op " + OperationWord(attention.operation());
  }
  return text;
}

bool Mentions(const std::string& action, std::string_view word) {
  return Lower(action).find(word) != std::string::npos;
}

std::optional<Proposal> Propose(const std::string& action, const v1::Saga& saga,
                                const std::string& argv0, const std::string& name) {
  const v1::Attention& attention = saga.attention();
  const std::string step = StepLabel(attention.step_id(), attention.operation());
  if (Mentions(action, "retry")) {
    const bool late = attention.reason() == "LATE_SUCCESS";
    return Proposal{fmt::format("{} retry {}{} --reason {}", argv0, name,
                                late ? " --op undo --new-key" : "", kRetryReason),
                    late ? "undo it again" : fmt::format("run {} again", step)};
  }
  if (Mentions(action, "skip") || Mentions(action, "settle")) {
    if (attention.step_id().empty()) return std::nullopt;
    return Proposal{
        fmt::format("{} skip {} {}{} --reason \"...\"", argv0, name, StepArguments(attention),
                    attention.skip_needs_output() ? " --output FILE" : ""),
        "you know that it is done already"};
  }
  if (Mentions(action, "compensate")) {
    return Proposal{fmt::format("{} compensate {} --reason \"...\"", argv0, name), "roll it back"};
  }
  if (Mentions(action, "resume")) {
    return Proposal{fmt::format("{} resume {} --reason \"...\"", argv0, name), "let it go on"};
  }
  if (Mentions(action, "resolve")) {
    const bool back = saga.state() == v1::Saga::STATE_COMPENSATING;
    return Proposal{fmt::format("{} resolve {} --as {} --ref TICKET --reason \"...\"", argv0, name,
                                back ? "compensated" : "succeeded"),
                    "end it by hand"};
  }
  return std::nullopt;
}

}  // namespace

std::vector<Proposal> ProposalsFor(const v1::Saga& saga, const std::string& argv0,
                                   const std::string& name) {
  std::vector<Proposal> proposals;
  if (IsEnded(saga.state())) return proposals;
  if (saga.health() == v1::Saga::HEALTH_PAUSED) {
    proposals.push_back(*Propose("resume", saga, argv0, name));
  }
  if (!saga.has_attention()) return proposals;
  for (const std::string& action : saga.attention().allowed_actions()) {
    std::optional<Proposal> proposal = Propose(action, saga, argv0, name);
    const bool known =
        proposal && std::any_of(proposals.begin(), proposals.end(),
                                [&](const auto& p) { return p.command == proposal->command; });
    if (proposal && !known) proposals.push_back(*std::move(proposal));
  }
  return proposals;
}

std::string ProposalFor(const v1::StuckGroup& group, const std::string& argv0,
                        const std::string& only) {
  const bool can_retry =
      group.allowed_actions().empty() ||
      std::any_of(group.allowed_actions().begin(), group.allowed_actions().end(),
                  [](const std::string& action) { return Mentions(action, "retry"); });
  const std::string filter = ShellWord(fmt::format("group=\"{}\"", group.fingerprint()));
  if (!can_retry) {
    return only.empty() ? fmt::format("{} list --filter {}", argv0, filter)
                        : fmt::format("{} show {}", argv0, only);
  }
  const std::string late = group.reason() == "LATE_SUCCESS" ? " --op undo --new-key" : "";
  if (!only.empty()) {
    return fmt::format("{} retry {}{} --reason {}", argv0, only, late, kRetryReason);
  }
  return fmt::format("{} list --filter {} -o ids | {} retry -{} --reason {}", argv0, filter, argv0,
                     late, kRetryReason);
}

}  // namespace saga::admin
