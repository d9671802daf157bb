// The secret that all nodes of a cluster share.
#pragma once

#include <string>

#include "base/status.h"
#include "store/pg_connection.h"

namespace saga {

// 32 random bytes, made by whoever asks first and kept in the database: every node gets the same.
// Errors: UNAVAILABLE STORE_UNAVAILABLE.
Result<std::string> ClusterSecret(PgConnection& connection);

}  // namespace saga
