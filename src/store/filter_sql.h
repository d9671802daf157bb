// A row filter as SQL over `sagas`: the same meaning as row_filter.h, which the contract suite
// checks.
#pragma once

#include <string>

#include "orchestrator/saga_reader.h"
#include "store/pg_connection.h"

namespace saga {

// Conditions joined by AND, beginning with " AND "; values become parameters from number `next` on,
// which is moved. Requires: parameter 1 is the namespace.
std::string FilterSql(const RowFilter& filter, PgParams& params, int& next);

}  // namespace saga
