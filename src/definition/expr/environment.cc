#include "definition/expr/environment.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/check.h"

namespace saga::expr {

std::size_t Environment::Declare(std::string name, Type type) {
  const std::size_t number = variables_.size();
  SAGA_CHECK(by_name_.emplace(name, number).second);
  AddPoolOf(type);
  variables_.push_back({std::move(name), std::move(type)});
  return number;
}

void Environment::AddPoolOf(const Type& type) {
  if (type.Is(TypeKind::kMap)) AddPoolOf(type.key());
  if (type.Is(TypeKind::kMap) || type.Is(TypeKind::kList)) return AddPoolOf(type.element());
  const google::protobuf::DescriptorPool* pool = nullptr;
  if (type.message() != nullptr) pool = type.message()->file()->pool();
  if (type.enumeration() != nullptr) pool = type.enumeration()->file()->pool();
  if (pool == nullptr || std::find(pools_.begin(), pools_.end(), pool) != pools_.end()) return;
  pools_.push_back(pool);
}

std::optional<std::size_t> Environment::Find(const std::string& name) const {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? std::nullopt : std::optional(found->second);
}

bool Environment::IsNamespace(const std::string& name) const {
  const std::string prefix = name + ".";
  const auto found = by_name_.lower_bound(prefix);
  return found != by_name_.end() && found->first.compare(0, prefix.size(), prefix) == 0;
}

std::vector<std::string> Environment::NamesIn(std::string_view scope) const {
  std::set<std::string> names;
  for (const Variable& variable : variables_) {
    std::string_view rest = variable.name;
    if (!scope.empty()) {
      if (rest.size() <= scope.size() || rest.substr(0, scope.size()) != scope ||
          rest[scope.size()] != '.') {
        continue;
      }
      rest.remove_prefix(scope.size() + 1);
    }
    names.emplace(rest.substr(0, rest.find('.')));
  }
  return {names.begin(), names.end()};
}

const google::protobuf::EnumValueDescriptor* Environment::FindConstant(
    const std::string& full_name) const {
  const std::size_t dot = full_name.rfind('.');
  if (dot == std::string::npos) return nullptr;
  for (const auto* pool : pools_) {
    const auto* type = pool->FindEnumTypeByName(full_name.substr(0, dot));
    if (type == nullptr) continue;
    if (const auto* value = type->FindValueByName(full_name.substr(dot + 1))) return value;
  }
  return nullptr;
}

void Bindings::Set(std::size_t variable, Value value) {
  if (values_.size() <= variable) values_.resize(variable + 1);
  values_[variable] = std::move(value);
}

Result<std::optional<Value>> Bindings::Find(std::size_t variable) const {
  return variable < values_.size() ? values_[variable] : std::nullopt;
}

}  // namespace saga::expr
