#include "server/database.h"

#include <gtest/gtest.h>

namespace saga::server {
namespace {

TEST(ClusterTest, SmallMachinesGetOneShardAndLargeOnesNoMoreThanFour) {
  EXPECT_EQ(ShardsFor(0), 1);
  EXPECT_EQ(ShardsFor(2), 1);
  EXPECT_EQ(ShardsFor(4), 2);
  EXPECT_EQ(ShardsFor(64), 4);
}

}  // namespace
}  // namespace saga::server
