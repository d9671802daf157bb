// `sagactl show --timeline`: when each call of a saga ran, and all of its records.
#pragma once

#include <string>
#include <vector>

#include "admin/paint.h"
#include "admin/table.h"
#include "admin/times.h"
#include "saga/v1/saga_service.pb.h"

namespace saga::admin {

// Requires: `events` are all records of one saga, oldest first.
std::string RenderTimeline(const std::vector<v1::SagaEvent>& events, const TimeFormat& times,
                           std::size_t width, const Paint& paint);

}  // namespace saga::admin
