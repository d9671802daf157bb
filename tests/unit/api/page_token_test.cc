#include "api/page_token.h"

#include <gtest/gtest.h>

namespace saga::api {
namespace {

TEST(PageTokenTest, ATokenIsReadBackByTheRequestItWasMadeFor) {
  const std::string scope = TokenScope({"ListSagas", "default", "state=RUNNING"});
  const RowCursor cursor{FromMicros(1234567), SagaId("default", "ord-1")};

  const auto read = ReadRowToken(scope, MakePageToken(scope, FormatRowCursor(cursor)));

  ASSERT_TRUE(read.ok());
  EXPECT_EQ((*read)->created, cursor.created);
  EXPECT_EQ((*read)->saga, cursor.saga);
}

TEST(PageTokenTest, AnotherFilterOrNonsenseIsAMismatch) {
  const std::string scope = TokenScope({"ListSagas", "default", "state=RUNNING"});
  const std::string other = TokenScope({"ListSagas", "default", ""});
  const std::string token = MakePageToken(scope, "12");

  for (const std::string& wrong : {token, std::string("nonsense"), other + "0g", other + "ff1",
                                   MakePageToken(other, "1|x"), MakePageToken(other, "|a/b")}) {
    const auto read = ReadRowToken(other, wrong);
    ASSERT_FALSE(read.ok()) << wrong;
    EXPECT_EQ(read.status().reason(), "PAGE_TOKEN_MISMATCH");
  }
}

TEST(PageTokenTest, NoTokenIsTheFirstPage) {
  EXPECT_EQ(*ReadNumberToken("scope", ""), std::nullopt);
}

TEST(PageTokenTest, PartsOfAScopeCannotFlowIntoEachOther) {
  EXPECT_NE(TokenScope({"ab", "c"}), TokenScope({"a", "bc"}));
}

TEST(PageTokenTest, AWatchCursorHoldsOnePositionPerShard) {
  const std::vector<JournalSeq> positions = {JournalSeq{0}, JournalSeq{255}, JournalSeq{7}};

  EXPECT_EQ(*ParseWatchCursor(FormatWatchCursor(positions), 3), positions);
  EXPECT_FALSE(ParseWatchCursor(FormatWatchCursor(positions), 4).ok());
  for (const char* text : {"w1-", "w1-x", "w2-1-2-3", "w1-1-2-3-", "w1-11111111111111111-1-1"}) {
    EXPECT_FALSE(ParseWatchCursor(text, 3).ok()) << text;
  }
}

}  // namespace
}  // namespace saga::api
