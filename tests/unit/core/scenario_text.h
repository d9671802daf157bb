// Decisions as text, for scenarios and for messages of other tests.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "orchestrator/core/decide.h"

namespace saga::testing {

std::string Trim(std::string_view text);
std::vector<std::string> Split(std::string_view text, char separator);
std::vector<std::string> Words(std::string_view text);

// "StepSucceeded(order skips gift waits cool_down)".
std::string Fact(const Definition& definition, const Record& record);
// All records, or "refused REASON", or "repeated".
std::string Facts(const Definition& definition, const Decision& decision);
// "call order, undo stock, start then.1".
std::string Calls(const Definition& definition, const Decision& decision);

}  // namespace saga::testing
