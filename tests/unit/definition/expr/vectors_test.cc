// Runs the vectors: one line per case, "expression => outcome" (see Outcome). Written from the text
// of the CEL specification; what differs from it is in docs/reference/expressions.md.
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "world.h"

namespace saga::expr::test {
namespace {

class VectorsTest : public testing::TestWithParam<const char*> {};

// <NL> in a vector is a line break of the expression: the files have a line per case.
std::string WithLineBreaks(std::string text) {
  for (std::size_t at = text.find("<NL>"); at != std::string::npos; at = text.find("<NL>")) {
    text.replace(at, 4, "\n");
  }
  return text;
}

TEST_P(VectorsTest, EveryExpressionHasTheOutcomeBesideIt) {
  std::ifstream file(std::string("tests/unit/definition/expr/vectors/") + GetParam() + ".txt");
  ASSERT_TRUE(file.is_open());

  std::size_t cases = 0;
  std::size_t number = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    if (line.empty() || line.front() == '#') continue;
    const std::size_t arrow = line.rfind(" => ");
    ASSERT_NE(arrow, std::string::npos) << GetParam() << ".txt:" << number;
    const std::string text = WithLineBreaks(line.substr(0, arrow));
    EXPECT_EQ(Outcome(text, SharedWorld()), line.substr(arrow + 4))
        << GetParam() << ".txt:" << number << ": " << text;
    ++cases;
  }
  EXPECT_GE(cases, 20U) << "the file has lost its vectors";
}

INSTANTIATE_TEST_SUITE_P(Topics, VectorsTest,
                         testing::Values("basic", "comparisons", "conversions", "fields", "fp_math",
                                         "integer_math", "json", "lists", "logic", "macros",
                                         "parse", "string", "timestamps"),
                         [](const auto& topic) { return std::string(topic.param); });

}  // namespace
}  // namespace saga::expr::test
