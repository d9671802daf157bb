#include "admin/lint.h"

#include <fmt/format.h>

#include <utility>

#include "admin/files.h"
#include "admin/render_catalog.h"
#include "admin/text.h"
#include "base/check.h"
#include "base/utf8.h"

namespace saga::admin {

Result<DefinitionFile> ReadDefinition(const Session& session, const std::string& path) {
  SAGA_ASSIGN_OR_RETURN(std::string source, ReadInput(session, path));
  if (Trim(source).empty()) {
    return UsageError("'" + path +
                      "' is empty; a definition begins with `saga: NAME` and has `steps:` "
                      "(docs/tutorials/your-first-definition.md)");
  }
  if (!IsValidUtf8(source)) return UsageError("'" + path + "' is not UTF-8 text");
  return DefinitionFile{.name = path, .source = std::move(source), .format = FormatOfFile(path)};
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

Result<OfflineDescriptors> ReadDescriptors(const Session& session,
                                           const std::vector<std::string>& files) {
  OfflineDescriptors descriptors;
  for (const std::string& file : files) {
    SAGA_ASSIGN_OR_RETURN(const std::string bytes, ReadInput(session, file));
    const Status added = descriptors.Add(bytes);
    if (added.ok()) continue;
    const std::string why =
        added.violations().empty() ? added.message() : added.violations().front().description;
    return UsageError(
        fmt::format("'{}': {}; write it with protoc --include_imports --descriptor_set_out={}",
                    file, why, file));
  }
  return descriptors;
}

std::vector<v1::Diagnostic> ToProto(const Diagnostics& diagnostics) {
  std::vector<v1::Diagnostic> all;
  for (const Diagnostic& diagnostic : diagnostics) {
    v1::Diagnostic& proto = all.emplace_back();
    proto.set_severity(diagnostic.severity == Severity::kError ? v1::Diagnostic::SEVERITY_ERROR
                                                               : v1::Diagnostic::SEVERITY_WARNING);
    proto.set_code(diagnostic.code);
    proto.set_message(diagnostic.message);
    proto.set_line(diagnostic.line);
    proto.set_column(diagnostic.column);
    proto.set_path(diagnostic.path);
    proto.set_suggestion(diagnostic.suggestion);
  }
  return all;
}

ExitCode PrintDiagnostics(Session& session, const std::vector<v1::Diagnostic>& diagnostics,
                          const DefinitionFile& file) {
  std::int64_t errors = 0;
  for (const v1::Diagnostic& diagnostic : diagnostics) {
    errors += diagnostic.severity() == v1::Diagnostic::SEVERITY_ERROR ? 1 : 0;
  }
  const ExitCode code = errors > 0 ? ExitCode::kDefinitionBroken : ExitCode::kDone;
  if (session.is_for_programs()) {
    v1::LintDefinitionResponse response;
    response.mutable_diagnostics()->Add(diagnostics.begin(), diagnostics.end());
    session.PrintJson(response);
    return code;
  }
  session.out() << RenderDiagnostics(diagnostics, file.name, file.source, session.paint());
  const auto warnings = static_cast<std::int64_t>(diagnostics.size()) - errors;
  session.out() << fmt::format("{}, {}\n", Counted(errors, "error", "errors"),
                               Counted(warnings, "warning", "warnings"));
  return code;
}

}  // namespace saga::admin
