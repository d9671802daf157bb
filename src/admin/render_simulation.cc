#include "admin/render_simulation.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "admin/render_run.h"
#include "admin/text.h"

namespace saga::admin {
namespace {

using simulate::Case;
using simulate::MadeCall;
using simulate::Rest;
using simulate::RunResult;

std::string CalledText(const Definition& definition, const RunResult& run) {
  std::vector<std::pair<std::string, int>> calls;
  for (const MadeCall& call : run.calls) {
    const std::string place = PlaceOf(definition, call.step, call.operation);
    const auto known = std::find_if(calls.begin(), calls.end(),
                                    [&](const auto& entry) { return entry.first == place; });
    if (known == calls.end()) {
      calls.emplace_back(place, 1);
    } else {
      ++known->second;
    }
  }
  std::vector<std::string> words;
  for (const auto& [place, count] : calls) {
    words.push_back(count == 1 ? place : fmt::format("{}*{}", place, count));
  }
  return Join(words, " ");
}

std::string OrDash(std::string text) { return text.empty() ? "-" : text; }

}  // namespace

std::string FaultOptions(const Definition& definition, const std::vector<simulate::Fault>& faults) {
  std::vector<std::string> options;
  for (const simulate::Fault& fault : faults) options.push_back(ToOption(definition, fault));
  return options.empty() ? "none" : Join(options, " ");
}

bool IsDefinitionsFault(const RunResult& run) {
  const bool condition = std::any_of(run.stuck.begin(), run.stuck.end(), [](const auto& stuck) {
    return stuck.reason == StuckReason::kConditionFailed;
  });
  const bool ended = run.rest == Rest::kSucceeded || run.rest == Rest::kCompensated;
  const bool follow_up = run.rest == Rest::kStuck && run.stuck.empty();
  return condition || follow_up || !run.lacking.empty() || !run.output_problem.empty() ||
         (ended && !run.left.empty());
}

void AddCase(const Definition& definition, const Case& run, CaseGroups& groups) {
  const std::string key =
      fmt::format("{}|{}", RestName(run.result.rest), Remains(definition, run.result));
  CaseGroup& group = groups[key];
  if (group.count++ == 0) group.example = run;
}

Result<std::string> RenderEnumeration(const Definition& definition,
                                      const simulate::Enumeration& all, const CaseGroups& pairs,
                                      const TableLayout& layout, const Paint& paint) {
  Table singles({{.title = "STEP", .width_min = 12},
                 {.title = "FAULT"},
                 {.title = "ENDS"},
                 {.title = "STAYS", .width_min = 12},
                 {.title = "CALLED", .width_min = 40, .drop_rank = 1}});
  for (const Case& one : all.singles) {
    const bool none = one.faults.empty();
    singles.Add({{none ? "-" : PlaceName(definition, one.faults[0].place)},
                 {none ? "none" : FaultWord(one.faults[0])},
                 {std::string(RestName(one.result.rest)), ToneOf(one.result.rest)},
                 {OrDash(Remains(definition, one.result))},
                 {CalledText(definition, one.result), Tone::kDim}});
  }
  SAGA_ASSIGN_OR_RETURN(std::string text, singles.Render(layout, paint));
  const RunResult& plain = all.singles.front().result;
  if (plain.rest != Rest::kSucceeded) {
    text += fmt::format(
        "\nWithout any fault it ends {}: its conditions may need the answers of --answers.\n",
        RestName(plain.rest));
  }
  text += fmt::format("\n{} of two faults that can meet{}, by their end, each with an example:\n",
                      Counted(static_cast<std::int64_t>(all.pairs), "pair", "pairs"),
                      all.cut ? " (more were left out)" : "");
  for (const auto& [key, group] : pairs) {
    const RunResult& example = group.example.result;
    const std::string remains = Remains(definition, example);
    text += fmt::format(
        "{}  {}{}{}\n", PadLeft(Thousands(static_cast<std::int64_t>(group.count)), 7),
        paint(ToneOf(example.rest), RestName(example.rest)), remains.empty() ? "" : ": ", remains);
    text += fmt::format("         {}\n",
                        paint(Tone::kDim, FaultOptions(definition, group.example.faults)));
  }
  return text;
}

nlohmann::ordered_json CaseJson(const Definition& definition, const Case& run) {
  using Json = nlohmann::ordered_json;
  const RunResult& result = run.result;
  Json json;
  json["faults"] = Json::array();
  for (const simulate::Fault& fault : run.faults) {
    json["faults"].push_back(ToOption(definition, fault));
  }
  json["end"] = RestName(result.rest);
  json["tookMs"] = std::chrono::duration_cast<std::chrono::milliseconds>(result.took).count();
  json["calls"] = Json::array();
  for (const MadeCall& call : result.calls) {
    Json entry;
    entry["atMs"] = std::chrono::duration_cast<std::chrono::milliseconds>(call.at).count();
    entry["step"] = definition.step(call.step).id;
    entry["operation"] = OperationName(call.operation);
    entry["attempt"] = call.attempt;
    entry["result"] = CallText(call);
    entry["happened"] = call.acted;
    json["calls"].push_back(std::move(entry));
  }
  json["stuck"] = Json::array();
  for (const simulate::StuckStep& stuck : result.stuck) {
    json["stuck"].push_back({{"step", definition.step(stuck.step).id},
                             {"operation", OperationName(stuck.operation)},
                             {"reason", StuckReasonName(stuck.reason)},
                             {"message", stuck.failure.message}});
  }
  json["left"] = StepsLeft(definition, result);
  json["lacksInput"] = Json::array();
  for (const auto& [step, operation] : result.lacking) {
    json["lacksInput"].push_back(PlaceOf(definition, step, operation));
  }
  json["starts"] = Json::array();
  for (const simulate::StartedFollowUp& follow_up : result.follow_ups) {
    json["starts"].push_back({{"definition", follow_up.definition}, {"input", follow_up.input}});
  }
  if (result.output) json["output"] = *result.output;
  return json;
}

}  // namespace saga::admin
