// Who may act for a shard, and until when. A lease decides who should own a shard (liveness); the
// fence in every append decides who can write to it (safety).
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "base/status.h"
#include "base/time.h"
#include "orchestrator/core/ids.h"

namespace saga {

// A node as the others know it.
struct NodeInfo {
  std::string node;     // Unique in its cluster.
  std::string address;  // Where the others reach its API: "10.0.0.7:7070".
  std::string version;

  bool operator==(const NodeInfo&) const = default;
};

struct ShardLease {
  ShardId shard{};
  std::string node;  // Empty = nobody.
  std::string address;
  Epoch epoch{};  // Of the last claim.
  TimePoint expires;
};

// A node that has been heard of, a while ago perhaps.
struct NodeSeen {
  NodeInfo info;
  TimePoint seen;
};

struct LeaseTable {
  TimePoint now;  // The database's clock.
  std::vector<ShardLease> shards;
  std::vector<NodeSeen> nodes;
};

enum class LeaseWish : std::uint8_t {
  kTake,  // Renew what is held, and take what is free.
  kKeep,  // Renew what is held.
};

// Threads:   one at a time.
// Promises:  at most one node holds a lease that has not expired; all leases of a node expire
//            together. Every call returns within its configured time.
// Source:    the database's clock; nobody's wall clock counts.
class LeaseStore {
 public:
  virtual ~LeaseStore() = default;

  // Says that the node is there, and what it wishes; answers with all leases and nodes.
  // Errors: STORE_UNAVAILABLE; the leases may have been renewed.
  virtual Result<LeaseTable> Renew(const NodeInfo& self, LeaseWish wish,
                                   std::chrono::milliseconds ttl) = 0;
  // Gives all leases of the node away, and takes it from the list of nodes.
  virtual Status Release(const NodeInfo& self) = 0;
};

}  // namespace saga
