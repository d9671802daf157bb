// What the checker prints.
#pragma once

#include <string>

#include "participants/demo/check/evidence.h"

namespace saga::demo {

struct Report {
  std::string text;  // One line per invariant, examples below those that fail, a summary.
  int violated = 0;  // How many invariants.
  int checked = 0;
};

Report CheckAll(const Evidence& evidence);

}  // namespace saga::demo
