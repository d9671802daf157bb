#include <fmt/format.h>

#include "admin/commands.h"
#include "admin/lint.h"
#include "admin/names.h"
#include "admin/render_catalog.h"
#include "admin/render_diff.h"
#include "definition/diff.h"

namespace saga::admin {
namespace {

struct DiffFlags {
  std::string file;
  std::string against;
  std::string against_file;
  bool exit_code = false;
};

// Without a server: both documents are at hand.
Result<v1::DiffDefinitionResponse> DiffFiles(const DefinitionFile& before,
                                             const DefinitionFile& after) {
  const LoadedDefinition then = LoadDefinition(before.source, before.format);
  const LoadedDefinition now = LoadDefinition(after.source, after.format);
  for (const auto& [loaded, file] : {std::pair(&then, &before), std::pair(&now, &after)}) {
    if (!HasErrors(loaded->diagnostics)) continue;
    return UsageError(
        fmt::format("'{}' has errors: sagactl definitions lint {}", file->name, file->name));
  }
  v1::DiffDefinitionResponse response;
  response.set_verdict(v1::DiffDefinitionResponse::VERDICT_IDENTICAL);
  for (const DefinitionChange& change : DiffDefinitions(then.document, now.document)) {
    const bool breaking = change.impact == Impact::kBreaking;
    v1::DefinitionChange& proto = *response.add_changes();
    proto.set_impact(breaking ? v1::DefinitionChange::IMPACT_BREAKING
                              : v1::DefinitionChange::IMPACT_COMPATIBLE);
    proto.set_path(change.path);
    proto.set_before(change.before);
    proto.set_after(change.after);
    proto.set_why(change.why);
    if (breaking || response.verdict() == v1::DiffDefinitionResponse::VERDICT_IDENTICAL) {
      response.set_verdict(breaking ? v1::DiffDefinitionResponse::VERDICT_BREAKING
                                    : v1::DiffDefinitionResponse::VERDICT_COMPATIBLE);
    }
  }
  return response;
}

ExitCode CodeOf(const v1::DiffDefinitionResponse& diff) {
  if (diff.verdict() == v1::DiffDefinitionResponse::VERDICT_BREAKING) {
    return ExitCode::kDefinitionBroken;
  }
  return diff.verdict() == v1::DiffDefinitionResponse::VERDICT_COMPATIBLE
             ? ExitCode::kSomethingFound
             : ExitCode::kDone;
}

Result<v1::DiffDefinitionResponse> AskServer(Session& session, const DefinitionFile& file,
                                             const std::string& against) {
  v1::DiffDefinitionRequest request;
  request.set_parent(session.client().Parent());
  request.set_source(file.source);
  request.set_source_format(ToProto(file.format));
  request.set_base(against);
  auto response = session.client().Call(&DefinitionApi::DiffDefinition, request);
  if (response.ok() || response.status().reason() != "DEFINITION_INVALID") return response;
  session.err() << RenderDiagnostics(DiagnosticsOf(response.status()), file.name, file.source,
                                     session.error_paint());
  return response;
}

Result<ExitCode> Diff(Session& session, const DiffFlags& flags) {
  if (!flags.against.empty() && !flags.against_file.empty()) {
    return UsageError("--against names a version of the server, --against-file a file: take one");
  }
  SAGA_ASSIGN_OR_RETURN(const DefinitionFile file, ReadDefinition(session, flags.file));
  v1::DiffDefinitionResponse diff;
  std::string base = flags.against_file;
  if (flags.against_file.empty()) {
    SAGA_ASSIGN_OR_RETURN(diff, AskServer(session, file, flags.against));
    base = DefinitionLabel(diff.base().name());
  } else {
    SAGA_ASSIGN_OR_RETURN(const DefinitionFile before, ReadDefinition(session, flags.against_file));
    SAGA_ASSIGN_OR_RETURN(diff, DiffFiles(before, file));
  }
  if (session.settings().output == OutputFormat::kIds) {
    session.out() << v1::DiffDefinitionResponse::Verdict_Name(diff.verdict()) << "\n";
  } else if (session.is_for_programs()) {
    session.PrintJson(diff);
  } else {
    session.out() << RenderDiff(diff, base, file.name, session.paint());
  }
  return flags.exit_code ? CodeOf(diff) : ExitCode::kDone;
}

}  // namespace

void AddDiffCommand(Commands& commands, CLI::App& parent) {
  auto flags = std::make_shared<DiffFlags>();
  CLI::App& command = *parent.add_subcommand(
      "diff", "What a candidate changes, and whom that breaks; registers nothing.");
  command
      .add_option("FILE", flags->file,
                  "YAML; JSON or textproto by its ending; - is standard input.")
      ->required();
  command
      .add_option("--against", flags->against,
                  "The version to compare with (the active one of its name).")
      ->type_name("NAME@VERSION");
  command
      .add_option("--against-file", flags->against_file,
                  "A file instead: no server is asked, and no types are checked.")
      ->type_name("FILE");
  command.add_flag("--exit-code", flags->exit_code,
                   "0 = identical, 10 = compatible, 11 = breaking.");
  command.footer(
      "sagactl definitions diff checkout.yaml --exit-code\n"
      "git show main:checkout.yaml | sagactl definitions diff checkout.yaml --against-file -");
  commands.Runs(command, [flags](Session& session) { return Diff(session, *flags); });
}

}  // namespace saga::admin
