#include <fmt/format.h>

#include "admin/commands.h"
#include "admin/lint.h"
#include "admin/names.h"
#include "admin/render_catalog.h"
#include "admin/text.h"

namespace saga::admin {
namespace {

constexpr char kVersionHelp[] = "NAME@VERSION.";

// In the default namespace names go as they were typed; elsewhere the namespace is put in front.
std::string FullName(const Client& client, const std::string& name) {
  if (name.find('/') != name.npos || client.options().name_space == "default") return name;
  const std::size_t at = name.find('@');
  const std::string base = client.Name("definitions", name.substr(0, at));
  return at == name.npos ? base : base + "/versions/" + name.substr(at + 1);
}

void PrintPages(Session& session, const v1::ListDefinitionsResponse& all) {
  for (const v1::Definition& definition : all.definitions()) {
    if (session.settings().output == OutputFormat::kIds) {
      session.out() << DefinitionLabel(definition.name()) << "\n";
    } else {
      session.PrintJson(definition);
    }
  }
}

struct ListDefinitionsFlags {
  std::string name;
  bool all = false;
};

Result<ExitCode> ListDefinitions(Session& session, const ListDefinitionsFlags& flags) {
  v1::ListDefinitionsRequest request;
  request.set_parent(flags.name.empty() ? session.client().Parent()
                                        : session.client().Name("definitions", flags.name));
  request.set_show_all(flags.all);
  request.set_page_size(1000);
  v1::ListDefinitionsResponse all;
  do {
    SAGA_ASSIGN_OR_RETURN(const v1::ListDefinitionsResponse page,
                          session.client().Call(&DefinitionApi::ListDefinitions, request));
    all.mutable_definitions()->MergeFrom(page.definitions());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());

  if (session.settings().output == OutputFormat::kJson) {
    session.PrintJson(all);
  } else if (session.is_for_programs()) {
    PrintPages(session, all);
  } else if (all.definitions().empty()) {
    session.Note("no definition; `" + session.argv0() + " definitions register FILE` adds one");
  } else {
    SAGA_ASSIGN_OR_RETURN(
        const std::string table,
        DefinitionTable(all, session.times()).Render(session.layout(), session.paint()));
    session.out() << table;
  }
  return ExitCode::kDone;
}

constexpr const char* kReasonHelp = "Why; kept in the audit.";

struct RegisterFlags {
  std::string file;
  std::string reason;
  bool activate = false;
  bool dry_run = false;
};

void PrintRegistered(Session& session, const v1::RegisterDefinitionResponse& response,
                     const RegisterFlags& flags) {
  const v1::Definition& definition = response.definition();
  const std::string_view what = flags.dry_run          ? "is valid"
                                : response.unchanged() ? "unchanged"
                                                       : "registered";
  const std::string use = definition.active()
                              ? "active: new sagas use it"
                              : "not active: " + session.argv0() + " definitions activate " +
                                    DefinitionLabel(definition.name());
  std::string label = DefinitionLabel(definition.name());
  // What is only checked has no version yet.
  if (flags.dry_run && label.ends_with("@0")) label.resize(label.size() - 2);
  session.out() << fmt::format("{}  {}  {}{}\n", PadRight(what, 12), label,
                               Clean(definition.digest().substr(0, 12)),
                               flags.dry_run ? "" : "  (" + use + ")");
}

// Prints what is wrong where, and leaves the summary for the error itself.
Status BrokenDefinition(Session& session, const Status& status, const std::string& file,
                        const std::string& source) {
  if (status.reason() != "DEFINITION_INVALID") return status;
  const std::vector<v1::Diagnostic> diagnostics = DiagnosticsOf(status);
  session.err() << RenderDiagnostics(diagnostics, file, source, session.error_paint());
  const std::string errors =
      Counted(static_cast<std::int64_t>(diagnostics.size()), "error", "errors");
  return Status(status.code(), status.reason(),
                diagnostics.empty() ? status.message() : errors + ", nothing was registered");
}

Result<ExitCode> Register(Session& session, const RegisterFlags& flags) {
  v1::RegisterDefinitionRequest request;
  request.set_parent(session.client().Parent());
  SAGA_ASSIGN_OR_RETURN(const DefinitionFile file, ReadDefinition(session, flags.file));
  const std::string& source = file.source;
  request.set_source(source);
  request.set_source_format(ToProto(file.format));
  request.set_activate(flags.activate);
  request.set_reason(flags.reason);
  request.set_validate_only(flags.dry_run);
  const auto response = session.client().Call(&DefinitionApi::RegisterDefinition, request);
  if (!response.ok()) {
    return BrokenDefinition(session, response.status(), flags.file, source);
  }
  session.err() << RenderDiagnostics(
      {response->diagnostics().begin(), response->diagnostics().end()}, flags.file, source,
      session.error_paint());
  if (session.settings().output == OutputFormat::kIds) {
    session.out() << DefinitionLabel(response->definition().name()) << "\n";
  } else if (session.is_for_programs()) {
    session.PrintJson(*response);
  } else {
    PrintRegistered(session, *response, flags);
  }
  return ExitCode::kDone;
}

struct ShowDefinitionFlags {
  std::string name;
  bool source = false;
};

Result<v1::Definition> Get(Session& session, const std::string& name) {
  v1::GetDefinitionRequest request;
  request.set_name(FullName(session.client(), name));
  SAGA_ASSIGN_OR_RETURN(v1::GetDefinitionResponse response,
                        session.client().Call(&DefinitionApi::GetDefinition, request));
  return std::move(*response.mutable_definition());
}

Result<ExitCode> ShowDefinition(Session& session, const ShowDefinitionFlags& flags) {
  SAGA_ASSIGN_OR_RETURN(const v1::Definition definition, Get(session, flags.name));
  if (session.settings().output == OutputFormat::kIds) {
    session.out() << DefinitionLabel(definition.name()) << "\n";
  } else if (session.is_for_programs()) {
    session.PrintJson(definition);
  } else if (flags.source) {
    session.out() << definition.source();
  } else {
    session.out() << RenderDefinition(definition, session.times()) << "\n" << definition.source();
  }
  return ExitCode::kDone;
}

void PrintChanged(Session& session, const google::protobuf::Message& response,
                  const v1::Definition& definition, const std::string& what) {
  if (session.settings().output == OutputFormat::kIds) {
    session.out() << DefinitionLabel(definition.name()) << "\n";
  } else if (session.is_for_programs()) {
    session.PrintJson(response);
  } else {
    session.out() << fmt::format("{}  {}\n", PadRight(what, 14),
                                 DefinitionLabel(definition.name()));
  }
}

struct VersionFlags {
  std::string name;
  std::string confirm;
  std::string reason;
  bool dry_run = false;
};

Result<ExitCode> Activate(Session& session, const VersionFlags& flags) {
  v1::ActivateDefinitionRequest request;
  request.set_name(FullName(session.client(), flags.name));
  request.set_validate_only(flags.dry_run);
  request.set_reason(flags.reason);
  SAGA_ASSIGN_OR_RETURN(const auto response,
                        session.client().Call(&DefinitionApi::ActivateDefinition, request));
  PrintChanged(session, response, response.definition(),
               flags.dry_run ? "would activate" : "activated");
  return ExitCode::kDone;
}

// Retiring cannot be taken back. Where sagas run on the version, or new ones would, it is severe:
// the name must be typed.
Status AgreeToRetire(Session& session, const VersionFlags& flags) {
  SAGA_ASSIGN_OR_RETURN(const v1::Definition definition, Get(session, flags.name));
  const bool used = definition.sagas_in_flight() > 0;
  if (flags.dry_run || (!used && !definition.active())) return Status::Ok();
  const std::string name = DefinitionLabel(definition.name());
  if (flags.confirm == name) return Status::Ok();
  const std::string why =
      definition.active()
          ? "new sagas use it: without an active version they are refused"
          : Counted(definition.sagas_in_flight(), "saga", "sagas") + " still run on it";
  if (!flags.confirm.empty() || !session.CanAsk()) {
    return UsageError(fmt::format("{}; confirm with --confirm={}", why, name));
  }
  session.err() << fmt::format("{}; what runs goes on. It cannot be taken back.\n", why);
  return session.Ask(fmt::format("Type the name to confirm ({}): ", name)) == name ? Status::Ok()
                                                                                   : Declined();
}

Result<ExitCode> Retire(Session& session, const VersionFlags& flags) {
  SAGA_RETURN_IF_ERROR(AgreeToRetire(session, flags));
  v1::RetireDefinitionRequest request;
  request.set_name(FullName(session.client(), flags.name));
  request.set_validate_only(flags.dry_run);
  request.set_reason(flags.reason);
  SAGA_ASSIGN_OR_RETURN(const auto response,
                        session.client().Call(&DefinitionApi::RetireDefinition, request));
  PrintChanged(session, response, response.definition(),
               flags.dry_run ? "would retire" : "retired");
  return ExitCode::kDone;
}

void AddRegister(Commands& commands, CLI::App& parent) {
  auto flags = std::make_shared<RegisterFlags>();
  CLI::App& command = *parent.add_subcommand(
      "register", "Registers a version; the same content again is the same version.");
  command
      .add_option("FILE", flags->file,
                  "YAML; JSON or textproto by its ending; - is standard input.")
      ->required();
  command.add_flag("--activate", flags->activate, "New sagas use it from now on.");
  command.add_flag("--dry-run", flags->dry_run, "Check it; register nothing.");
  command.add_option("--reason", flags->reason, kReasonHelp)->type_name("TEXT");
  command.footer("sagactl definitions register checkout.yaml --activate");
  commands.Runs(command, [flags](Session& session) { return Register(session, *flags); });
}

void AddVersionCommand(Commands& commands, CLI::App& parent, const char* name,
                       const char* description,
                       Result<ExitCode> (*run)(Session&, const VersionFlags&)) {
  auto flags = std::make_shared<VersionFlags>();
  CLI::App& command = *parent.add_subcommand(name, description);
  command.add_option("NAME", flags->name, kVersionHelp)->required();
  command.add_flag("--dry-run", flags->dry_run, "Check only.");
  command.add_option("--reason", flags->reason, kReasonHelp)->type_name("TEXT");
  if (run == &Retire) {
    command.add_option("--confirm", flags->confirm, "The version's name, instead of typing it.")
        ->type_name("NAME@VERSION");
  }
  commands.Runs(command, [flags, run](Session& session) { return run(session, *flags); });
}

}  // namespace

void AddDefinitionCommands(Commands& commands) {
  CLI::App& parent =
      commands.Add(kDefineGroup, "definitions", "Saga definitions and their versions.");
  parent.alias("definition");
  parent.require_subcommand(0, 1);
  AddLintCommand(commands, parent);
  AddDiffCommand(commands, parent);
  AddSimulateCommand(commands, parent);
  AddRegister(commands, parent);

  auto list_flags = std::make_shared<ListDefinitionsFlags>();
  CLI::App& list = *parent.add_subcommand("list", "All definitions, or the versions of one.");
  list.add_option("NAME", list_flags->name, "Only this one.");
  list.add_flag("--all", list_flags->all, "Versions that are neither active nor used, too.");
  commands.Runs(list,
                [list_flags](Session& session) { return ListDefinitions(session, *list_flags); });

  auto show_flags = std::make_shared<ShowDefinitionFlags>();
  CLI::App& show = *parent.add_subcommand("show", "One version, with its source.");
  show.add_option("NAME", show_flags->name, "NAME for the active version, or NAME@VERSION.")
      ->required();
  show.add_flag("--source", show_flags->source, "The source only, as its author wrote it.");
  commands.Runs(show,
                [show_flags](Session& session) { return ShowDefinition(session, *show_flags); });

  AddVersionCommand(commands, parent, "activate",
                    "New sagas use this version; those in flight stay on theirs.", &Activate);
  AddVersionCommand(commands, parent, "retire", "New sagas of this version are refused.", &Retire);
}

}  // namespace saga::admin
