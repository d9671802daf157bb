#include "definition/offline_descriptors.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>
#include <utility>

#include "base/suggest.h"

namespace saga {
namespace {

Status NoMethod(std::string message) {
  return {StatusCode::kNotFound, "METHOD_NOT_FOUND", std::move(message)};
}

std::string LowerCase(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return text;
}

// "shop.pay.v1.Payments/Authorize" -> "payments".
std::string SimpleService(const std::string& full) {
  const std::string service = full.substr(0, full.rfind('/'));
  return LowerCase(service.substr(service.rfind('.') + 1));
}

}  // namespace

Status OfflineDescriptors::Add(const std::string& serialized) {
  SAGA_ASSIGN_OR_RETURN(ServiceTypesRef types, ServiceTypes::FromSet(serialized));
  sets_.push_back(std::move(types));
  return Status::Ok();
}

bool OfflineDescriptors::HasParticipant(const std::string&, const std::string&) const {
  return true;
}

std::vector<std::string> OfflineDescriptors::ParticipantNames(const std::string&) const {
  return {};
}

std::optional<TypeHandle> OfflineDescriptors::FindType(const std::string&,
                                                       const std::string& full_name) const {
  for (const ServiceTypesRef& types : sets_) {
    const auto* type = types->pool().FindMessageTypeByName(full_name);
    if (type != nullptr) return HandleOf(types, *type);
  }
  return std::nullopt;
}

std::optional<TypeHandle> OfflineDescriptors::FindTypeOf(const std::string& name_space,
                                                         const std::string&,
                                                         const std::string& full_name) const {
  return FindType(name_space, full_name);
}

Result<std::string> OfflineDescriptors::FullName(const std::string& participant,
                                                 const std::string& method) const {
  if (method.find('/') != std::string::npos) return method;
  std::set<std::string> known;
  std::set<std::string> found;
  for (const ServiceTypesRef& types : sets_) {
    for (const std::string& full : types->methods()) {
      known.insert(full);
      if (full.substr(full.rfind('/') + 1) == method) found.insert(full);
    }
  }
  if (found.size() == 1) return *found.begin();
  std::vector<std::string> names;
  for (const std::string& full : known) names.push_back(full.substr(full.rfind('/') + 1));
  if (found.empty()) {
    return NoMethod(fmt::format("no service in the descriptors has a unary method '{}'{}", method,
                                DidYouMean(method, names)));
  }
  for (const std::string& full : found) {
    if (SimpleService(full) == LowerCase(participant)) return full;
  }
  return NoMethod(fmt::format(
      "method '{}' is in several services ({}); write participants: {{ {}: {{ service: … }} }}",
      method, fmt::join(found, ", "), participant));
}

Result<MethodHandle> OfflineDescriptors::FindMethod(const std::string&,
                                                    const std::string& participant,
                                                    const std::string& method) const {
  SAGA_ASSIGN_OR_RETURN(const std::string full, FullName(participant, method));
  Status missing = NoMethod(fmt::format("no method '{}': there are no descriptors", full));
  for (const ServiceTypesRef& types : sets_) {
    const auto descriptor = types->FindMethod(full, "");
    if (descriptor.ok()) return HandleOf(types, **descriptor);
    missing = descriptor.status();
  }
  return missing;
}

}  // namespace saga
