#include "admin/render_diff.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "admin/names.h"
#include "admin/text.h"

namespace saga::admin {
namespace {

bool IsBreaking(const v1::DefinitionChange& change) {
  return change.impact() == v1::DefinitionChange::IMPACT_BREAKING;
}

std::string Side(const std::string& value) { return value.empty() ? "(none)" : Clean(value); }

std::string Head(const v1::DiffDefinitionResponse& diff, const Paint& paint) {
  const auto breaking = std::count_if(diff.changes().begin(), diff.changes().end(), IsBreaking);
  const std::string changes = Counted(diff.changes_size(), "change", "changes");
  if (diff.verdict() == v1::DiffDefinitionResponse::VERDICT_BREAKING) {
    return fmt::format("{}, {} of {}", paint(Tone::kBad, "BREAKING"), breaking, changes);
  }
  if (diff.verdict() == v1::DiffDefinitionResponse::VERDICT_COMPATIBLE) {
    return fmt::format("{}, {}", paint(Tone::kGood, "compatible"), changes);
  }
  return paint(Tone::kGood, "identical");
}

}  // namespace

std::string RenderDiff(const v1::DiffDefinitionResponse& diff, const std::string& base,
                       const std::string& candidate, const Paint& paint) {
  std::string text = fmt::format("{} -> {}: {}\n", base, candidate, Head(diff, paint));
  for (const v1::DefinitionChange& change : diff.changes()) {
    const bool breaking = IsBreaking(change);
    text += fmt::format("  {} {}: {} -> {}\n", breaking ? paint(Tone::kBad, "!") : " ",
                        Clean(change.path()), Side(change.before()), Side(change.after()));
    if (breaking) text += fmt::format("      {}\n", Clean(change.why()));
  }
  std::vector<std::string> versions;
  for (const auto& in_flight : diff.in_flight()) {
    versions.push_back(fmt::format("{} on {}", Thousands(in_flight.sagas()),
                                   DefinitionLabel(in_flight.definition_version())));
  }
  if (!versions.empty()) {
    text += fmt::format("sagas in flight stay on their version: {}\n", Join(versions, ", "));
  }
  if (diff.calls_still_needed_size() > 0) {
    const std::vector<std::string> calls(diff.calls_still_needed().begin(),
                                         diff.calls_still_needed().end());
    text += fmt::format("they still need, and this one does not: {}\n", Clean(Join(calls, ", ")));
  }
  return text;
}

}  // namespace saga::admin
