#include "store/cluster_secret.h"

#include <openssl/rand.h>

namespace saga {
namespace {

constexpr std::size_t kSecretBytes = 32;
constexpr const char* kName = "task-token";

}  // namespace

Result<std::string> ClusterSecret(PgConnection& connection) {
  std::string fresh(kSecretBytes, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(fresh.data()), static_cast<int>(fresh.size())) !=
      1) {
    return InternalError("this machine has no random numbers to make a secret of");
  }
  SAGA_RETURN_IF_ERROR(connection
                           .Execute("INSERT INTO cluster_secrets (name, secret) VALUES ($1, $2) "
                                    "ON CONFLICT DO NOTHING",
                                    PgParams().Add(kName).AddBytes(std::move(fresh)))
                           .status());
  SAGA_ASSIGN_OR_RETURN(const PgResult stored,
                        connection.Execute("SELECT secret FROM cluster_secrets WHERE name = $1",
                                           PgParams().Add(kName)));
  if (stored.size() != 1) return InternalError("the cluster's secret has left the database");
  return stored.Bytes(0, 0);
}

}  // namespace saga
