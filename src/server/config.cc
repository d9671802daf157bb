#include "server/config.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <sstream>
#include <string_view>

#include "base/duration.h"
#include "base/suggest.h"

namespace saga::server {
namespace {

using namespace std::chrono_literals;

Status Wrong(std::string what) {
  return {StatusCode::kInvalidArgument, "CONFIG_INVALID", std::move(what)};
}

const ConfigKey* FindKey(std::string_view name) {
  for (const ConfigKey& key : ConfigKeys()) {
    if (key.name == name) return &key;
  }
  return nullptr;
}

// "store.url" -> "SAGAD_STORE_URL".
std::string VariableOf(std::string_view key) {
  std::string variable = "SAGAD_";
  for (const char c : key) {
    variable += c == '.' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return variable;
}

}  // namespace

Status CheckConnections(const Config& config) {
  const std::int64_t least = config.cluster_shards + 3;
  if (config.store_connections_max >= least) return Status::Ok();
  return Wrong(
      fmt::format("store.connections_max: {} is too few for {} shards; at least {} are needed",
                  config.store_connections_max, config.cluster_shards, least));
}

namespace {

// Two keys that only make sense together.
Status CheckTogether(const LoadedConfig& loaded) {
  const Config& config = loaded.config;
  if (config.kafka_mode == KafkaMode::kKafka && config.kafka_brokers.empty()) {
    return Wrong("kafka.brokers: is required with kafka.mode=kafka");
  }
  if (config.kafka_mode == KafkaMode::kKafka && config.kafka_topic.empty()) {
    return Wrong("kafka.topic: must not be empty with kafka.mode=kafka");
  }
  SAGA_RETURN_IF_ERROR(CheckConnections(config));
  if (config.api_listen == config.ops_listen && !config.api_listen.ends_with(":0")) {
    return Wrong(fmt::format("ops.listen: {} is taken by api.listen", config.ops_listen));
  }
  return Status::Ok();
}

bool NeedsQuotes(const std::string& value) {
  if (value.empty()) return true;
  return value.find_first_of(":#{}[],&*!|>'\"%@`= ") != std::string::npos;
}

std::string Quoted(const std::string& value) {
  if (!NeedsQuotes(value)) return value;
  std::string quoted = "\"";
  for (const char c : value) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "\"";
}

}  // namespace

std::chrono::milliseconds Config::StoreWait() const {
  if (store_wait > 0ms) return store_wait;
  return profile == Profile::kDev ? 10s : 60s;
}

Result<ConfigValues> ReadConfigFile(const std::string& path) {
  std::ifstream file(path);
  if (!file) return Wrong(fmt::format("{}: cannot be read", path));
  std::stringstream text;
  text << file.rdbuf();
  if (file.bad()) return Wrong(fmt::format("{}: cannot be read", path));
  return ParseConfigYaml(path, text.str());
}

Result<ConfigValues> ReadEnvironment(const char* const* environment) {
  std::vector<std::string> known;
  std::vector<std::string> sections;
  for (const ConfigKey& key : ConfigKeys()) {
    known.push_back(VariableOf(key.name));
    const std::size_t dot = key.name.find('.');
    if (dot != std::string_view::npos)
      sections.push_back(VariableOf(key.name.substr(0, dot)) + "_");
  }
  ConfigValues values;
  for (; *environment != nullptr; ++environment) {
    const std::string_view entry(*environment);
    const std::size_t equals = entry.find('=');
    if (!entry.starts_with("SAGAD_") || equals == std::string_view::npos) continue;
    const std::string variable(entry.substr(0, equals));
    const auto found = std::find(known.begin(), known.end(), variable);
    if (found != known.end()) {
      const ConfigKey& key = ConfigKeys()[static_cast<std::size_t>(found - known.begin())];
      values[std::string(key.name)] = {std::string(entry.substr(equals + 1)), variable};
      continue;
    }
    const bool ours =
        std::any_of(sections.begin(), sections.end(),
                    [&](const std::string& section) { return variable.starts_with(section); });
    if (ours) {
      return Wrong(fmt::format("{}: unknown variable{}", variable, DidYouMean(variable, known)));
    }
  }
  return values;
}

Result<LoadedConfig> MergeConfig(const std::vector<ConfigValues>& layers) {
  LoadedConfig loaded;
  for (const ConfigValues& layer : layers) {
    for (const auto& [name, given] : layer) {
      const ConfigKey* key = FindKey(name);
      SAGA_CHECK(key != nullptr);  // The readers of the layers refuse unknown keys.
      if (const Status status = key->set(loaded.config, given.value); !status.ok()) {
        return Wrong(fmt::format("{}: {}: {}", given.source, name, status.message()));
      }
      loaded.sources[name] = given.source;
    }
  }
  SAGA_RETURN_IF_ERROR(CheckTogether(loaded));
  return loaded;
}

std::string PrintConfig(const LoadedConfig& loaded, PrintStyle style) {
  std::string text;
  std::string section;
  for (const ConfigKey& key : ConfigKeys()) {
    const std::size_t dot = key.name.find('.');
    const bool top = dot == std::string_view::npos;
    const std::string_view indent = top ? "" : "  ";
    if (!top && key.name.substr(0, dot) != section) {
      section = key.name.substr(0, dot);
      text += fmt::format("{}:\n", section);
    }
    if (style == PrintStyle::kExplain) {
      const auto source = loaded.sources.find(key.name);
      text += fmt::format("{}# {} ({}; {})\n", indent, key.help, key.kind,
                          source == loaded.sources.end() ? "default" : "from " + source->second);
    }
    text += fmt::format("{}{}: {}\n", indent, top ? key.name : key.name.substr(dot + 1),
                        Quoted(key.show(loaded.config)));
  }
  return text;
}

}  // namespace saga::server
