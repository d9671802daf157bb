// Filters: a subset of AIP-160. Comparisons joined by AND:
//
//   state=RUNNING AND health=STUCK AND labels.region="eu" AND create_time<"2026-01-31T00:00:00Z"
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "orchestrator/committed_feed.h"
#include "orchestrator/saga_reader.h"

namespace saga::api {

// One comparison as written.
struct RawComparison {
  std::string field;
  std::size_t field_column = 1;  // From 1, in bytes.
  Comparison comparison = Comparison::kEqual;
  std::string value;
  std::size_t value_column = 1;
};

// Errors (all functions here): INVALID_ARGUMENT FILTER_INVALID with the column and what would be
// right.
Result<std::vector<RawComparison>> ParseComparisons(std::string_view text);

// Which fields a filter may name.
enum class FilterScope {
  kRows,   // ListSagas, ListStuckGroups: everything that a row holds.
  kWatch,  // WatchSagas: what does not change while a saga runs.
};
Result<RowFilter> ParseRowFilter(std::string_view text, FilterScope scope);

// Fields: resource, saga (in `name_space`), actor, method; only `=`.
Result<AuditFilter> ParseAuditFilter(std::string_view text, std::string_view name_space);

// Whether a record of this saga passes a filter of the scope kWatch.
bool Matches(const RowFilter& filter, const SagaHeader& header);

}  // namespace saga::api
