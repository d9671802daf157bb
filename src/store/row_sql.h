// The columns of a saga's row in SQL, and reading them back.
#pragma once

#include <string>

#include "orchestrator/saga_row.h"
#include "store/pg_connection.h"

namespace saga {

// What ReadRow expects, in this order, from `sagas`.
extern const char* const kRowColumns;
inline constexpr int kRowColumnCount = 22;

SagaRow ReadRow(const PgResult& result, std::size_t row);

// Labels as a JSON object; empty text for none.
std::string LabelsToJson(const std::map<std::string, std::string>& labels);

}  // namespace saga
