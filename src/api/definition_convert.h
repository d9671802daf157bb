// Candidates, diagnostics and differences of definitions, from and to the API.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/status.h"
#include "definition/diagnostic.h"
#include "definition/loader.h"
#include "orchestrator/catalog.h"
#include "saga/v1/definition_service.pb.h"

namespace saga::api {

void ToProto(const Diagnostic& diagnostic, v1::Diagnostic& proto);
v1::SourceFormat ToProto(DefinitionFormat format);

// DEFINITION_INVALID with every error and its place: "source:12:5", "SAGA004 …".
// Requires: at least one error.
Status DefinitionInvalid(const Diagnostics& diagnostics);

// Errors: FIELD_INVALID.
Status CheckSource(const std::string& source);
Result<DefinitionFormat> FormatOf(v1::SourceFormat format);

// Changes and verdict. Errors: INTERNAL when the stored document cannot be read.
Status FillDiff(const DefinitionVersion& base, const v1::SagaDefinition& candidate,
                v1::DiffDefinitionResponse& response);

// Live sagas by definition and version.
using LiveCounts = std::vector<std::pair<std::pair<std::string, std::uint32_t>, std::int64_t>>;
// Sagas in flight on `versions`, and the calls that they need and `candidate` does not make.
void FillInFlight(const std::vector<DefinitionVersion>& versions, const LiveCounts& counts,
                  const v1::SagaDefinition& candidate, v1::DiffDefinitionResponse& response);

}  // namespace saga::api
