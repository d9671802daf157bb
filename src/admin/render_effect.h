// What an operator's action did, or would do.
#pragma once

#include <cstdint>
#include <string>

#include "admin/paint.h"
#include "admin/table.h"
#include "saga/v1/operator_service.pb.h"

namespace saga::admin {

// "checkout@1 ord-1007  COMPENSATING, STUCK".
std::string SagaLine(const v1::Saga& saga);

// "would retry  checkout@1 ord-1007 …", the calls that follow, and what to think of.
// `verb` is e.g. "retry"; `becomes` the state it leads to, empty when it stays.
std::string RenderPlan(const v1::ActionEffect& effect, const std::string& verb,
                       const std::string& becomes, std::size_t width, const Paint& paint);

// "retried  checkout@1 ord-1007  COMPENSATING -> …" and the calls that follow.
std::string RenderDone(const v1::ActionEffect& effect, const std::string& past, std::size_t width,
                       const Paint& paint);

}  // namespace saga::admin
