#include "api/definition_convert.h"

#include <fmt/format.h>

#include <set>
#include <string>
#include <utility>

#include "api/names.h"
#include "api/validation.h"
#include "base/check.h"
#include "definition/diff.h"
#include "orchestrator/core/limits.h"

namespace saga::api {

void ToProto(const Diagnostic& diagnostic, v1::Diagnostic& proto) {
  switch (diagnostic.severity) {
    case Severity::kError:
      proto.set_severity(v1::Diagnostic::SEVERITY_ERROR);
      break;
    case Severity::kWarning:
      proto.set_severity(v1::Diagnostic::SEVERITY_WARNING);
      break;
  }
  proto.set_code(diagnostic.code);
  proto.set_message(diagnostic.message);
  proto.set_line(diagnostic.line);
  proto.set_column(diagnostic.column);
  proto.set_path(diagnostic.path);
  proto.set_suggestion(diagnostic.suggestion);
}

Status DefinitionInvalid(const Diagnostics& diagnostics) {
  std::size_t errors = 0;
  const Diagnostic* first = nullptr;
  for (const Diagnostic& diagnostic : diagnostics) {
    if (diagnostic.severity != Severity::kError) continue;
    if (first == nullptr) first = &diagnostic;
    ++errors;
  }
  std::string message = fmt::format("line {}, column {}: {} {}", first->line, first->column,
                                    first->code, first->message);
  if (errors > 1) message += fmt::format(" (and {} more errors)", errors - 1);
  Status status(StatusCode::kInvalidArgument, "DEFINITION_INVALID", std::move(message));
  for (const Diagnostic& diagnostic : diagnostics) {
    if (diagnostic.severity != Severity::kError) continue;
    std::string text = fmt::format("{} {}", diagnostic.code, diagnostic.message);
    if (!diagnostic.suggestion.empty()) text += fmt::format("; {}", diagnostic.suggestion);
    status = std::move(status).WithField(
        fmt::format("source:{}:{}", diagnostic.line, diagnostic.column), std::move(text));
  }
  return status;
}

Status CheckSource(const std::string& source) {
  SAGA_RETURN_IF_ERROR(CheckText("source", source, kDefinitionBytesMax));
  return source.empty() ? InvalidField("source", "is required") : Status::Ok();
}

Result<DefinitionFormat> FormatOf(v1::SourceFormat format) {
  switch (static_cast<int>(format)) {
    case v1::SOURCE_FORMAT_UNSPECIFIED:
    case v1::SOURCE_FORMAT_YAML:
      return DefinitionFormat::kYaml;
    case v1::SOURCE_FORMAT_JSON:
      return DefinitionFormat::kJson;
    case v1::SOURCE_FORMAT_TEXTPROTO:
      return DefinitionFormat::kTextproto;
    default:
      return InvalidField("source_format", "must be YAML, JSON or TEXTPROTO");
  }
}

v1::SourceFormat ToProto(DefinitionFormat format) {
  switch (format) {
    case DefinitionFormat::kYaml:
      return v1::SOURCE_FORMAT_YAML;
    case DefinitionFormat::kJson:
      return v1::SOURCE_FORMAT_JSON;
    case DefinitionFormat::kTextproto:
      return v1::SOURCE_FORMAT_TEXTPROTO;
  }
  SAGA_UNREACHABLE();
}

Status FillDiff(const DefinitionVersion& base, const v1::SagaDefinition& candidate,
                v1::DiffDefinitionResponse& response) {
  v1::SagaDefinition before;
  if (!before.ParseFromString(base.document)) {
    return InternalError(
        fmt::format("the stored document of {}@{} cannot be read", base.name, base.version));
  }
  response.set_verdict(v1::DiffDefinitionResponse::VERDICT_IDENTICAL);
  for (const DefinitionChange& change : DiffDefinitions(before, candidate)) {
    v1::DefinitionChange& proto = *response.add_changes();
    const bool breaking = change.impact == Impact::kBreaking;
    proto.set_impact(breaking ? v1::DefinitionChange::IMPACT_BREAKING
                              : v1::DefinitionChange::IMPACT_COMPATIBLE);
    proto.set_path(change.path);
    proto.set_before(change.before);
    proto.set_after(change.after);
    proto.set_why(change.why);
    if (breaking) {
      response.set_verdict(v1::DiffDefinitionResponse::VERDICT_BREAKING);
    } else if (response.verdict() == v1::DiffDefinitionResponse::VERDICT_IDENTICAL) {
      response.set_verdict(v1::DiffDefinitionResponse::VERDICT_COMPATIBLE);
    }
  }
  return Status::Ok();
}

void FillInFlight(const std::vector<DefinitionVersion>& versions, const LiveCounts& counts,
                  const v1::SagaDefinition& candidate, v1::DiffDefinitionResponse& response) {
  std::set<std::string> needed;
  for (const auto& [key, count] : counts) {
    for (const DefinitionVersion& version : versions) {
      if (count == 0 || key != std::pair(version.name, version.version)) continue;
      auto& in_flight = *response.add_in_flight();
      in_flight.set_definition_version(
          DefinitionVersionName(version.name_space, version.name, version.version));
      in_flight.set_sagas(count);
      v1::SagaDefinition document;
      if (!document.ParseFromString(version.document)) continue;
      for (std::string& call : CallsOnlyIn(document, candidate)) needed.insert(std::move(call));
    }
  }
  for (const std::string& call : needed) response.add_calls_still_needed(call);
}

}  // namespace saga::api
