#include <chrono>
#include <pqxx/pqxx>

#include "contract/catalog_contract.h"
#include "contract/journal_contract.h"
#include "contract/journal_truncation_contract.h"
#include "contract/lease_contract.h"
#include "contract/reader_contract.h"
#include "store/maintenance.h"
#include "store/migrator.h"
#include "store/pg_catalog.h"
#include "store/pg_journal.h"
#include "store/pg_leases.h"
#include "store/pg_reader.h"
#include "support/postgres.h"

namespace saga::testing {
namespace {

class PgStoreUnderTest final : public StoreUnderTest {
 public:
  PgStoreUnderTest()
      : conninfo_(test::PrivatePostgres::Shared().CreateDatabase()),
        pool_(conninfo_, 2),
        reader_(pool_),
        catalog_(pool_) {
    const auto state = Migrator(conninfo_).Apply();
    EXPECT_TRUE(state.ok()) << state.status().ToString();
  }

  std::unique_ptr<Journal> MakeJournal() override { return std::make_unique<PgJournal>(conninfo_); }
  SagaReader& reader() override { return reader_; }
  CatalogStore& catalog() override { return catalog_; }
  void Truncate() override {
    // Segments of any size are closed, so that every entry is in one that may be truncated.
    Maintenance maintenance(conninfo_, {.segment_bytes = 0});
    EXPECT_TRUE(maintenance.CloseSegment().ok());
    EXPECT_TRUE(maintenance.TruncateSegments().ok());
  }

 private:
  const std::string conninfo_;
  PgPool pool_;
  PgReader reader_;
  PgCatalog catalog_;
};

class PgLeasesUnderTest final : public LeasesUnderTest {
 public:
  PgLeasesUnderTest() : conninfo_(test::PrivatePostgres::Shared().CreateDatabase()) {
    const auto state = Migrator(conninfo_).Apply();
    EXPECT_TRUE(state.ok()) << state.status().ToString();
  }
  std::unique_ptr<LeaseStore> Open() override {
    return std::make_unique<PgLeases>(conninfo_, kLeasedShards);
  }
  // Leases are timed by the database's clock, so it is asked to wait.
  void Pass(std::chrono::milliseconds time) override {
    pqxx::connection session(conninfo_);
    pqxx::nontransaction(session).exec_params("SELECT pg_sleep($1)",
                                              std::chrono::duration<double>(time).count());
  }

 private:
  const std::string conninfo_;
};

std::unique_ptr<LeasesUnderTest> MakeLeasesInPostgres() {
  return std::make_unique<PgLeasesUnderTest>();
}

std::unique_ptr<StoreUnderTest> Make() { return std::make_unique<PgStoreUnderTest>(); }

}  // namespace

INSTANTIATE_TEST_SUITE_P(Postgres, JournalContract, ::testing::Values(&Make));
INSTANTIATE_TEST_SUITE_P(Postgres, ReaderContract, ::testing::Values(&Make));
INSTANTIATE_TEST_SUITE_P(Postgres, CatalogContract, ::testing::Values(&Make));
INSTANTIATE_TEST_SUITE_P(Postgres, LeaseContract, ::testing::Values(&MakeLeasesInPostgres));

}  // namespace saga::testing
