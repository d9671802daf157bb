// docs/reference/expressions.md tells of everything that there is.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

#include "definition/expr/functions.h"
#include "definition/expr/run.h"

namespace saga::expr::test {
namespace {

std::string Page() {
  std::ifstream file("docs/reference/expressions.md");
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(ExpressionReferenceTest, EveryFunctionIsDescribed) {
  const std::string page = Page();
  for (const std::string& name : FunctionNames(FunctionStyle::kGlobal)) {
    EXPECT_NE(page.find("`" + name + "("), std::string::npos) << name;
  }
  for (const std::string& name : FunctionNames(FunctionStyle::kMember)) {
    EXPECT_NE(page.find("." + name + "("), std::string::npos) << name;
  }
}

TEST(ExpressionReferenceTest, EveryErrorCodeIsDescribed) {
  const std::string page = Page();
  for (const std::string_view code :
       {kNoSuchField, kNoMatchingOverload, kIndexOutOfBounds, kOverflow, kDivideByZero,
        kModulusByZero, kRange, kInvalidValue, kDuplicateKey, kLimit}) {
    EXPECT_NE(page.find("`" + std::string(code) + "`"), std::string::npos) << code;
  }
}

}  // namespace
}  // namespace saga::expr::test
