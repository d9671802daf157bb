#include "orchestrator/core/ids.h"

#include <algorithm>

#include "base/hash.h"
#include "orchestrator/core/limits.h"

namespace saga {
namespace {

bool IsIdChar(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '_' || c == '-';
}

constexpr std::string_view kIdRule = "must be 1 to 63 characters of A-Z a-z 0-9 . _ -";

}  // namespace

SagaId::SagaId(std::string_view name_space, std::string_view id) {
  text_.reserve(name_space.size() + 1 + id.size());
  text_.append(name_space).append("/").append(id);
}

SagaId SagaId::FromText(std::string text) {
  SAGA_CHECK(text.find('/') != std::string::npos);
  SagaId saga;
  saga.text_ = std::move(text);
  return saga;
}

Result<SagaId> SagaId::Parse(std::string_view name_space, std::string_view id) {
  if (!IsValidId(name_space)) return InvalidField("namespace", std::string(kIdRule));
  if (!IsValidId(id)) return InvalidField("saga_id", std::string(kIdRule));
  return SagaId(name_space, id);
}

bool IsValidId(std::string_view text) {
  return !text.empty() && text.size() <= kIdCharsMax &&
         std::all_of(text.begin(), text.end(), IsIdChar);
}

ShardId ShardOf(const SagaId& saga, std::uint16_t shard_count) {
  return static_cast<ShardId>(StableHash(saga.text()) % shard_count);
}

}  // namespace saga
