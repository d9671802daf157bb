// The reference names everything that the sources have.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace saga::server {
namespace {

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// The quoted words of `alphabet` that follow `mark` and one separator or white space.
void AddQuotedAfter(const std::string& text, std::string_view mark, std::string_view separators,
                    std::string_view alphabet, std::set<std::string>& found) {
  for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at + 1)) {
    const std::size_t separator = text.find_first_of(separators, at + mark.size() - 1);
    if (separator == std::string::npos) return;
    const std::size_t quote = text.find_first_not_of(" \n", separator + 1);
    if (quote == std::string::npos || text[quote] != '"') continue;
    const std::string word = text.substr(quote + 1, text.find('"', quote + 1) - quote - 1);
    if (!word.empty() && word.find_first_not_of(alphabet) == std::string::npos) found.insert(word);
  }
}

std::vector<std::string> Sources() {
  std::vector<std::string> texts;
  for (const auto& entry : std::filesystem::recursive_directory_iterator("src")) {
    const std::string path = entry.path().string();
    // sagactl has errors of its own, and participants answer with theirs.
    const bool ours = path.find("/admin/") == std::string::npos &&
                      path.find("/demo/") == std::string::npos &&
                      path.find("/sdk/") == std::string::npos;
    if (ours && entry.path().extension() == ".cc") texts.push_back(ReadFile(entry.path()));
  }
  return texts;
}

TEST(ReferenceTest, ErrorsNamesEveryReason) {
  std::set<std::string> reasons;
  for (const std::string& text : Sources()) {
    AddQuotedAfter(text, "StatusCode::k", ",", "ABCDEFGHIJKLMNOPQRSTUVWXYZ_", reasons);
    AddQuotedAfter(text, "NotFound(", "(", "ABCDEFGHIJKLMNOPQRSTUVWXYZ_", reasons);
  }
  ASSERT_TRUE(reasons.contains("PIVOT_PASSED") && reasons.contains("SAGA_NOT_FOUND"));
  const std::string reference = ReadFile("docs/reference/errors.md");

  for (const std::string& reason : reasons) {
    const bool named = reference.find(reason) != std::string::npos;
    EXPECT_TRUE(named) << "docs/reference/errors.md does not name " << reason;
  }
}

TEST(ReferenceTest, MetricsNamesEveryMetric) {
  std::set<std::string> metrics;
  for (const std::string& text : Sources()) {
    for (const char* maker : {"MetricCounter(", "MetricGauge(", "MetricHistogram("}) {
      AddQuotedAfter(text, maker, "(", "abcdefghijklmnopqrstuvwxyz_", metrics);
    }
  }
  ASSERT_TRUE(metrics.contains("sagad_build_info"));
  const std::string reference = ReadFile("docs/reference/metrics.md");

  for (const std::string& metric : metrics) {
    const bool named = reference.find("| `" + metric + "` |") != std::string::npos;
    EXPECT_TRUE(named) << "docs/reference/metrics.md does not name " << metric;
  }
}

}  // namespace
}  // namespace saga::server
