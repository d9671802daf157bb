// The live sagas as metrics.
#pragma once

#include <set>
#include <string>

#include "orchestrator/census.h"

namespace saga::server {

// Threads:   one at a time.
// Promises:  a number that was shown and has gone is shown as 0.
class LiveMetrics {
 public:
  void Show(const Census& census);

 private:
  std::set<Census::Kind> kinds_;
  std::set<std::string> definitions_;
};

}  // namespace saga::server
