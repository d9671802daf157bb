// What all commands take from flags, the environment and the profile.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "admin/times.h"
#include "base/status.h"

namespace saga::admin {

enum class OutputFormat : std::uint8_t { kTable, kWide, kJson, kJsonl, kIds };
enum class ColorMode : std::uint8_t { kAuto, kAlways, kNever };

inline constexpr std::string_view kServerDefault = "127.0.0.1:7070";
inline constexpr std::chrono::milliseconds kTimeoutDefault = std::chrono::seconds(10);
inline constexpr std::chrono::milliseconds kPatienceDefault = std::chrono::seconds(30);

// As given on the command line; empty = not given.
struct GlobalFlags {
  std::string server;
  std::string name_space;
  std::string profile;
  std::string output;
  std::string columns;
  std::string color;
  std::string time;
  std::string timeout;
  bool quiet = false;
  bool verbose = false;
  bool no_input = false;
};

struct Settings {
  std::string server;
  std::string server_from;  // Where `server` comes from, for people.
  std::string name_space;
  OutputFormat output = OutputFormat::kTable;
  std::vector<std::string> columns;
  ColorMode color = ColorMode::kAuto;
  TimeStyle time = TimeStyle::kRelative;
  std::optional<std::chrono::milliseconds> timeout;  // Only when it was given.
  // How long a server that has gone is waited for by what follows sagas.
  std::chrono::milliseconds patience = kPatienceDefault;
  bool quiet = false;
  bool verbose = false;
  bool no_input = false;
};

using GetEnv = std::function<std::optional<std::string>(const std::string& name)>;

// Flags before environment before profile before defaults.
// Errors: INVALID_ARGUMENT; NOT_FOUND when the profile cannot be read.
Result<Settings> ResolveSettings(const GlobalFlags& flags, const GetEnv& env);

// Names that --output takes.
std::vector<std::string> OutputNames();

}  // namespace saga::admin
