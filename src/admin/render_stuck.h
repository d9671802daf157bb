// `sagactl stuck`: what needs a person, by cause.
#pragma once

#include <string>
#include <vector>

#include "admin/paint.h"
#include "admin/table.h"
#include "admin/times.h"
#include "saga/v1/operator_service.pb.h"

namespace saga::admin {

struct StuckContext {
  TimeFormat times;
  Paint paint;
  TableLayout layout;
  std::string argv0;
  // One per group: the typeable name of its only saga, empty when there are several.
  std::vector<std::string> only;
};

// A headline, the groups, and for each the command that helps: in the table when it fits, else
// below it, never cut.
Result<std::string> RenderStuck(const v1::ListStuckGroupsResponse& groups,
                                const StuckContext& context);

}  // namespace saga::admin
