// What a candidate changes, for people.
#pragma once

#include <string>

#include "admin/paint.h"
#include "saga/v1/definition_service.pb.h"

namespace saga::admin {

// "order@3 -> order.yaml: BREAKING, 1 of 5 changes", the changes, and what sagas in flight need.
std::string RenderDiff(const v1::DiffDefinitionResponse& diff, const std::string& base,
                       const std::string& candidate, const Paint& paint);

}  // namespace saga::admin
