#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "admin/commands.h"
#include "admin/files.h"
#include "admin/lint.h"
#include "admin/render_run.h"
#include "admin/render_simulation.h"
#include "admin/text.h"
#include "definition/checker.h"

namespace saga::admin {
namespace {

using Json = nlohmann::ordered_json;

struct SimulateFlags {
  std::string file;
  std::vector<std::string> descriptors;
  std::string input;
  std::string answers;
  std::vector<std::string> fails;
  std::vector<std::string> timeouts;
  bool all = false;
};

// What every run needs. The scenario reads the descriptors.
struct Rehearsal {
  OfflineDescriptors descriptors;
  std::unique_ptr<const simulate::Scenario> scenario;

  const Definition& definition() const { return *scenario->definition(); }
};

// Objects as the text that they were written as would be read again: numbers keep their digits.
Result<std::map<std::string, std::string>> ReadAnswers(const Session& session,
                                                       const std::string& path) {
  std::map<std::string, std::string> answers;
  if (path.empty()) return answers;
  SAGA_ASSIGN_OR_RETURN(const std::string text, ReadInput(session, path));
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object()) {
    return UsageError(fmt::format(
        "'{}' is no JSON object of answers by step, as {{\"authorize\": {{\"id\": \"a-1\"}}}}",
        path));
  }
  for (const auto& [step, answer] : json.items()) answers[step] = answer.dump();
  return answers;
}

Result<simulate::ScenarioSettings> SettingsOf(const Session& session, const SimulateFlags& flags,
                                              DefinitionRef definition) {
  simulate::ScenarioSettings settings{
      .definition = std::move(definition), .input = {}, .answers = {}};
  if (!flags.input.empty()) {
    SAGA_ASSIGN_OR_RETURN(settings.input, ReadInput(session, flags.input));
  }
  SAGA_ASSIGN_OR_RETURN(settings.answers, ReadAnswers(session, flags.answers));
  return settings;
}

Result<std::vector<simulate::Fault>> FaultsOf(const SimulateFlags& flags,
                                              const Definition& definition) {
  std::vector<simulate::Fault> faults;
  for (const std::string& text : flags.fails) {
    SAGA_ASSIGN_OR_RETURN(simulate::Fault fault, simulate::ParseFail(definition, text));
    faults.push_back(std::move(fault));
  }
  for (const std::string& text : flags.timeouts) {
    SAGA_ASSIGN_OR_RETURN(simulate::Fault fault, simulate::ParseTimeout(definition, text));
    faults.push_back(std::move(fault));
  }
  return faults;
}

void PrintJson(const Session& session, const Json& json) {
  session.out() << json.dump(session.settings().output == OutputFormat::kJson ? 2 : -1) << "\n";
}

Result<ExitCode> SimulateOne(const Session& session, const Rehearsal& rehearsal,
                             std::vector<simulate::Fault> faults) {
  simulate::Case run{faults, simulate::RunSaga(*rehearsal.scenario, faults)};
  if (session.settings().output == OutputFormat::kIds) {
    session.out() << simulate::RestName(run.result.rest) << "\n";
  } else if (session.is_for_programs()) {
    PrintJson(session, CaseJson(rehearsal.definition(), run));
  } else {
    SAGA_ASSIGN_OR_RETURN(const std::string text, RenderRun(rehearsal.definition(), run.result,
                                                            session.layout(), session.paint()));
    session.out() << text;
  }
  switch (run.result.rest) {
    case simulate::Rest::kSucceeded:
      return ExitCode::kDone;
    case simulate::Rest::kCompensated:
      return ExitCode::kCompensated;
    case simulate::Rest::kStuck:
      return ExitCode::kStuck;
    case simulate::Rest::kRetrying:
    case simulate::Rest::kWaiting:
      return ExitCode::kStillRunning;
  }
  return ExitCode::kInternal;
}

Result<ExitCode> SimulateAll(const Session& session, const Rehearsal& rehearsal) {
  const Definition& definition = rehearsal.definition();
  const OutputFormat output = session.settings().output;
  Json cases = Json::array();
  CaseGroups pairs;
  bool fault = false;
  const auto take = [&](const simulate::Case& run) {
    fault = fault || IsDefinitionsFault(run.result);
    if (output == OutputFormat::kJsonl) PrintJson(session, CaseJson(definition, run));
    if (output == OutputFormat::kJson) cases.push_back(CaseJson(definition, run));
  };
  const simulate::Enumeration all =
      simulate::Enumerate(*rehearsal.scenario, [&](const simulate::Case& run) {
        AddCase(definition, run, pairs);
        take(run);
      });
  for (const simulate::Case& run : all.singles) take(run);
  if (output == OutputFormat::kJson) PrintJson(session, {{"cases", std::move(cases)}});
  const ExitCode code = fault ? ExitCode::kStuck : ExitCode::kDone;
  if (session.is_for_programs()) return code;
  SAGA_ASSIGN_OR_RETURN(
      const std::string text,
      RenderEnumeration(definition, all, pairs, session.layout(), session.paint()));
  session.out() << text << "\n"
                << (fault ? "the definition leaves something behind or lacks an input: look for "
                            "'lacks' and 'left'\n"
                          : "whatever ends is clean; what is stuck waits for a person\n");
  if (all.cut) {
    session.Note(fmt::format("only the first {} pairs were tried",
                             Thousands(static_cast<std::int64_t>(all.pairs))));
  }
  return code;
}

Result<ExitCode> Simulate(Session& session, const SimulateFlags& flags) {
  if (flags.all && (!flags.fails.empty() || !flags.timeouts.empty())) {
    return UsageError("--all tries every fault: leave --fail and --timeout out");
  }
  SAGA_ASSIGN_OR_RETURN(const DefinitionFile file, ReadDefinition(session, flags.file));
  Rehearsal rehearsal;
  SAGA_ASSIGN_OR_RETURN(rehearsal.descriptors, ReadDescriptors(session, flags.descriptors));
  const std::string& name_space = session.settings().name_space;
  const LoadedDefinition loaded =
      LintDefinition(file.source, file.format, name_space, rehearsal.descriptors);
  if (HasErrors(loaded.diagnostics)) {
    return PrintDiagnostics(session, ToProto(loaded.diagnostics), file);
  }
  SAGA_ASSIGN_OR_RETURN(const DefinitionRef definition,
                        ToDefinition(loaded.document, name_space, 1));
  SAGA_ASSIGN_OR_RETURN(const simulate::ScenarioSettings settings,
                        SettingsOf(session, flags, definition));
  SAGA_ASSIGN_OR_RETURN(rehearsal.scenario,
                        simulate::Scenario::Make(settings, rehearsal.descriptors));
  if (flags.all) return SimulateAll(session, rehearsal);
  SAGA_ASSIGN_OR_RETURN(std::vector<simulate::Fault> faults, FaultsOf(flags, *definition));
  return SimulateOne(session, rehearsal, std::move(faults));
}

}  // namespace

void AddSimulateCommand(Commands& commands, CLI::App& parent) {
  auto flags = std::make_shared<SimulateFlags>();
  CLI::App& command = *parent.add_subcommand(
      "simulate", "Runs a definition by the server's rules, offline, with the faults you name.");
  command
      .add_option("FILE", flags->file,
                  "YAML; JSON or textproto by its ending; - is standard input.")
      ->required();
  command
      .add_option("--descriptors", flags->descriptors,
                  "Serialised FileDescriptorSets of the participants.")
      ->type_name("FILE")
      ->required();
  command.add_option("-f,--file", flags->input, "The input, JSON ({}).")->type_name("FILE");
  command
      .add_option("--answers", flags->answers,
                  "A JSON object: what a step's call answers, a STEP/query, or a signal carries. "
                  "What is not named answers an empty message.")
      ->type_name("FILE");
  const auto repeatable = [&command](const char* name, std::vector<std::string>& into,
                                     const char* help, const char* type) {
    command.add_option(name, into, help)->type_name(type)->expected(1)->take_all();
  };
  repeatable("--fail", flags->fails,
             "The call of STEP, of STEP/undo, STEP/confirm … or the outcome in STEP/report fails; "
             "*n: the first n times only. `declined`: its reject_if holds.",
             "STEP[/OP]=CODE[:REASON][*n]");
  repeatable("--timeout", flags->timeouts, "It is not answered, and did happen or did not.",
             "STEP[/OP]=did|did-not[*n]");
  command.add_flag("--all", flags->all,
                   "Every single fault and every pair of faults at every step and operation; exit "
                   "code 13 when an undo lacks its input, or an effect is left behind.");
  command.footer(
      "sagactl definitions simulate checkout.yaml --descriptors shop.pb -f order.json\n"
      "sagactl definitions simulate checkout.yaml --descriptors shop.pb --timeout authorize=did "
      "\\\n"
      "    --fail reserve/undo=UNAVAILABLE*3\n"
      "sagactl definitions simulate checkout.yaml --descriptors shop.pb --all");
  commands.Runs(command, [flags](Session& session) { return Simulate(session, *flags); });
}

}  // namespace saga::admin
