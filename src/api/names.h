// Resource names: "namespaces/shop/sagas/ord-1007". A bare id means the default namespace.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/status.h"
#include "orchestrator/core/ids.h"

namespace saga::api {

inline constexpr std::string_view kDefaultNamespace = "default";

// Which definition a caller means; without a version the active one.
struct DefinitionName {
  std::string name_space;
  std::string name;
  std::optional<std::uint32_t> version;

  bool operator==(const DefinitionName&) const = default;
};

struct ParticipantName {
  std::string name_space;
  std::string name;

  bool operator==(const ParticipantName&) const = default;
};

// A parent of definitions: a namespace, or one definition in it.
struct DefinitionParent {
  std::string name_space;
  std::string definition;  // Empty = all.
};

// All parsers name `field` in their FIELD_INVALID.
// "namespaces/shop", or empty for the default namespace.
Result<std::string> ParseParent(std::string_view field, std::string_view text);
Result<SagaId> ParseSagaName(std::string_view field, std::string_view text);
// "order-checkout", "order-checkout@7" (both in `name_space`), or the full resource name.
Result<DefinitionName> ParseDefinitionName(std::string_view field, std::string_view text,
                                           std::string_view name_space = kDefaultNamespace);
Result<DefinitionParent> ParseDefinitionParent(std::string_view field, std::string_view text);
Result<ParticipantName> ParseParticipantName(std::string_view field, std::string_view text);

std::string NamespaceName(std::string_view name_space);
std::string SagaName(const SagaId& saga);
std::string DefinitionVersionName(std::string_view name_space, std::string_view name,
                                  std::uint32_t version);
// "namespaces/shop/definitions/order-checkout", with "/versions/7" when a version is named.
std::string ToString(const DefinitionName& name);
std::string ToString(const ParticipantName& name);
// "order-checkout" or "order-checkout@7": inside its namespace.
std::string ReferenceOf(const DefinitionName& name);

}  // namespace saga::api
