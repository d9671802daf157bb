#include "participants/demo/settings.h"

#include <fmt/format.h>

#include <charconv>
#include <fstream>

namespace saga::demo {

Result<std::vector<std::int64_t>> ReadFees(const std::string& path) {
  std::ifstream file(path);
  if (!file) return InvalidField("fees", fmt::format("cannot read '{}'", path));
  std::vector<std::int64_t> fees;
  int number = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    if (line.empty() || line.front() == '#') continue;
    std::int64_t fee = 0;
    const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), fee);
    if (error != std::errc() || end != line.data() + line.size() || fee < 0) {
      return InvalidField("fees", fmt::format("{}:{}: '{}' is no fee", path, number, line));
    }
    fees.push_back(fee);
    if (fees.size() > kFeesMax) {
      return InvalidField("fees", fmt::format("more than {} lines", kFeesMax));
    }
  }
  return fees;
}

}  // namespace saga::demo
