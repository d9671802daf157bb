// All simulated runs of a definition, for people; each as JSON.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "admin/paint.h"
#include "admin/table.h"
#include "simulate/enumerate.h"
#include "simulate/run.h"

namespace saga::admin {

// "--fail a=UNAVAILABLE --timeout b=did"; "none" without any.
std::string FaultOptions(const Definition& definition, const std::vector<simulate::Fault>& faults);

// True when the definition itself is to blame for what stays: a call lacks its input, a condition
// cannot be evaluated, an effect is left where the saga says there is none.
bool IsDefinitionsFault(const simulate::RunResult& run);

// Runs that came to the same rest with the same things left.
struct CaseGroup {
  std::size_t count = 0;
  simulate::Case example;
};
using CaseGroups = std::map<std::string, CaseGroup>;

void AddCase(const Definition& definition, const simulate::Case& run, CaseGroups& groups);

// The table of single faults and the groups of pairs. Errors: as Table::Render.
Result<std::string> RenderEnumeration(const Definition& definition,
                                      const simulate::Enumeration& all, const CaseGroups& pairs,
                                      const TableLayout& layout, const Paint& paint);

nlohmann::ordered_json CaseJson(const Definition& definition, const simulate::Case& run);

}  // namespace saga::admin
