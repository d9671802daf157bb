#include "definition/participant_check.h"

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <set>
#include <utility>

#include "definition/checker.h"

namespace saga {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

std::string TypeText(const FieldDescriptor& field) {
  const std::string repeated = field.is_repeated() ? "repeated " : "";
  if (field.message_type() != nullptr) return repeated + field.message_type()->full_name();
  if (field.enum_type() != nullptr) return repeated + field.enum_type()->full_name();
  return repeated + field.type_name();
}

// Bytes that were written as `now` and would be read as `then`: the first field that would get a
// wrong value; empty = none. What is only gone is left to the type check.
std::string Misread(const Descriptor& now, const Descriptor& then,
                    std::set<const Descriptor*>& seen) {
  if (!seen.insert(&now).second) return {};
  for (int i = 0; i < now.field_count(); ++i) {
    const FieldDescriptor& field = *now.field(i);
    const FieldDescriptor* same = then.FindFieldByNumber(field.number());
    const FieldDescriptor* named = then.FindFieldByName(field.name());
    if (named != nullptr && named->number() != field.number()) {
      return fmt::format("{} has the number {} instead of {}", named->full_name(), named->number(),
                         field.number());
    }
    if (same == nullptr) continue;
    if (same->name() != field.name()) {
      return fmt::format("number {} of {} is {} instead of {}", field.number(), now.full_name(),
                         same->name(), field.name());
    }
    if (TypeText(*same) != TypeText(field)) {
      return fmt::format("{} is {} instead of {}", field.full_name(), TypeText(*same),
                         TypeText(field));
    }
    if (field.message_type() == nullptr) continue;
    std::string below = Misread(*field.message_type(), *same->message_type(), seen);
    if (!below.empty()) return below;
  }
  return {};
}

void AddMisread(const v1::SagaDefinition& document, const std::string& name_space,
                const DescriptorSource& now, const DescriptorSource& then,
                const std::string& participant, Diagnostics& found) {
  for (int i = 0; i < document.steps_size(); ++i) {
    const v1::DefinitionCall& call = document.steps(i).action();
    if (call.participant() != participant) continue;
    const auto before = now.FindMethod(name_space, participant, call.method());
    const auto after = then.FindMethod(name_space, participant, call.method());
    if (!before.ok() || !after.ok()) continue;
    std::set<const Descriptor*> seen;
    const std::string why = Misread(*before->response.type, *after->response.type, seen);
    if (why.empty()) continue;
    found.push_back(
        {.severity = Severity::kError,
         .code = "SAGA008",
         .message = fmt::format("answers that sagas in flight have recorded would be read wrongly: "
                                "{}",
                                why),
         .path = fmt::format("steps[{}].call", i),
         .suggestion = "give a changed field a new number and a new name"});
  }
}

std::set<std::pair<std::string, std::string>> ErrorsOf(const Diagnostics& diagnostics) {
  std::set<std::pair<std::string, std::string>> errors;
  for (const Diagnostic& diagnostic : diagnostics) {
    if (diagnostic.severity == Severity::kError) errors.emplace(diagnostic.code, diagnostic.path);
  }
  return errors;
}

}  // namespace

bool Uses(const v1::SagaDefinition& document, const std::string& participant) {
  return std::any_of(document.steps().begin(), document.steps().end(),
                     [&participant](const v1::DefinitionStep& step) {
                       return step.action().participant() == participant ||
                              step.undo().participant() == participant ||
                              step.confirm().participant() == participant ||
                              step.query().call().participant() == participant;
                     });
}

Diagnostics BrokenBy(const v1::SagaDefinition& document, const std::string& name_space,
                     const DescriptorSource& now, const DescriptorSource& then,
                     const std::string& participant) {
  LoadedDefinition loaded;
  loaded.document = document;
  Diagnostics before;
  Diagnostics after;
  CheckDefinition(loaded, name_space, now, before);
  CheckDefinition(loaded, name_space, then, after);
  const auto known = ErrorsOf(before);
  Diagnostics found;
  for (Diagnostic& diagnostic : after) {
    const bool is_new = diagnostic.severity == Severity::kError &&
                        known.count({diagnostic.code, diagnostic.path}) == 0;
    if (is_new) found.push_back(std::move(diagnostic));
  }
  AddMisread(document, name_space, now, then, participant, found);
  return found;
}

}  // namespace saga
