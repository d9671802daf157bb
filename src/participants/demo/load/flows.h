// What the load of each flagship flow orders.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace saga::demo {

struct Order {
  std::string type;  // Full name of its message.
  std::string bytes;
};

struct Flow {
  const char* name;
  const char* definition;
  // A function of its arguments: the same run again orders the same. docs/guides/flows.md tells the
  // mixes, and saga-demo-check knows them.
  Order (*order)(std::int64_t number, const std::string& id, const std::string& article);
};

// Null when there is no such flow.
const Flow* FindFlow(std::string_view name);
std::string FlowNames();

}  // namespace saga::demo
