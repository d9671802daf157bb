// What sagad was asked to do.
#pragma once

#include <optional>
#include <string>

#include "base/status.h"
#include "server/config.h"

namespace saga::server {

enum class Command : std::uint8_t {
  kServe,
  kMigratePlan,
  kMigrateApply,
  kMigrateStatus,
  kConfigCheck,
  kConfigPrint,
  kHealthcheck,
  kVersion,
};

struct CommandLine {
  Command command = Command::kServe;
  std::string config_file;  // Empty = none.
  PrintStyle style = PrintStyle::kPlain;
  ConfigValues flags;
};

// What came of reading the arguments: a command, or a text to print and an exit code.
struct ParsedArguments {
  CommandLine line;
  std::optional<int> exit_code;  // Set = print `text` and end.
  std::string text;
};

// Exit code 2 for flags and arguments that are wrong.
ParsedArguments ParseArguments(int argc, const char* const* argv);

}  // namespace saga::server
