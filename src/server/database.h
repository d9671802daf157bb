// Getting at the database at a start: patience where it is merely away, an answer at once where it
// says no, and the schema.
#pragma once

#include <functional>
#include <string>

#include "base/status.h"
#include "server/config.h"

namespace saga::server {

// store.url with the password of store.password_file and a time-out. Errors: CONFIG_INVALID.
Result<std::string> ConninfoOf(const Config& config);

// What an attempt to connect says about the next one.
enum class ConnectFailure : std::uint8_t {
  kAway,     // Nobody answers, or it is starting or full: it may answer later.
  kRefused,  // It answers no: the user, the password, the database, the URL. Waiting helps nobody.
};
ConnectFailure ClassifyConnectFailure(const std::string& message);

// Waits until the database answers, at most config.StoreWait(), with a log line now and then. Stops
// when `give_up` says so. Errors: UNAVAILABLE STORE_UNAVAILABLE; FAILED_PRECONDITION STORE_REFUSED;
// CANCELLED when given up.
Status WaitForDatabase(const Config& config, const std::string& conninfo,
                       const std::function<bool(std::chrono::milliseconds)>& give_up);

// In dev brings the schema up to date; in production demands that it is.
// Errors: FAILED_PRECONDITION SCHEMA_OUTDATED, SCHEMA_NEWER.
Status PrepareSchema(const Config& config, const std::string& conninfo);

// Pins the constants of the cluster, and takes over what the configuration leaves to it.
// Requires: PrepareSchema. Errors: FAILED_PRECONDITION CLUSTER_MISMATCH; CONFIG_INVALID where the
// configuration does not fit the cluster.
Status JoinConstants(Config& config, const std::string& conninfo);

// How many shards a new cluster gets on a machine of so many cores. A shard is one thread and one
// stream of commits: fewer of them commit more at once, more of them use more cores.
std::int64_t ShardsFor(unsigned cores);

// The cluster's secret. Requires: PrepareSchema. Errors: UNAVAILABLE STORE_UNAVAILABLE.
Result<std::string> LoadSecret(const std::string& conninfo);

}  // namespace saga::server
