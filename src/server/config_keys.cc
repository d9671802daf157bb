#include <fmt/format.h>

#include <array>
#include <charconv>
#include <limits>
#include <utility>

#include "base/duration.h"
#include "base/suggest.h"
#include "orchestrator/core/ids.h"
#include "server/config.h"
#include "server/host_port.h"

namespace saga::server {
namespace {

Status Wrong(std::string what) {
  return {StatusCode::kInvalidArgument, "CONFIG_INVALID", std::move(what)};
}

struct NumberRange {
  std::int64_t min;
  std::int64_t max;
};

ConfigKey Number(std::string_view name, std::int64_t Config::*field, NumberRange range,
                 std::string_view help) {
  return {
      name, "number", help,
      [field, range](Config& config, const std::string& text) {
        std::int64_t value = 0;
        const char* end = text.data() + text.size();
        const auto [stop, error] = std::from_chars(text.data(), end, value);
        if (error != std::errc() || stop != end) {
          return Wrong(fmt::format("'{}' is no whole number", text));
        }
        if (value < range.min || value > range.max) {
          return Wrong(fmt::format("{} is out of range: {} to {}", value, range.min, range.max));
        }
        config.*field = value;
        return Status::Ok();
      },
      [field](const Config& config) { return std::to_string(config.*field); }};
}

struct DurationRange {
  std::chrono::milliseconds min;
  std::chrono::milliseconds max;
};

ConfigKey Period(std::string_view name, std::chrono::milliseconds Config::*field,
                 DurationRange range, std::string_view help) {
  return {name, "duration", help,
          [field, range](Config& config, const std::string& text) -> Status {
            const Result<std::chrono::milliseconds> value = ParseDuration(text);
            if (!value.ok()) return Wrong(value.status().message());
            if (*value < range.min || *value > range.max) {
              return Wrong(fmt::format("{} is out of range: {} to {}", text,
                                       FormatDuration(range.min), FormatDuration(range.max)));
            }
            config.*field = *value;
            return Status::Ok();
          },
          [field](const Config& config) { return FormatDuration(config.*field); }};
}

ConfigKey Address(std::string_view name, std::string Config::*field, std::string_view help) {
  return {name, "host:port", help,
          [field](Config& config, const std::string& text) -> Status {
            if (const auto address = ParseHostPort(text); !address.ok()) {
              return Wrong(address.status().message());
            }
            config.*field = text;
            return Status::Ok();
          },
          [field](const Config& config) { return config.*field; }};
}

ConfigKey Text(std::string_view name, std::string Config::*field, std::string_view help) {
  return {name, "text", help,
          [field](Config& config, const std::string& text) {
            if (text.find('\0') != std::string::npos) return Wrong("contains a NUL character");
            config.*field = text;
            return Status::Ok();
          },
          [field](const Config& config) { return config.*field; }};
}

ConfigKey Id(std::string_view name, std::string Config::*field, std::string_view help) {
  ConfigKey key = Text(name, field, help);
  key.kind = "id";
  key.set = [field](Config& config, const std::string& text) {
    if (!IsValidId(text)) {
      return Wrong(fmt::format("'{}' is not 1 to 63 characters out of A-Z a-z 0-9 . _ -", text));
    }
    config.*field = text;
    return Status::Ok();
  };
  return key;
}

template <typename Enum, std::size_t kCount>
ConfigKey Choice(std::string_view name, std::string_view kind, Enum Config::*field,
                 std::array<std::pair<const char*, Enum>, kCount> choices, std::string_view help) {
  return {name, kind, help,
          [field, choices](Config& config, const std::string& text) {
            std::vector<std::string> names;
            for (const auto& [choice, value] : choices) {
              if (text == choice) {
                config.*field = value;
                return Status::Ok();
              }
              names.emplace_back(choice);
            }
            return Wrong(fmt::format("'{}' is none of {}{}", text, fmt::join(names, ", "),
                                     DidYouMean(text, names)));
          },
          [field, choices](const Config& config) {
            for (const auto& [choice, value] : choices) {
              if (config.*field == value) return std::string(choice);
            }
            SAGA_UNREACHABLE();
          }};
}

// A conninfo with its password replaced: configurations are printed, logged and pasted.
std::string MaskPassword(const std::string& url) {
  std::string masked = url;
  if (const std::size_t at = masked.find("password="); at != std::string::npos) {
    const std::size_t begin = at + 9;
    const bool quoted = begin < masked.size() && masked[begin] == '\'';
    const std::size_t end =
        quoted ? masked.find('\'', begin + 1) : masked.find_first_of(" &", begin);
    const std::size_t stop = end == std::string::npos ? masked.size() : end + (quoted ? 1 : 0);
    return masked.replace(begin, stop - begin, "***");
  }
  const std::size_t scheme = masked.find("://");
  const std::size_t host = masked.find('@');
  if (scheme == std::string::npos || host == std::string::npos) return masked;
  const std::size_t colon = masked.find(':', scheme + 3);
  if (colon == std::string::npos || colon > host) return masked;
  return masked.replace(colon + 1, host - colon - 1, "***");
}

ConfigKey StoreUrlKey() {
  ConfigKey key =
      Text("store.url", &Config::store_url, "PostgreSQL: a libpq connection string or URI.");
  key.show = [](const Config& config) { return MaskPassword(config.store_url); };
  return key;
}

ConfigKey LogLevelKey() {
  ConfigKey key =
      Text("log.level", &Config::log_level, "What is logged: debug, info, warn or error.");
  key.kind = "debug|info|warn|error";
  key.set = [](Config& config, const std::string& text) {
    const std::vector<std::string> levels = {"debug", "info", "warn", "error"};
    for (const std::string& level : levels) {
      if (text != level) continue;
      config.log_level = text;
      return Status::Ok();
    }
    return Wrong(fmt::format("'{}' is none of {}{}", text, fmt::join(levels, ", "),
                             DidYouMean(text, levels)));
  };
  return key;
}

std::vector<ConfigKey> MakeKeys() {
  using std::chrono::hours;
  using std::chrono::milliseconds;
  using std::chrono::minutes;
  using std::chrono::seconds;
  constexpr std::int64_t kMiB = 1 << 20;

  return {
      Choice("profile", "dev|production", &Config::profile,
             std::array{std::pair{"dev", Profile::kDev},
                        std::pair{"production", Profile::kProduction}},
             "dev applies migrations by itself and is impatient; production does neither."),
      Address("api.listen", &Config::api_listen, "Where the gRPC API listens; port 0 = any."),
      Number("api.streams_max", &Config::api_streams_max, {1, 100'000},
             "Concurrent calls of one connection."),
      Number("api.memory_bytes_max", &Config::api_memory_bytes_max, {16 * kMiB, 64 * 1024 * kMiB},
             "Memory that gRPC may use for calls in progress."),
      Number("api.threads", &Config::api_threads, {1, 64},
             "Threads for requests that wait for the database or for a participant."),
      Address("ops.listen", &Config::ops_listen,
              "Where /metrics, /livez and /readyz listen; port 0 = any."),
      StoreUrlKey(),
      Text("store.password_file", &Config::store_password_file,
           "File whose first line is the database password; keeps it out of store.url."),
      Number("store.connections_max", &Config::store_connections_max, {2, 200},
             "Database connections in all; at least cluster.shards + 4."),
      Period(
          "store.wait", &Config::store_wait, {milliseconds(0), hours(1)},
          "How long a start waits for a database that cannot be reached; 0s = 10s in dev, 60s in "
          "production."),
      Period("store.connect_timeout", &Config::store_connect_timeout, {seconds(1), minutes(1)},
             "Limit of one attempt to connect."),
      Id("cluster.name", &Config::cluster_name,
         "Part of every idempotency key and event source: never change it."),
      Number("cluster.shards", &Config::cluster_shards, {0, 1024},
             "Shards of the cluster, which its database keeps from the first start on; 0 = what it "
             "keeps, at first half the cores, 1 to 4."),
      Text("cluster.node", &Config::cluster_node,
           "Name of this process, unique in its cluster; empty = the host's name and the API's "
           "port."),
      Text(
          "cluster.address", &Config::cluster_address,
          "Where the other nodes reach this one's API; empty = api.listen, with the host's name in "
          "place of an address that means any."),
      Period("cluster.lease", &Config::cluster_lease, {seconds(2), minutes(1)},
             "Another node takes over so long after the owner was last heard of."),
      Choice("kafka.mode", "off|kafka", &Config::kafka_mode,
             std::array{std::pair{"off", KafkaMode::kOff}, std::pair{"kafka", KafkaMode::kKafka}},
             "Whether committed records are published."),
      Text("kafka.brokers", &Config::kafka_brokers,
           "Bootstrap servers, host:port separated by commas; required with kafka.mode=kafka."),
      Text("kafka.topic", &Config::kafka_topic, "Topic of all events."),
      Text("kafka.attention_topic", &Config::kafka_attention_topic,
           "Topic of what needs a person, besides; empty = none."),
      Number("kafka.backlog_max", &Config::kafka_backlog_max, {1, 1'000'000'000},
             "Records of one shard that may wait for Kafka; beyond it new sagas are refused."),
      LogLevelKey(),
      Choice("log.format", "text|json", &Config::log_format,
             std::array{std::pair{"text", LogFormat::kText}, std::pair{"json", LogFormat::kJson}},
             "One line per record, for people or for collectors."),
      Period("drain.timeout", &Config::drain_timeout, {milliseconds(0), minutes(10)},
             "After SIGTERM, how long running calls may take to answer."),
  };
}

}  // namespace

const std::vector<ConfigKey>& ConfigKeys() {
  static const std::vector<ConfigKey> keys = MakeKeys();
  return keys;
}

}  // namespace saga::server
