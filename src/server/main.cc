// sagad: the saga orchestration server.
#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

#include "base/log.h"
#include "base/version.h"
#include "server/command_line.h"
#include "server/config.h"
#include "server/database.h"
#include "server/exit_codes.h"
#include "server/healthcheck.h"
#include "server/server.h"
#include "server/service_manager.h"
#include "server/signals.h"
#include "store/migrator.h"

namespace saga::server {
namespace {

int Fail(const Status& status, int exit_code) {
  fmt::print(stderr, "sagad: {}\n", status.message());
  return exit_code;
}

Result<LoadedConfig> LoadConfig(const CommandLine& line) {
  std::vector<ConfigValues> layers;
  if (!line.config_file.empty()) {
    SAGA_ASSIGN_OR_RETURN(ConfigValues file, ReadConfigFile(line.config_file));
    layers.push_back(std::move(file));
  }
  SAGA_ASSIGN_OR_RETURN(ConfigValues environment, ReadEnvironment(environ));
  layers.push_back(std::move(environment));
  layers.push_back(line.flags);
  return MergeConfig(layers);
}

int PrintSchema(const Result<SchemaState>& state) {
  if (!state.ok()) return Fail(state.status(), kExitFailed);
  fmt::print("schema {} of {}\n", state->current, state->expected);
  for (const std::string& migration : state->pending) fmt::print("pending  {}\n", migration);
  return kExitOk;
}

int Migrate(const Config& config, Command command) {
  const Result<std::string> conninfo = ConninfoOf(config);
  if (!conninfo.ok()) return Fail(conninfo.status(), kExitUsage);
  const Status reached = WaitForDatabase(config, *conninfo, [](std::chrono::milliseconds pause) {
    usleep(static_cast<useconds_t>(pause.count() * 1000));
    return false;
  });
  if (!reached.ok()) return Fail(reached, kExitFailed);
  Migrator migrator(*conninfo);
  if (command == Command::kMigrateApply) return PrintSchema(migrator.Apply());
  if (command == Command::kMigrateStatus) return PrintSchema(migrator.State());
  const Result<SchemaState> state = migrator.State();
  if (!state.ok()) return Fail(state.status(), kExitFailed);
  if (state->pending.empty()) fmt::print("-- nothing to do: the schema is at {}\n", state->current);
  for (const Migration& migration : Migrations()) {
    if (migration.number <= state->current) continue;
    fmt::print("-- {}\n{}\n", migration.name, migration.sql);
  }
  return kExitOk;
}

void Tell(std::string_view state) {
  const Status told = TellServiceManager(state);
  if (!told.ok()) spdlog::warn("{}", told.message());
}

int Serve(const Config& config) {
  const Signals signals;
  Server server(config, [&](std::chrono::milliseconds limit) { return signals.WaitFor(limit); });
  const Status started = server.Start();
  if (started.code() == StatusCode::kCancelled) return kExitOk;
  if (!started.ok()) {
    spdlog::error("sagad cannot start: {}", started.message());
    return started.reason() == "CONFIG_INVALID" ? kExitUsage : kExitFailed;
  }
  Tell(kServiceReady);
  server.Run();
  Tell(kServiceStopping);
  server.Stop();
  return kExitOk;
}

int Main(int argc, char** argv) {
  const ParsedArguments arguments = ParseArguments(argc, argv);
  if (arguments.exit_code) {
    std::fputs(arguments.text.c_str(), *arguments.exit_code == kExitOk ? stdout : stderr);
    return *arguments.exit_code;
  }
  const CommandLine& line = arguments.line;
  if (line.command == Command::kVersion) {
    fmt::print("sagad {}\n", Version());
    return kExitOk;
  }
  const Result<LoadedConfig> loaded = LoadConfig(line);
  if (!loaded.ok()) return Fail(loaded.status(), kExitUsage);
  const Config& config = loaded->config;
  switch (line.command) {
    case Command::kConfigCheck:
      fmt::print("the configuration is fine\n");
      return kExitOk;
    case Command::kConfigPrint:
      std::fputs(PrintConfig(*loaded, line.style).c_str(), stdout);
      return kExitOk;
    case Command::kMigratePlan:
    case Command::kMigrateApply:
    case Command::kMigrateStatus:
      return Migrate(config, line.command);
    case Command::kHealthcheck: {
      const Status ready = AskReadiness(config.ops_listen);
      if (!ready.ok()) return Fail(ready, kExitFailed);
      fmt::print("ready\n");
      return kExitOk;
    }
    case Command::kVersion:
    case Command::kServe:
      break;
  }
  if (const Status status = SetUpLogging(config.log_level, config.log_format); !status.ok()) {
    return Fail(status, kExitUsage);
  }
  return Serve(config);
}

}  // namespace
}  // namespace saga::server

int main(int argc, char** argv) { return saga::server::Main(argc, argv); }
