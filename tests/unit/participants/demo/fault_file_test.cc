#include "participants/demo/fault_file.h"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>

#include "support/process.h"
#include "support/wait.h"

namespace saga::demo {
namespace {

using test::WaitUntil;
constexpr std::chrono::seconds kLimit{10};

class FaultFileTest : public testing::Test {
 protected:
  ~FaultFileTest() override { std::filesystem::remove_all(folder_); }

  // As ./saga chaos does it: whole or not at all.
  void Write(const char* text) {
    std::ofstream(folder_ / "new") << text;
    std::filesystem::rename(folder_ / "new", path_);
  }

  const std::filesystem::path folder_ = test::MakeTempFolder("faults");
  const std::filesystem::path path_ = folder_ / "inventory";
};

TEST_F(FaultFileTest, AFileThatIsNotThereMeansNoFaults) {
  const FaultFile file(path_, [](const Faults&) {});
  EXPECT_EQ(*file.current(), Faults());
}

TEST_F(FaultFileTest, ChangesAreSeenAndToldOnce) {
  Write("down");
  std::atomic<int> told = 0;
  const FaultFile file(path_, [&](const Faults&) { ++told; });
  EXPECT_EQ(file.current()->presence, Presence::kDown);

  Write("up");
  EXPECT_TRUE(WaitUntil(kLimit, [&] { return file.current()->presence == Presence::kUp; }));
  EXPECT_TRUE(WaitUntil(kLimit, [&] { return told == 2; }));
  std::filesystem::remove(path_);
  Write("slow");
  // The faults count before anybody is told of them, so the last call is waited for too.
  EXPECT_TRUE(WaitUntil(kLimit, [&] { return file.current()->delay == kSlowDelay && told >= 3; }));
  EXPECT_EQ(told, 3);
}

TEST_F(FaultFileTest, AFileThatCannotBeUnderstoodChangesNothing) {
  Write("down nonsense=1");
  std::atomic<int> told = 0;
  const FaultFile file(path_, [&](const Faults&) { ++told; });
  EXPECT_EQ(*file.current(), Faults());
  EXPECT_EQ(told, 0);

  Write("slow");
  EXPECT_TRUE(WaitUntil(kLimit, [&] { return file.current()->delay == kSlowDelay; }));
}

}  // namespace
}  // namespace saga::demo
