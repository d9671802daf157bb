// The limits of the barrier and its connections.
#pragma once

#include <chrono>
#include <cstddef>

namespace saga::sdk {

// A statement that takes longer is cancelled by the database: an undo may wait that long for its
// action to end.
inline constexpr std::chrono::milliseconds kStatementTimeout{10'000};
// A transaction whose owner has gone is ended by the database.
inline constexpr std::chrono::milliseconds kIdleTransactionTimeout{20'000};
inline constexpr std::chrono::seconds kConnectTimeout{5};
// Bytes sent and not acknowledged for so long mean that the connection is lost.
inline constexpr std::chrono::milliseconds kTcpUserTimeout{15'000};
static_assert(kStatementTimeout < kTcpUserTimeout, "a slow statement is no lost connection");

// How long a call waits for a free connection before it is refused.
inline constexpr std::chrono::milliseconds kAcquireTimeout{5'000};
inline constexpr std::size_t kConnectionsMax = 256;

inline constexpr std::size_t kKeyBytesMax = 512;  // Cluster, namespace, saga, step and operation.

}  // namespace saga::sdk
