// A definition as paths and values, named as its author writes them.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "saga/v1/definition.pb.h"

namespace saga {

// "steps.reserve.undo.with.hold_id" -> "output.hold_id", in the order of the
// document. Steps, fields and labels stand under their names, so that their
// places do not matter.
std::vector<std::pair<std::string, std::string>> LeavesOf(const saga::v1::SagaDefinition& document);

}  // namespace saga
