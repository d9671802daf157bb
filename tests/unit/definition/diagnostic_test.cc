#include "definition/diagnostic.h"

#include <gtest/gtest.h>

namespace saga {
namespace {

TEST(DiagnosticTest, TheSourceLineIsShownWithACaretAndWhatWouldBeRight) {
  const std::string source = "saga: s\nsteps:\n  - id: a\n    udno: none\r\n";
  const Diagnostics diagnostics = {
      {Severity::kError, "SAGA002", "unknown key 'udno'", 4, 5, "steps[0].udno", "undo: none"},
      {Severity::kWarning, "SAGA015", "no owner", 0, 0, "saga", ""}};

  EXPECT_EQ(RenderDiagnostics(diagnostics, "order.yaml", source),
            "order.yaml:4:5: error SAGA002: unknown key 'udno'\n"
            "    4 |     udno: none\n"
            "      |     ^\n"
            "      help: undo: none\n"
            "order.yaml: warning SAGA015: no owner\n"
            "1 error, 1 warning\n");
}

TEST(DiagnosticTest, TheCaretStandsRightBehindTabsAndForeignLetters) {
  EXPECT_EQ(RenderDiagnostics({{Severity::kError, "SAGA001", "no", 1, 8, "", ""}}, "f", "\tä: ö x"),
            "f:1:8: error SAGA001: no\n"
            "    1 | \tä: ö x\n"
            "      | \t    ^\n"
            "1 error, 0 warnings\n");
}

TEST(DiagnosticTest, APlaceBeyondTheSourceIsNoProblem) {
  EXPECT_EQ(RenderDiagnostics({{Severity::kError, "SAGA001", "no", 9, 9, "", ""}}, "f", "x"),
            "f:9:9: error SAGA001: no\n"
            "    9 | \n"
            "      | ^\n"
            "1 error, 0 warnings\n");
}

TEST(DiagnosticTest, WarningsAloneAreNoErrors) {
  EXPECT_FALSE(HasErrors({}));
  EXPECT_FALSE(HasErrors({{.severity = Severity::kWarning}}));
  EXPECT_TRUE(HasErrors({{.severity = Severity::kWarning}, {.severity = Severity::kError}}));
}

}  // namespace
}  // namespace saga
