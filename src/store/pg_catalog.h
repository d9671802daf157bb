// Definition versions and participants in PostgreSQL.
#pragma once

#include "orchestrator/catalog.h"
#include "store/pg_pool.h"

namespace saga {

// Threads: any. Borrows the pool, which must outlive it.
class PgCatalog final : public CatalogStore {
 public:
  explicit PgCatalog(PgPool& pool) : pool_(pool) {}

  Result<RegisteredVersion> RegisterDefinition(const DefinitionVersion& candidate,
                                               const AuditEntry& audit) override;
  Result<std::vector<DefinitionVersion>> LoadDefinitions() override;
  Result<DefinitionVersion> ActivateDefinition(const std::string& name_space,
                                               const std::string& name, std::uint32_t version,
                                               const AuditEntry& audit) override;
  Result<DefinitionVersion> RetireDefinition(const std::string& name_space, const std::string& name,
                                             std::uint32_t version,
                                             const AuditEntry& audit) override;
  Result<bool> SaveParticipant(const ParticipantRecord& participant,
                               const AuditEntry& audit) override;
  Result<std::vector<ParticipantRecord>> LoadParticipants() override;
  Status AddAuditEntry(const AuditEntry& entry) override;

 private:
  Result<DefinitionVersion> Find(const std::string& name_space, const std::string& name,
                                 std::uint32_t version);

  PgPool& pool_;
};

}  // namespace saga
