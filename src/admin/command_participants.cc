#include <fmt/format.h>

#include "admin/commands.h"
#include "admin/files.h"
#include "admin/names.h"
#include "admin/render_catalog.h"
#include "admin/text.h"

namespace saga::admin {
namespace {

// How long a participant may take to answer a probe, unless --timeout says otherwise.
constexpr std::chrono::milliseconds kProbeTimeout = std::chrono::seconds(30);

std::string FullName(const Client& client, const std::string& name) {
  return name.find('/') != name.npos ? name : client.Name("participants", name);
}

void PrintParticipant(Session& session, const google::protobuf::Message& response,
                      const v1::Participant& participant, const std::string& text) {
  if (session.settings().output == OutputFormat::kIds) {
    session.out() << LastSegment(participant.name()) << "\n";
  } else if (session.is_for_programs()) {
    session.PrintJson(response);
  } else {
    session.out() << text;
  }
}

struct RegisterFlags {
  std::string name;
  std::string target;
  std::string service;
  std::string descriptor_set;
  std::string ca_file;
  std::string cert_file;
  std::string key_file;
  std::string reason;
  std::string adapter;
  std::string contract;
  std::string stands_in_for;
  int share = 0;
  int max_in_flight = 0;
  bool tls = false;
  bool no_adapter = false;
  bool dry_run = false;
};

Result<ExitCode> Register(Session& session, const RegisterFlags& flags) {
  v1::RegisterParticipantRequest request;
  request.set_name(FullName(session.client(), flags.name));
  request.set_target(flags.target);
  request.set_service(flags.service);
  request.set_tls(flags.tls || !flags.ca_file.empty() || !flags.cert_file.empty());
  request.set_tls_ca_file(flags.ca_file);
  request.set_tls_cert_file(flags.cert_file);
  request.set_tls_key_file(flags.key_file);
  request.set_max_in_flight(flags.max_in_flight);
  request.set_validate_only(flags.dry_run);
  request.set_reason(flags.reason);
  if (!flags.descriptor_set.empty()) {
    SAGA_ASSIGN_OR_RETURN(*request.mutable_descriptor_set(),
                          ReadInput(session, flags.descriptor_set));
  }
  request.set_stands_in_for(flags.stands_in_for);
  request.set_share_percent(flags.share);
  if (!flags.adapter.empty()) {
    SAGA_ASSIGN_OR_RETURN(*request.mutable_adapter(), ReadInput(session, flags.adapter));
    if (request.adapter().empty()) {
      return UsageError(fmt::format("'{}' is empty; --no-adapter removes one", flags.adapter));
    }
  }
  if (flags.no_adapter) request.set_adapter("");
  if (!flags.contract.empty()) {
    SAGA_ASSIGN_OR_RETURN(*request.mutable_contract_descriptor_set(),
                          ReadInput(session, flags.contract));
  }
  SAGA_ASSIGN_OR_RETURN(const auto response,
                        session.client().Call(&ParticipantApi::RegisterParticipant, request));
  const v1::Participant& participant = response.participant();
  const std::string_view what = flags.dry_run          ? "would register"
                                : response.unchanged() ? "unchanged"
                                                       : "registered";
  PrintParticipant(
      session, response, participant,
      fmt::format("{}  {}  {}  {}\n", PadRight(what, 12), LastSegment(participant.name()),
                  Clean(participant.target()), ParticipantHealthWord(participant.health())));
  for (const std::string& warning : response.warnings()) {
    session.err() << session.error_paint()(Tone::kWarn, "warning") << ": " << Clean(warning)
                  << "\n";
  }
  return ExitCode::kDone;
}

Result<ExitCode> ListParticipants(Session& session) {
  v1::ListParticipantsRequest request;
  request.set_parent(session.client().Parent());
  request.set_page_size(1000);
  v1::ListParticipantsResponse all;
  do {
    SAGA_ASSIGN_OR_RETURN(const v1::ListParticipantsResponse page,
                          session.client().Call(&ParticipantApi::ListParticipants, request));
    all.mutable_participants()->MergeFrom(page.participants());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());

  if (session.settings().output == OutputFormat::kJson) {
    session.PrintJson(all);
  } else if (session.is_for_programs()) {
    for (const v1::Participant& participant : all.participants()) {
      PrintParticipant(session, participant, participant, "");
    }
  } else if (all.participants().empty()) {
    session.Note("no participant; `" + session.argv0() +
                 " participants register NAME TARGET` adds one");
  } else {
    SAGA_ASSIGN_OR_RETURN(
        const std::string table,
        ParticipantTable(all, session.times()).Render(session.layout(), session.paint()));
    session.out() << table;
  }
  return ExitCode::kDone;
}

Result<ExitCode> ShowParticipant(Session& session, const std::string& name) {
  v1::GetParticipantRequest request;
  request.set_name(FullName(session.client(), name));
  SAGA_ASSIGN_OR_RETURN(const auto response,
                        session.client().Call(&ParticipantApi::GetParticipant, request));
  PrintParticipant(session, response.participant(), response.participant(),
                   RenderParticipant(response.participant(), session.times()));
  return ExitCode::kDone;
}

Result<ExitCode> Probe(Session& session, const std::string& name) {
  v1::ProbeParticipantRequest request;
  request.set_name(FullName(session.client(), name));
  SAGA_ASSIGN_OR_RETURN(const auto response,
                        session.client().Call(&ParticipantApi::ProbeParticipant, request,
                                              session.settings().timeout.value_or(kProbeTimeout)));
  std::string text = RenderParticipant(response.participant(), session.times());
  if (response.has_latency()) {
    text += PadRight("answered in", 14) + FormatSpan(ToSpan(response.latency())) + "\n";
  }
  for (const std::string& problem : response.problems()) {
    text += session.paint()(Tone::kBad, PadRight("problem", 14)) + Clean(problem) + "\n";
  }
  PrintParticipant(session, response, response.participant(), text);
  const bool serving = response.participant().health() == v1::Participant::HEALTH_SERVING;
  return serving && response.problems().empty() ? ExitCode::kDone : ExitCode::kSomethingFound;
}

struct CheckFlags {
  std::string name;
  std::string descriptor_set;
};

std::string RenderCheck(const Session& session, const CheckFlags& flags,
                        const v1::CheckParticipantResponse& response) {
  std::string text = fmt::format(
      "{}: its types {}\n", Clean(flags.name),
      response.changed() ? "are not those that are registered" : "are those that are registered");
  for (const auto& broken : response.broken()) {
    std::vector<std::string> who;
    if (broken.active()) who.emplace_back("active");
    if (broken.sagas_in_flight() > 0) {
      who.push_back(Counted(broken.sagas_in_flight(), "saga in flight", "sagas in flight"));
    }
    text += fmt::format("{}  {} ({})\n", session.paint()(Tone::kBad, "BREAKS"),
                        DefinitionLabel(broken.definition_version()), Join(who, ", "));
    for (const v1::Diagnostic& diagnostic : broken.diagnostics()) {
      text += fmt::format("  {}: {} {}\n", Clean(diagnostic.path()), Clean(diagnostic.code()),
                          Clean(diagnostic.message()));
    }
  }
  return text +
         fmt::format("{} on it, {} would break\n",
                     Counted(response.definitions_size(), "definition relies", "definitions rely"),
                     response.broken_size());
}

Result<ExitCode> Check(Session& session, const CheckFlags& flags) {
  v1::CheckParticipantRequest request;
  request.set_name(FullName(session.client(), flags.name));
  if (!flags.descriptor_set.empty()) {
    SAGA_ASSIGN_OR_RETURN(*request.mutable_descriptor_set(),
                          ReadInput(session, flags.descriptor_set));
    if (request.descriptor_set().empty()) {
      return UsageError(fmt::format("'{}' is empty", flags.descriptor_set));
    }
  }
  SAGA_ASSIGN_OR_RETURN(const auto response,
                        session.client().Call(&ParticipantApi::CheckParticipant, request,
                                              session.settings().timeout.value_or(kProbeTimeout)));
  if (session.settings().output == OutputFormat::kIds) {
    for (const auto& broken : response.broken()) {
      session.out() << DefinitionLabel(broken.definition_version()) << "\n";
    }
  } else if (session.is_for_programs()) {
    session.PrintJson(response);
  } else {
    session.out() << RenderCheck(session, flags, response);
  }
  return response.broken_size() > 0 ? ExitCode::kDefinitionBroken : ExitCode::kDone;
}

void AddCheck(Commands& commands, CLI::App& parent) {
  auto flags = std::make_shared<CheckFlags>();
  CLI::App& command = *parent.add_subcommand(
      "check",
      "What other types of it break: its live ones, or those of a file before they are deployed; "
      "exit code 11 when a definition or a saga in flight would break.");
  command.add_option("NAME", flags->name, "As definitions name it.")->required();
  command
      .add_option("--descriptor-set", flags->descriptor_set,
                  "Serialised FileDescriptorSet of what is to be deployed; - is standard input.")
      ->type_name("FILE");
  command.footer("sagactl participants check payments --descriptor-set payments-v2.pb");
  commands.Runs(command, [flags](Session& session) { return Check(session, *flags); });
}

void AddRegister(Commands& commands, CLI::App& parent) {
  auto flags = std::make_shared<RegisterFlags>();
  CLI::App& command = *parent.add_subcommand(
      "register", "Makes a participant known, or changes how it is reached.");
  command.add_option("NAME", flags->name, "As definitions name it.")->required();
  command.add_option("TARGET", flags->target, "gRPC target, as dns:///payments:9090.")->required();
  command.add_option("--service", flags->service, "Service of calls that name only a method.")
      ->type_name("NAME");
  command.add_option("--max-in-flight", flags->max_in_flight, "Calls at once (200).")
      ->type_name("N");
  command.add_flag("--tls", flags->tls, "TLS with the system's roots.");
  command.add_option("--tls-ca-file", flags->ca_file, "PEM file on the server.")->type_name("FILE");
  command.add_option("--tls-cert-file", flags->cert_file, "PEM file on the server.")
      ->type_name("FILE");
  command.add_option("--tls-key-file", flags->key_file, "PEM file on the server.")
      ->type_name("FILE");
  command
      .add_option("--descriptor-set", flags->descriptor_set,
                  "Serialised FileDescriptorSet, for a participant without reflection.")
      ->type_name("FILE");
  CLI::Option* adapter =
      command
          .add_option(
              "--adapter", flags->adapter,
              "How it serves methods that it does not have itself (YAML); it stays until it "
              "is exchanged or removed.")
          ->type_name("FILE");
  command
      .add_option("--contract-descriptor-set", flags->contract,
                  "Serialised FileDescriptorSet of the methods that definitions call; without it, "
                  "what the participant declared before it got its first adapter.")
      ->type_name("FILE");
  command.add_flag("--no-adapter", flags->no_adapter, "Definitions call its own methods again.")
      ->excludes(adapter);
  CLI::Option* stands_in =
      command
          .add_option("--stands-in-for", flags->stands_in_for,
                      "Calls to that participant come here for a share of the sagas.")
          ->type_name("NAME");
  command.add_option("--share", flags->share, "Of the sagas, in percent.")
      ->type_name("PERCENT")
      ->needs(stands_in);
  command.add_flag("--dry-run", flags->dry_run, "Check only.");
  command.add_option("--reason", flags->reason, "Why; kept in the audit.")->type_name("TEXT");
  command.footer(
      "sagactl participants register payments dns:///payments:9090\n"
      "sagactl participants register payments dns:///payments-v2:9090 --adapter payments-v2.yaml\n"
      "sagactl participants register payments-v2 dns:///payments-v2:9090 --adapter "
      "payments-v2.yaml "
      "--stands-in-for payments --share 10");
  commands.Runs(command, [flags](Session& session) { return Register(session, *flags); });
}

void AddNamed(Commands& commands, CLI::App& parent, const char* name, const char* description,
              Result<ExitCode> (*run)(Session&, const std::string&)) {
  auto participant = std::make_shared<std::string>();
  CLI::App& command = *parent.add_subcommand(name, description);
  command.add_option("NAME", *participant, "As definitions name it.")->required();
  commands.Runs(command,
                [participant, run](Session& session) { return run(session, *participant); });
}

}  // namespace

void AddParticipantCommands(Commands& commands) {
  CLI::App& parent =
      commands.Add(kPeersGroup, "participants", "The services that do the work of steps.");
  parent.alias("participant");
  parent.require_subcommand(0, 1);
  AddRegister(commands, parent);
  CLI::App& list = *parent.add_subcommand("list", "All participants with health and load.");
  commands.Runs(list, [](Session& session) { return ListParticipants(session); });
  AddCheck(commands, parent);
  AddNamed(commands, parent, "show", "One participant.", &ShowParticipant);
  AddNamed(
      commands, parent, "probe",
      "Asks it for its health and methods, and compares with the definitions that use it; exit "
      "code 10 when something is wrong.",
      &Probe);
}

}  // namespace saga::admin
