// Checks of definitions: by the server, or here with descriptors from files.
#pragma once

#include <string>
#include <vector>

#include "admin/exit_code.h"
#include "admin/session.h"
#include "definition/loader.h"
#include "definition/offline_descriptors.h"
#include "saga/v1/definition_service.pb.h"

namespace saga::admin {

// A definition that the user named.
struct DefinitionFile {
  std::string name;  // For messages.
  std::string source;
  DefinitionFormat format = DefinitionFormat::kYaml;
};

// Errors: as ReadInput; INVALID_ARGUMENT when it is no UTF-8 text.
Result<DefinitionFile> ReadDefinition(const Session& session, const std::string& path);
v1::SourceFormat ToProto(DefinitionFormat format);

// The descriptor sets in `files`. Errors: as ReadInput; FIELD_INVALID that names the file.
Result<OfflineDescriptors> ReadDescriptors(const Session& session,
                                           const std::vector<std::string>& files);

std::vector<v1::Diagnostic> ToProto(const Diagnostics& diagnostics);

// What is wrong, like a compiler, with a count at the end. With errors `kDefinitionBroken`.
ExitCode PrintDiagnostics(Session& session, const std::vector<v1::Diagnostic>& diagnostics,
                          const DefinitionFile& file);

}  // namespace saga::admin
