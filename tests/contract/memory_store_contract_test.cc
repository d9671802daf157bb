#include "contract/catalog_contract.h"
#include "contract/journal_contract.h"
#include "contract/journal_truncation_contract.h"
#include "contract/lease_contract.h"
#include "contract/reader_contract.h"
#include "store/memory_leases.h"
#include "store/memory_store.h"

namespace saga::testing {
namespace {

class MemoryStoreUnderTest final : public StoreUnderTest {
 public:
  std::unique_ptr<Journal> MakeJournal() override { return store_.MakeJournal(); }
  SagaReader& reader() override { return store_; }
  CatalogStore& catalog() override { return store_; }
  void Truncate() override { store_.Truncate(); }

 private:
  MemoryStore store_;
};

class MemoryLeasesUnderTest final : public LeasesUnderTest {
 public:
  std::unique_ptr<LeaseStore> Open() override { return std::make_unique<MemoryLeases>(board_); }
  void Pass(std::chrono::milliseconds time) override { board_->Pass(time); }

 private:
  const std::shared_ptr<MemoryLeaseBoard> board_ =
      std::make_shared<MemoryLeaseBoard>(kLeasedShards);
};

std::unique_ptr<LeasesUnderTest> MakeBoard() { return std::make_unique<MemoryLeasesUnderTest>(); }

std::unique_ptr<StoreUnderTest> Make() { return std::make_unique<MemoryStoreUnderTest>(); }

}  // namespace

INSTANTIATE_TEST_SUITE_P(Memory, JournalContract, ::testing::Values(&Make));
INSTANTIATE_TEST_SUITE_P(Memory, ReaderContract, ::testing::Values(&Make));
INSTANTIATE_TEST_SUITE_P(Memory, CatalogContract, ::testing::Values(&Make));
INSTANTIATE_TEST_SUITE_P(Memory, LeaseContract, ::testing::Values(&MakeBoard));

}  // namespace saga::testing
