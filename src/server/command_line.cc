#include "server/command_line.h"

#include <CLI/CLI.hpp>
#include <map>
#include <sstream>

#include "base/suggest.h"
#include "server/exit_codes.h"

namespace saga::server {
namespace {

constexpr const char* kFooter =
    "Without a command, sagad serves. Configuration: file < environment (SAGAD_STORE_URL) < flags\n"
    "(--store.url). docs/reference/config.md explains every key; `sagad config print --explain` "
    "shows\n"
    "what is in force.";

// CLI11 tells that something was left over, not what may have been meant.
std::string SuggestFlag(const std::vector<std::string>& remaining) {
  std::vector<std::string> known = {"--config", "--help",      "serve",  "migrate",
                                    "config",   "healthcheck", "version"};
  for (const ConfigKey& key : ConfigKeys()) known.push_back("--" + std::string(key.name));
  for (const std::string& argument : remaining) {
    const std::string hint = DidYouMean(argument.substr(0, argument.find('=')), known);
    if (!hint.empty()) return hint;
  }
  return {};
}

}  // namespace

ParsedArguments ParseArguments(int argc, const char* const* argv) {
  CLI::App app(
      "sagad runs sagas: steps at gRPC services, undone in order when they cannot be finished.",
      "sagad");
  app.fallthrough();
  app.footer(kFooter);
  ParsedArguments parsed;
  CommandLine& line = parsed.line;
  app.add_option("--config", line.config_file, "YAML file")->envname("SAGAD_CONFIG");
  std::map<std::string, std::string> given;
  for (const ConfigKey& key : ConfigKeys()) {
    app.add_option("--" + std::string(key.name), given[std::string(key.name)],
                   std::string(key.help))
        ->type_name(std::string(key.kind))
        ->group("Configuration");
  }
  app.require_subcommand(0, 1);
  app.add_subcommand("serve", "Serve (the default).");
  CLI::App* version = app.add_subcommand("version", "Print the version.");
  CLI::App* healthcheck =
      app.add_subcommand("healthcheck", "Ask the sagad of this configuration whether it is ready.");
  CLI::App* config = app.add_subcommand("config", "Look at the configuration.");
  config->require_subcommand(1);
  CLI::App* check = config->add_subcommand("check", "Say what is wrong with it, or nothing.");
  CLI::App* print = config->add_subcommand("print", "Print what is in force.");
  bool explain = false;
  print->add_flag("--explain", explain, "Say what each key is and where its value comes from.");
  CLI::App* migrate = app.add_subcommand("migrate", "Change the database schema.");
  migrate->require_subcommand(1);
  CLI::App* plan = migrate->add_subcommand("plan", "Print what `apply` would do.");
  CLI::App* apply = migrate->add_subcommand("apply", "Bring the schema up to date.");
  CLI::App* status = migrate->add_subcommand("status", "Print which migrations are applied.");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::ostringstream out;
    const int code = app.exit(error, out, out);
    parsed.exit_code = code == 0 ? kExitOk : kExitUsage;
    parsed.text = out.str();
    if (code != 0) {
      parsed.text = "sagad: " + std::string(error.what()) + SuggestFlag(app.remaining(true)) +
                    "\nRun `sagad --help` for what is possible.\n";
    }
    return parsed;
  }
  for (const auto& [key, value] : given) {
    if (app.get_option("--" + key)->count() > 0) line.flags[key] = {value, "--" + key};
  }
  line.style = explain ? PrintStyle::kExplain : PrintStyle::kPlain;
  if (version->parsed()) line.command = Command::kVersion;
  if (healthcheck->parsed()) line.command = Command::kHealthcheck;
  if (check->parsed()) line.command = Command::kConfigCheck;
  if (print->parsed()) line.command = Command::kConfigPrint;
  if (plan->parsed()) line.command = Command::kMigratePlan;
  if (apply->parsed()) line.command = Command::kMigrateApply;
  if (status->parsed()) line.command = Command::kMigrateStatus;
  return parsed;
}

}  // namespace saga::server
