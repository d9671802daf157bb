#include "admin/commands.h"
#include "admin/lint.h"
#include "definition/checker.h"

namespace saga::admin {
namespace {

struct LintFlags {
  std::string file;
  std::vector<std::string> descriptors;
};

Result<ExitCode> Lint(Session& session, const LintFlags& flags) {
  SAGA_ASSIGN_OR_RETURN(const DefinitionFile file, ReadDefinition(session, flags.file));
  if (!flags.descriptors.empty()) {
    SAGA_ASSIGN_OR_RETURN(const OfflineDescriptors descriptors,
                          ReadDescriptors(session, flags.descriptors));
    const LoadedDefinition loaded =
        LintDefinition(file.source, file.format, session.settings().name_space, descriptors);
    return PrintDiagnostics(session, ToProto(loaded.diagnostics), file);
  }
  v1::LintDefinitionRequest request;
  request.set_parent(session.client().Parent());
  request.set_source(file.source);
  request.set_source_format(ToProto(file.format));
  SAGA_ASSIGN_OR_RETURN(const auto response,
                        session.client().Call(&DefinitionApi::LintDefinition, request));
  return PrintDiagnostics(session, {response.diagnostics().begin(), response.diagnostics().end()},
                          file);
}

}  // namespace

void AddLintCommand(Commands& commands, CLI::App& parent) {
  auto flags = std::make_shared<LintFlags>();
  CLI::App& command = *parent.add_subcommand(
      "lint", "Says what is wrong with a definition, like a compiler; exit code 11 on errors.");
  command
      .add_option("FILE", flags->file,
                  "YAML; JSON or textproto by its ending; - is standard input.")
      ->required();
  command
      .add_option("--descriptors", flags->descriptors,
                  "Serialised FileDescriptorSets of the participants: no server is asked.")
      ->type_name("FILE");
  command.footer("sagactl definitions lint checkout.yaml --descriptors shop.pb");
  commands.Runs(command, [flags](Session& session) { return Lint(session, *flags); });
}

}  // namespace saga::admin
