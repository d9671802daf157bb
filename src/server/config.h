// The configuration of sagad: sagad.yaml < environment < flags. Every key is in one table
// (config_keys.cc), which also makes the flags, `sagad config print` and the check of
// docs/reference/config.md.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/log.h"
#include "base/status.h"

namespace saga::server {

enum class Profile : std::uint8_t {
  kDev,         // Migrations by itself, short patience.
  kProduction,  // Migrations by hand, long patience.
};

enum class KafkaMode : std::uint8_t { kOff, kKafka };

// What the server runs with. The defaults are those of a developer's machine.
struct Config {
  Profile profile = Profile::kDev;

  std::string api_listen = "127.0.0.1:7070";
  std::int64_t api_streams_max = 1000;            // Concurrent calls of one connection.
  std::int64_t api_memory_bytes_max = 512 << 20;  // gRPC's own buffers.
  std::int64_t api_threads = 4;                   // For reads that block.

  std::string ops_listen = "127.0.0.1:8089";

  std::string store_url = "dbname=sagad";
  std::string store_password_file;
  std::int64_t store_connections_max = 10;
  std::chrono::milliseconds store_wait{0};  // 0 = by profile.
  std::chrono::milliseconds store_connect_timeout{3'000};

  std::string cluster_name = "dev";
  std::int64_t cluster_shards = 0;  // 0 = what the database keeps.
  std::string cluster_node;         // Empty = the host's name and the port of the API.
  std::string cluster_address;  // Empty = api.listen, or the host's name where that is any address.
  std::chrono::milliseconds cluster_lease{5'000};

  KafkaMode kafka_mode = KafkaMode::kOff;
  std::string kafka_brokers;
  std::string kafka_topic = "saga.events.v1";
  std::string kafka_attention_topic = "saga.attention.v1";
  std::int64_t kafka_backlog_max = 1'000'000;

  std::string log_level = "info";
  LogFormat log_format = LogFormat::kText;

  std::chrono::milliseconds drain_timeout{25'000};

  // What follows from the profile where nothing was said.
  std::chrono::milliseconds StoreWait() const;
};

// CONFIG_INVALID when store.connections_max is too small for cluster.shards.
Status CheckConnections(const Config& config);

// One key.
struct ConfigKey {
  std::string_view name;  // "store.url": the YAML path, the flag, and SAGAD_STORE_URL.
  std::string_view kind;  // "duration", "host:port", …: what a value looks like.
  std::string_view help;
  std::function<Status(Config&, const std::string&)> set;
  std::function<std::string(const Config&)> show;  // Secrets are masked.
};
const std::vector<ConfigKey>& ConfigKeys();

// A value with the place it came from ("sagad.yaml:3:8", "SAGAD_STORE_URL", "--store.url").
struct ConfigValue {
  std::string value;
  std::string source;
};

struct LoadedConfig {
  Config config;
  std::map<std::string, std::string, std::less<>> sources;  // Keys that are not at their default.
};

// What was given, by key.
using ConfigValues = std::map<std::string, ConfigValue, std::less<>>;

// Reads a YAML document of sections and scalars. Errors: INVALID_ARGUMENT CONFIG_INVALID with
// file:line:column and, for an unknown key, what may have been meant.
Result<ConfigValues> ParseConfigYaml(const std::string& file, const std::string& text);
Result<ConfigValues> ReadConfigFile(const std::string& path);

// SAGAD_<SECTION>_<KEY>. A variable of a known section with an unknown key is an error; others are
// not ours (Kubernetes sets SAGAD_PORT for a service of that name).
Result<ConfigValues> ReadEnvironment(const char* const* environment);

// Later layers win. Errors: CONFIG_INVALID that names the source of the wrong value.
Result<LoadedConfig> MergeConfig(const std::vector<ConfigValues>& layers);

// `config` as a document that ParseConfigYaml reads back; with `explain` each key says what it is
// and where its value comes from.
enum class PrintStyle : std::uint8_t { kPlain, kExplain };
std::string PrintConfig(const LoadedConfig& loaded, PrintStyle style);

}  // namespace saga::server
