// The steps of one saga: a line for each, and one for each operation that follows it.
#pragma once

#include <string>

#include "admin/table.h"
#include "admin/times.h"
#include "saga/v1/saga.pb.h"

namespace saga::admin {

// Columns: name, [state], method, start, time taken, the rest in words.
Table StepTable(const v1::Saga& saga, const TimeFormat& times);

}  // namespace saga::admin
