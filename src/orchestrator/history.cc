#include "orchestrator/history.h"

#include <cstdint>

namespace saga {
namespace {

Status Broken() {
  return {StatusCode::kDataLoss, "RECORD_BROKEN", "a saga's history is cut or is no history"};
}

}  // namespace

void AppendToHistory(std::string& history, std::string_view record) {
  std::uint64_t length = record.size();
  while (length >= 0x80) {
    history.push_back(static_cast<char>(length | 0x80));
    length >>= 7;
  }
  history.push_back(static_cast<char>(length));
  history.append(record);
}

Result<std::vector<std::string_view>> SplitHistory(std::string_view history) {
  std::vector<std::string_view> records;
  while (!history.empty()) {
    std::uint64_t length = 0;
    std::size_t used = 0;
    for (unsigned shift = 0;; shift += 7) {
      // Ten groups of seven bits hold any length; more is no length.
      if (used == history.size() || shift > 63) return Broken();
      const auto byte = static_cast<std::uint8_t>(history[used++]);
      length |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
      if ((byte & 0x80) == 0) break;
    }
    history.remove_prefix(used);
    if (length > history.size()) return Broken();
    records.push_back(history.substr(0, length));
    history.remove_prefix(length);
  }
  return records;
}

}  // namespace saga
