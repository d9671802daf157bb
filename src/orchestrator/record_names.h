// The names of records as the API and the Kafka events show them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "orchestrator/core/definition.h"
#include "orchestrator/core/record.h"

namespace saga {

// "saga.started.v1", "step.retrying.v1", …: the CloudEvents type without the prefix "sagad.".
std::string_view RecordTypeName(const Record& record);

// What a record is about.
struct RecordSubject {
  std::optional<StepIndex> step;       // Absent for records of the whole saga.
  std::optional<Operation> operation;  // What the step was doing.
  std::uint32_t attempts = 0;          // Calls of the operation so far.
};
RecordSubject SubjectOf(const Record& record);

// "authorize" for forward work, "reserve_stock/undo" for everything else.
std::string DueCallName(const Definition& definition, const DueCall& call);

}  // namespace saga
