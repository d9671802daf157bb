// Lists, rows, histories and audit entries from PostgreSQL.
#pragma once

#include "orchestrator/saga_reader.h"
#include "store/pg_pool.h"

namespace saga {

// Threads: any. Borrows the pool, which must outlive it.
class PgReader final : public SagaReader {
 public:
  explicit PgReader(PgPool& pool) : pool_(pool) {}

  Result<RowPage> ListRows(const std::string& name_space, const RowFilter& filter, RowOrder order,
                           const std::optional<RowCursor>& after, std::size_t rows_max) override;
  Result<std::optional<SagaRow>> GetRow(const SagaId& saga) override;
  Result<std::optional<std::string>> GetHistory(const SagaId& saga) override;
  Result<std::vector<StuckGroupRow>> ListStuckGroups(const std::string& name_space,
                                                     const RowFilter& filter,
                                                     std::size_t groups_max) override;
  Result<AuditPage> ListAudit(const std::string& name_space, const AuditFilter& filter,
                              std::optional<std::int64_t> before, std::size_t entries_max) override;
  Result<std::vector<std::pair<std::pair<std::string, std::uint32_t>, std::int64_t>>> CountLive(
      const std::string& name_space) override;

 private:
  PgPool& pool_;
};

}  // namespace saga
