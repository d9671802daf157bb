// `sagactl list` as a table.
#pragma once

#include <string>

#include "admin/table.h"
#include "admin/times.h"
#include "saga/v1/saga_service.pb.h"

namespace saga::admin {

// "ok", "retrying 4x", "STUCK 12m", "PAUSED"; "-" once the saga has ended.
Cell HealthCell(const v1::Saga& saga, const TimeFormat& times);
Cell StateCell(const v1::Saga& saga);

Table SagaTable(const v1::ListSagasResponse& page, const TimeFormat& times);

struct ListFooter {
  std::string since;  // As given by --since; empty = not given.
  std::string argv0;
  std::size_t width = kUnlimitedWidth;
};
// "4 of 18,204 since 1h, 1 stuck, 1 retrying" and where to go from here.
std::string RenderListFooter(const v1::ListSagasResponse& page, const ListFooter& footer);

}  // namespace saga::admin
