#include "server/database.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <fstream>
#include <string>
#include <string_view>
#include <thread>

#include "base/duration.h"
#include "base/log.h"
#include "store/cluster_secret.h"
#include "store/migrator.h"
#include "store/pg_connection.h"

namespace saga::server {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

// libpq's own rule: single quotes, with backslashes before quotes and backslashes.
std::string QuoteConninfo(const std::string& value) {
  std::string quoted = "'";
  for (const char c : value) {
    if (c == '\'' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "'";
}

std::string PercentEncode(const std::string& value) {
  std::string encoded;
  for (const char c : value) {
    const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0;
    encoded += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return encoded;
}

bool IsUri(const std::string& url) {
  return url.starts_with("postgres://") || url.starts_with("postgresql://");
}

std::string WithParameter(const std::string& url, const std::string& key,
                          const std::string& value) {
  if (!IsUri(url)) return fmt::format("{} {}={}", url, key, QuoteConninfo(value));
  const char separator = url.find('?') == std::string::npos ? '?' : '&';
  return fmt::format("{}{}{}={}", url, separator, key, PercentEncode(value));
}

Result<std::string> ReadSecret(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  if (!std::getline(file, line) || line.empty()) {
    return Status(
        StatusCode::kInvalidArgument, "CONFIG_INVALID",
        fmt::format("store.password_file: {} cannot be read, or its first line is empty", path));
  }
  return line;
}

// One line of a message that may have several: logs are read line by line.
std::string FirstLine(const std::string& message) { return message.substr(0, message.find('\n')); }

}  // namespace

Result<std::string> ConninfoOf(const Config& config) {
  std::string url = config.store_url;
  if (!config.store_password_file.empty()) {
    SAGA_ASSIGN_OR_RETURN(const std::string password, ReadSecret(config.store_password_file));
    url = WithParameter(url, "password", password);
  }
  const auto connect = std::chrono::ceil<std::chrono::seconds>(config.store_connect_timeout);
  return WithParameter(url, "connect_timeout", std::to_string(std::max<long>(2, connect.count())));
}

ConnectFailure ClassifyConnectFailure(const std::string& message) {
  constexpr std::array<std::string_view, 6> kAway = {
      "starting up",      "shutting down",        "recovery mode",
      "too many clients", "remaining connection", "terminating connection"};
  for (const std::string_view sign : kAway) {
    if (message.find(sign) != std::string::npos) return ConnectFailure::kAway;
  }
  // libpq speaks for itself where no server was reached, and quotes the server's FATAL where one
  // was.
  constexpr std::array<std::string_view, 8> kRefused = {"FATAL:",
                                                        "invalid connection option",
                                                        "missing \"=\"",
                                                        "invalid URI",
                                                        "invalid integer",
                                                        "invalid port number",
                                                        "no password supplied",
                                                        "unterminated quoted string"};
  for (const std::string_view sign : kRefused) {
    if (message.find(sign) != std::string::npos) return ConnectFailure::kRefused;
  }
  return ConnectFailure::kAway;
}

Status WaitForDatabase(const Config& config, const std::string& conninfo,
                       const std::function<bool(std::chrono::milliseconds)>& give_up) {
  const auto begin = steady_clock::now();
  auto next_line = begin;
  while (true) {
    const Status status = PgConnection(conninfo).Open();
    if (status.ok()) return status;
    const std::string why = FirstLine(status.message());
    if (ClassifyConnectFailure(status.message()) == ConnectFailure::kRefused) {
      return {StatusCode::kFailedPrecondition, "STORE_REFUSED",
              fmt::format("store.url: the database refuses the connection: {}", why)};
    }
    const auto waited =
        std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now() - begin);
    if (waited >= config.StoreWait()) {
      return {
          StatusCode::kUnavailable, "STORE_UNAVAILABLE",
          fmt::format("store.url: the database cannot be reached (waited {}, see store.wait): {}",
                      FormatDuration(config.StoreWait()), why)};
    }
    if (steady_clock::now() >= next_line) {
      spdlog::warn("waiting for the database, {} of {}: {}", FormatDuration(waited),
                   FormatDuration(config.StoreWait()), why);
      next_line = steady_clock::now() + 5s;
    }
    if (give_up(250ms)) return {StatusCode::kCancelled, "CANCELLED", "stopped by a signal"};
  }
}

Status PrepareSchema(const Config& config, const std::string& conninfo) {
  Migrator migrator(conninfo);
  SAGA_ASSIGN_OR_RETURN(SchemaState state, migrator.State());
  if (!state.pending.empty() && config.profile == Profile::kProduction) {
    return {StatusCode::kFailedPrecondition, "SCHEMA_OUTDATED",
            fmt::format("the database schema is at {}, this sagad needs {}: run `sagad migrate "
                        "apply` first (profile dev would do it by itself)",
                        state.current, state.expected)};
  }
  if (!state.pending.empty()) {
    SAGA_ASSIGN_OR_RETURN(state, migrator.Apply());
    spdlog::info("schema brought to {}", state.current);
  }
  return Status::Ok();
}

std::int64_t ShardsFor(unsigned cores) { return std::clamp<std::int64_t>(cores / 2, 1, 4); }

Status JoinConstants(Config& config, const std::string& conninfo) {
  PgConnection connection(conninfo);
  SAGA_RETURN_IF_ERROR(PinConstant(connection, "cluster.name", config.cluster_name));
  if (config.cluster_shards > 0) {
    return PinConstant(connection, "cluster.shards", std::to_string(config.cluster_shards));
  }
  const std::int64_t wished = ShardsFor(std::thread::hardware_concurrency());
  SAGA_ASSIGN_OR_RETURN(const std::string kept,
                        KeepConstant(connection, "cluster.shards", std::to_string(wished)));
  config.cluster_shards = std::stoll(kept);
  return CheckConnections(config);
}

Result<std::string> LoadSecret(const std::string& conninfo) {
  PgConnection connection(conninfo);
  return ClusterSecret(connection);
}

}  // namespace saga::server
