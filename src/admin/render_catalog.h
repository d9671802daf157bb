// Definitions, participants and audit entries as tables and pages.
#pragma once

#include <string>
#include <vector>

#include "admin/paint.h"
#include "admin/table.h"
#include "admin/times.h"
#include "saga/v1/definition_service.pb.h"
#include "saga/v1/operator_service.pb.h"
#include "saga/v1/participant_service.pb.h"

namespace saga::admin {

Table DefinitionTable(const v1::ListDefinitionsResponse& page, const TimeFormat& times);
// Facts, without the source.
std::string RenderDefinition(const v1::Definition& definition, const TimeFormat& times);
// "FILE:12:5: error SAGA007: …" with the line of the source below, like a compiler.
std::string RenderDiagnostics(const std::vector<v1::Diagnostic>& diagnostics,
                              const std::string& file, const std::string& source,
                              const Paint& paint);

Table ParticipantTable(const v1::ListParticipantsResponse& page, const TimeFormat& times);
std::string RenderParticipant(const v1::Participant& participant, const TimeFormat& times);

Table AuditTable(const v1::ListAuditEntriesResponse& page, const TimeFormat& times);

}  // namespace saga::admin
