#include "api/start_saga.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "api/convert.h"
#include "api/limits.h"
#include "api/validation.h"
#include "base/hash.h"
#include "definition/mapping.h"
#include "orchestrator/core/limits.h"

namespace saga::api {
namespace {

// A text that the definition makes from the input must keep the same rules as one that is sent.
Result<std::string> Evaluate(const Mapping& mapping, const MappingTypes& types,
                             const MappingScope& scope, const std::string& name,
                             std::size_t chars_max) {
  Result<std::string> text = BuildText(mapping, types, scope);
  if (!text.ok())
    return InvalidField("input", fmt::format("{}: {}", name, text.status().message()));
  SAGA_RETURN_IF_ERROR(CheckText(name, *text, chars_max));
  return text;
}

Status FillFromDefinition(const Definition& definition, const DescriptorSource& source,
                          StartRequest& start) {
  MappingTypes types{.definition = &definition};
  if (!definition.input_type.empty()) {
    types.input =
        source.FindType(definition.name_space, definition.input_type).value_or(TypeHandle{});
  }
  SAGA_RETURN_IF_ERROR(CheckInput(*start.input, definition.input_type, types.input));
  const std::vector<PayloadRef> no_outputs(definition.steps.size());
  const Failure no_failure;
  const MappingScope scope{.saga = &start.saga,
                           .business_key = &start.business_key,
                           .input = start.input,
                           .outputs = &no_outputs,
                           .failure = &no_failure};
  if (start.business_key.empty() && definition.business_key.kind != Mapping::Kind::kNone) {
    SAGA_ASSIGN_OR_RETURN(start.business_key, Evaluate(definition.business_key, types, scope,
                                                       "business_key", kBusinessKeyCharsMax));
  }
  for (const auto& [key, mapping] : definition.labels) {
    if (start.labels.count(key) > 0) continue;
    SAGA_ASSIGN_OR_RETURN(
        start.labels[key],
        Evaluate(mapping, types, scope, fmt::format("labels[{}]", key), kLabelValueCharsMax));
  }
  if (start.labels.size() > kLabelsMax) {
    return InvalidField("labels", fmt::format("with the definition's these are {}; at most {} are "
                                              "allowed",
                                              start.labels.size(), kLabelsMax));
  }
  return Status::Ok();
}

}  // namespace

std::string StartDigest(const v1::StartSagaRequest& request) {
  std::string body = "start-1;";
  const auto add = [&](std::string_view part) { body += fmt::format("{}:{};", part.size(), part); };
  add(request.definition());
  add(request.input().type());
  const bool is_json = request.input().encoding_case() == v1::Payload::kJson;
  add(is_json ? "json" : "protobuf");
  add(is_json ? request.input().json() : request.input().protobuf());
  add(request.business_key());
  const std::map<std::string, std::string> sorted(request.labels().begin(), request.labels().end());
  for (const auto& [key, value] : sorted) {
    add(key);
    add(value);
  }
  return Sha256Hex(body);
}

Result<StartRequest> MakeStart(const v1::StartSagaRequest& request, const SagaId& saga,
                               DefinitionRef definition, const Caller& caller,
                               const DescriptorSource& types) {
  StartRequest start{.saga = saga,
                     .definition = std::move(definition),
                     .input = FromProto(request.input()),
                     .business_key = request.business_key(),
                     .labels = {request.labels().begin(), request.labels().end()},
                     .start_digest = StartDigest(request),
                     .started_by = caller.actor,
                     .traceparent = caller.traceparent};
  SAGA_ASSIGN_OR_RETURN(start.deadline,
                        ReadDuration("deadline", request.deadline(), kSagaDeadlineMax));
  if (start.deadline.count() == 0) start.deadline = start.definition->deadline;
  SAGA_RETURN_IF_ERROR(FillFromDefinition(*start.definition, types, start));
  return start;
}

}  // namespace saga::api
