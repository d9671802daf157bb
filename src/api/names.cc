#include "api/names.h"

#include <fmt/format.h>

#include <charconv>
#include <vector>

namespace saga::api {
namespace {

constexpr std::string_view kIdRule = "1 to 63 characters out of A-Z a-z 0-9 . _ -";

// Quotes what a caller sent; the unprintable and the endless are not echoed.
std::string Shown(std::string_view text) {
  std::string shown;
  for (const char c : text.substr(0, 80)) shown += (c >= ' ' && c <= '~') ? c : '?';
  return text.size() > 80 ? shown + "..." : shown;
}

std::vector<std::string_view> Split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

Status BadName(std::string_view field, std::string_view text, std::string_view form) {
  return InvalidField(std::string(field), fmt::format("'{}' is not a name of the form {} ({})",
                                                      Shown(text), form, kIdRule));
}

// Reads "namespaces/{ns}/{collection}/{id}" or a bare id.
struct TwoPart {
  std::string_view name_space;
  std::string_view id;
};
Result<TwoPart> ParseTwoPart(std::string_view field, std::string_view text,
                             std::string_view collection) {
  const std::string form = fmt::format("namespaces/{{namespace}}/{}/{{id}}", collection);
  if (text.empty()) return InvalidField(std::string(field), fmt::format("is required: {}", form));
  const std::vector<std::string_view> parts = Split(text, '/');
  TwoPart name{kDefaultNamespace, text};
  if (parts.size() == 4 && parts[0] == "namespaces" && parts[2] == collection) {
    name = {parts[1], parts[3]};
  } else if (parts.size() != 1) {
    return BadName(field, text, form);
  }
  if (!IsValidId(name.name_space) || !IsValidId(name.id)) return BadName(field, text, form);
  return name;
}

std::optional<std::uint32_t> ParseVersion(std::string_view text) {
  std::uint32_t version = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), version);
  if (error != std::errc() || end != text.data() + text.size() || version == 0) return std::nullopt;
  return version;
}

}  // namespace

Result<std::string> ParseParent(std::string_view field, std::string_view text) {
  if (text.empty()) return std::string(kDefaultNamespace);
  const std::vector<std::string_view> parts = Split(text, '/');
  const bool full = parts.size() == 2 && parts[0] == "namespaces";
  if (!full || !IsValidId(parts[1])) return BadName(field, text, "namespaces/{namespace}");
  return std::string(parts[1]);
}

Result<SagaId> ParseSagaName(std::string_view field, std::string_view text) {
  SAGA_ASSIGN_OR_RETURN(const TwoPart name, ParseTwoPart(field, text, "sagas"));
  return SagaId(name.name_space, name.id);
}

Result<DefinitionName> ParseDefinitionName(std::string_view field, std::string_view text,
                                           std::string_view name_space) {
  constexpr std::string_view kForm =
      "{definition}, {definition}@{version} or "
      "namespaces/{namespace}/definitions/{definition}/versions/{version}";
  if (text.empty()) return InvalidField(std::string(field), fmt::format("is required: {}", kForm));
  const std::vector<std::string_view> parts = Split(text, '/');
  DefinitionName name{std::string(name_space), {}, std::nullopt};
  std::string_view version;
  if (parts.size() == 1) {
    const std::size_t at = text.find('@');
    name.name = text.substr(0, at);
    if (at != std::string_view::npos) version = text.substr(at + 1);
    if (at != std::string_view::npos && version.empty()) return BadName(field, text, kForm);
  } else {
    const bool with_version = parts.size() == 6 && parts[4] == "versions";
    const bool fits = (parts.size() == 4 || with_version) && parts[0] == "namespaces" &&
                      parts[2] == "definitions";
    if (!fits) return BadName(field, text, kForm);
    name.name_space = parts[1];
    name.name = parts[3];
    if (with_version) version = parts[5];
    if (with_version && version.empty()) return BadName(field, text, kForm);
  }
  if (!version.empty()) {
    name.version = ParseVersion(version);
    if (!name.version) return BadName(field, text, kForm);
  }
  if (!IsValidId(name.name_space) || !IsValidId(name.name)) return BadName(field, text, kForm);
  return name;
}

Result<DefinitionParent> ParseDefinitionParent(std::string_view field, std::string_view text) {
  if (text.find("/definitions/") == std::string_view::npos) {
    SAGA_ASSIGN_OR_RETURN(std::string name_space, ParseParent(field, text));
    return DefinitionParent{std::move(name_space), {}};
  }
  SAGA_ASSIGN_OR_RETURN(const TwoPart name, ParseTwoPart(field, text, "definitions"));
  return DefinitionParent{std::string(name.name_space), std::string(name.id)};
}

Result<ParticipantName> ParseParticipantName(std::string_view field, std::string_view text) {
  SAGA_ASSIGN_OR_RETURN(const TwoPart name, ParseTwoPart(field, text, "participants"));
  return ParticipantName{std::string(name.name_space), std::string(name.id)};
}

std::string NamespaceName(std::string_view name_space) {
  return fmt::format("namespaces/{}", name_space);
}

std::string SagaName(const SagaId& saga) {
  return fmt::format("namespaces/{}/sagas/{}", saga.name_space(), saga.id());
}

std::string DefinitionVersionName(std::string_view name_space, std::string_view name,
                                  std::uint32_t version) {
  return fmt::format("namespaces/{}/definitions/{}/versions/{}", name_space, name, version);
}

std::string ToString(const DefinitionName& name) {
  if (name.version) return DefinitionVersionName(name.name_space, name.name, *name.version);
  return fmt::format("namespaces/{}/definitions/{}", name.name_space, name.name);
}

std::string ToString(const ParticipantName& name) {
  return fmt::format("namespaces/{}/participants/{}", name.name_space, name.name);
}

std::string ReferenceOf(const DefinitionName& name) {
  return name.version ? fmt::format("{}@{}", name.name, *name.version) : name.name;
}

}  // namespace saga::api
