// Whether a run of a flagship flow has ended as it must.
#pragma once

#include <string>

#include "base/status.h"
#include "participants/demo/check/flow_invariants.h"
#include "participants/demo/check/read_databases.h"
#include "participants/demo/check/report.h"

namespace saga::demo {

struct FlowRun {
  const FlowCheck* flow = nullptr;
  std::string prefix;               // Of the sagas of the run: prefix-1, prefix-2, …
  std::int64_t sagas_expected = 0;  // 0 = any number but none.
};

// sagad's rows are read first, and then the shop's tables in one snapshot.
// Errors:    UNAVAILABLE DATABASE_UNAVAILABLE.
Result<Report> CheckFlow(const DatabaseOptions& databases, const FlowRun& run);

}  // namespace saga::demo
