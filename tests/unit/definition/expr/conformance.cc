#include "conformance.h"

#include <algorithm>

namespace saga::expr::test {
namespace {

constexpr std::size_t kElementsMax = 100;

bool ListConforms(const Type& element, const List& list) {
  for (std::size_t i = 0; i < std::min(list.size(), kElementsMax); ++i) {
    if (!Conforms(element, list.At(i))) return false;
  }
  return true;
}

bool MapConforms(const Type& type, const Map& map) {
  const std::vector<Value> keys = map.Keys();
  for (std::size_t i = 0; i < std::min(keys.size(), kElementsMax); ++i) {
    const auto value = map.Find(keys[i]);
    if (!Conforms(type.key(), keys[i]) || !value || !Conforms(type.element(), *value)) return false;
  }
  return true;
}

}  // namespace

bool Conforms(const Type& type, const Value& value) {
  const bool null = value.Is(ValueKind::kNull);
  switch (type.kind()) {
    case TypeKind::kDyn:
      return true;
    case TypeKind::kNever:
      return false;  // There is no such value.
    case TypeKind::kNull:
      return null;
    case TypeKind::kBool:
      return value.Is(ValueKind::kBool);
    case TypeKind::kInt:
      return value.Is(ValueKind::kInt);
    case TypeKind::kUint:
      return value.Is(ValueKind::kUint);
    case TypeKind::kDouble:
      return value.Is(ValueKind::kDouble);
    case TypeKind::kString:
      return value.Is(ValueKind::kString);
    case TypeKind::kBytes:
      return value.Is(ValueKind::kBytes);
    case TypeKind::kTimestamp:
      return null || value.Is(ValueKind::kTimestamp);
    case TypeKind::kDuration:
      return null || value.Is(ValueKind::kDuration);
    case TypeKind::kWrapper:
      return null || Conforms(type.element(), value);
    case TypeKind::kMessage:
      return null ||
             (value.Is(ValueKind::kMessage) &&
              value.AsMessage().GetDescriptor()->full_name() == type.message()->full_name());
    case TypeKind::kList:
      return value.Is(ValueKind::kList) && ListConforms(type.element(), value.AsList());
    case TypeKind::kMap:
      return value.Is(ValueKind::kMap) && MapConforms(type, value.AsMap());
  }
  return false;
}

}  // namespace saga::expr::test
