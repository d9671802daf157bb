#include "admin/settings.h"

#include <fmt/format.h>

#include <fstream>
#include <map>
#include <sstream>
#include <utility>

#include "admin/call_error.h"
#include "admin/text.h"
#include "base/duration.h"
#include "base/suggest.h"

namespace saga::admin {
namespace {

template <typename Value>
using Choices = std::vector<std::pair<std::string, Value>>;

const Choices<OutputFormat>& Outputs() {
  static const Choices<OutputFormat> outputs = {{"table", OutputFormat::kTable},
                                                {"wide", OutputFormat::kWide},
                                                {"json", OutputFormat::kJson},
                                                {"jsonl", OutputFormat::kJsonl},
                                                {"ids", OutputFormat::kIds}};
  return outputs;
}

template <typename Value>
Result<Value> Choose(std::string_view flag, const std::string& text,
                     const Choices<Value>& choices) {
  std::vector<std::string> names;
  for (const auto& [name, value] : choices) {
    if (name == text) return value;
    names.push_back(name);
  }
  return UsageError(fmt::format("{} is one of {}, not '{}'{}", flag, Join(names, ", "), text,
                                DidYouMean(text, names)));
}

// Lines of `key: value`; '#' begins a comment. `./saga up` writes such a file.
Result<std::map<std::string, std::string>> ReadProfile(const std::string& path) {
  std::ifstream file(path);
  if (!file) {
    return Status(StatusCode::kNotFound, "PROFILE_NOT_FOUND",
                  fmt::format("cannot read the profile '{}'", path));
  }
  std::map<std::string, std::string> values;
  int number = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    const std::string_view content = Trim(std::string_view(line).substr(0, line.find('#')));
    if (content.empty()) continue;
    const std::size_t colon = content.find(':');
    if (colon == content.npos) {
      return UsageError(fmt::format("{}:{}: expected 'key: value'", path, number));
    }
    std::string_view value = Trim(content.substr(colon + 1));
    if (value.size() >= 2 && value.front() == value.back() &&
        (value.front() == '"' || value.front() == '\'')) {
      value = value.substr(1, value.size() - 2);
    }
    values[std::string(Trim(content.substr(0, colon)))] = std::string(value);
  }
  return values;
}

std::vector<std::string> SplitAtCommas(const std::string& text) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, ',');) {
    if (const std::string_view trimmed = Trim(part); !trimmed.empty()) parts.emplace_back(trimmed);
  }
  return parts;
}

Status ResolveServer(const GlobalFlags& flags, const GetEnv& env, Settings& settings) {
  std::map<std::string, std::string> profile;
  const std::string path =
      !flags.profile.empty() ? flags.profile : env("SAGACTL_PROFILE").value_or("");
  if (!path.empty()) {
    SAGA_ASSIGN_OR_RETURN(profile, ReadProfile(path));
  }
  settings.name_space = !flags.name_space.empty()       ? flags.name_space
                        : env("SAGACTL_NAMESPACE")      ? *env("SAGACTL_NAMESPACE")
                        : profile.contains("namespace") ? profile["namespace"]
                                                        : "default";
  if (!flags.server.empty()) {
    settings.server = flags.server;
    settings.server_from = "--server";
  } else if (const auto server = env("SAGACTL_SERVER"); server && !server->empty()) {
    settings.server = *server;
    settings.server_from = "SAGACTL_SERVER";
  } else if (profile.contains("server")) {
    settings.server = profile["server"];
    settings.server_from = "the profile " + path;
  } else {
    settings.server = std::string(kServerDefault);
    settings.server_from = "the default";
  }
  return Status::Ok();
}

}  // namespace

std::vector<std::string> OutputNames() {
  std::vector<std::string> names;
  for (const auto& [name, value] : Outputs()) names.push_back(name);
  return names;
}

Result<Settings> ResolveSettings(const GlobalFlags& flags, const GetEnv& env) {
  Settings settings;
  SAGA_RETURN_IF_ERROR(ResolveServer(flags, env, settings));
  if (!flags.output.empty()) {
    SAGA_ASSIGN_OR_RETURN(settings.output, Choose("--output", flags.output, Outputs()));
  }
  if (!flags.color.empty()) {
    SAGA_ASSIGN_OR_RETURN(settings.color, Choose<ColorMode>("--color", flags.color,
                                                            {{"auto", ColorMode::kAuto},
                                                             {"always", ColorMode::kAlways},
                                                             {"never", ColorMode::kNever}}));
  } else if (const auto no_color = env("NO_COLOR"); no_color && !no_color->empty()) {
    settings.color = ColorMode::kNever;
  }
  if (!flags.time.empty()) {
    SAGA_ASSIGN_OR_RETURN(settings.time, Choose<TimeStyle>("--time", flags.time,
                                                           {{"relative", TimeStyle::kRelative},
                                                            {"iso", TimeStyle::kIso}}));
  }
  if (const auto text = env("SAGACTL_PATIENCE"); text && !text->empty()) {
    const Result<std::chrono::milliseconds> patience = ParseDuration(*text);
    if (!patience.ok()) {
      return UsageError(
          fmt::format("SAGACTL_PATIENCE is a time with its unit, as 30s, not '{}'", *text));
    }
    settings.patience = *patience;
  }
  if (!flags.timeout.empty()) {
    const Result<std::chrono::milliseconds> timeout = ParseDuration(flags.timeout);
    if (!timeout.ok() || *timeout <= std::chrono::milliseconds::zero()) {
      return UsageError(fmt::format("--timeout is a time with its unit, as 10s or 1m30s, not '{}'",
                                    flags.timeout));
    }
    settings.timeout = *timeout;
  }
  settings.columns = SplitAtCommas(flags.columns);
  settings.quiet = flags.quiet;
  settings.verbose = flags.verbose;
  settings.no_input = flags.no_input;
  return settings;
}

}  // namespace saga::admin
