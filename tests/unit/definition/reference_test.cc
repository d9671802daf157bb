// docs/reference/definition.md says what is so: its examples register, its tables are complete.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "definition/checker.h"
#include "diagnostic_printer.h"
#include "fake_descriptors.h"

namespace saga {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string ReadFile(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string Reference() { return ReadFile("docs/reference/definition.md"); }

std::vector<std::string> ExamplesIn(const std::string& text) {
  std::vector<std::string> examples;
  const std::string open = "```yaml\n";
  for (std::size_t at = text.find(open); at != std::string::npos; at = text.find(open, at)) {
    const std::size_t begin = at + open.size();
    at = text.find("```", begin);
    examples.push_back(text.substr(begin, at - begin));
  }
  return examples;
}

std::vector<std::string> Examples() { return ExamplesIn(Reference()); }

TEST(DefinitionReferenceTest, ItsExamplesRegisterWithoutAWord) {
  const test::FakeDescriptors shop = test::ShopDescriptors();
  ASSERT_EQ(Examples().size(), 6U);
  for (const std::string& example : Examples()) {
    const LoadedDefinition loaded = LoadDefinition(example);
    ASSERT_THAT(loaded.diagnostics, IsEmpty()) << example;
    Diagnostics found;
    CheckDefinition(loaded, "default", shop, found);
    EXPECT_THAT(found, IsEmpty()) << example;
  }
}

// A section of lint.md.
struct LintSection {
  std::string code;
  std::vector<std::string> examples;  // What is wrong, what is right.
};

std::vector<LintSection> LintSections() {
  const std::string text = ReadFile("docs/reference/lint.md");
  std::vector<LintSection> sections;
  for (std::size_t at = text.find("\n## "); at != std::string::npos;) {
    const std::size_t end = text.find("\n## ", at + 1);
    const std::string section = text.substr(at, end - at);
    sections.push_back({section.substr(4, 7), ExamplesIn(section)});
    at = end;
  }
  return sections;
}

std::set<std::string> CodesSaidOf(std::string source) {
  if (source.starts_with("steps:")) source = "saga: s\nowner: team\ninput: shop.Order\n" + source;
  const LoadedDefinition loaded = LoadDefinition(source);
  Diagnostics found = loaded.diagnostics;
  // Nobody is there to answer for the courier.
  const auto reach = [](const std::string& participant) {
    return participant == "courier" ? Status(StatusCode::kUnavailable, "X", "connection refused")
                                    : Status::Ok();
  };
  if (!HasErrors(found)) CheckDefinition(loaded, "default", test::ShopDescriptors(), found, reach);
  std::set<std::string> codes;
  for (const Diagnostic& diagnostic : found) codes.insert(diagnostic.code);
  return codes;
}

TEST(LintReferenceTest, ItsExamplesSayTheirCodeAndNothing) {
  for (const LintSection& section : LintSections()) {
    ASSERT_EQ(section.examples.size(), 2U) << section.code;
    EXPECT_EQ(CodesSaidOf(section.examples[0]), std::set{section.code}) << section.examples[0];
    EXPECT_THAT(CodesSaidOf(section.examples[1]), IsEmpty()) << section.examples[1];
  }
}

TEST(LintReferenceTest, EveryCodeOfTheSourcesHasItsSectionAndNoOther) {
  std::vector<std::string> paths = {"src/orchestrator/core/definition.cc",
                                    "src/orchestrator/core/definition_rules.cc"};
  for (const auto& entry : std::filesystem::directory_iterator("src/definition")) {
    paths.push_back(entry.path().string());
  }
  std::set<std::string> codes;
  for (const std::string& path : paths) {
    if (!path.ends_with(".cc")) continue;
    const std::string source = ReadFile(path);
    for (std::size_t at = source.find("\"SAGA0"); at != std::string::npos;
         at = source.find("\"SAGA0", at + 1)) {
      codes.insert(source.substr(at + 1, 7));
    }
  }
  std::set<std::string> listed;
  for (const LintSection& section : LintSections()) listed.insert(section.code);
  EXPECT_GT(codes.size(), 15U);
  EXPECT_EQ(listed, codes);
}

TEST(DefinitionReferenceTest, ItsDefaultsAreTheLoaders) {
  const auto loaded =
      LoadDefinition("saga: s\nowner: o\nsteps: [ { id: a, call: p/M, undo: { call: p/U } } ]\n");
  const DefinitionRef d = ToDefinition(loaded.document, "default", 1).value();
  const auto with = LoadDefinition(
      "saga: s\nowner: o\ndefaults:\n  timeout: 5s\n"
      "  retry: { attempts: 6, backoff: 200ms, factor: 2, max: 30s, jitter: full }\n"
      "  undo_retry: { attempts: 13, backoff: 1s, factor: 2, max: 5m, jitter: full }\n"
      "steps: [ { id: a, call: p/M, undo: { call: p/U }, in_doubt: resolve, after: [], pivot: "
      "false, "
      "optional: false, on_stuck: deadline, on_recovery: retry } ]\nevents: { publish: metadata "
      "}\n");
  const DefinitionRef written = ToDefinition(with.document, "default", 1).value();

  EXPECT_THAT(Reference(),
              HasSubstr("{ attempts: 6, backoff: 200ms, factor: 2, max: 30s, jitter: full }"));
  EXPECT_THAT(Reference(),
              HasSubstr("{ attempts: 13, backoff: 1s, factor: 2, max: 5m, jitter: full }"));
  const Step& a = d->steps.at(0);
  const Step& b = written->steps.at(0);
  EXPECT_EQ(a.action.retry, b.action.retry);
  EXPECT_EQ(a.undo->retry, b.undo->retry);
  EXPECT_EQ(a.action.timeout, b.action.timeout);
  EXPECT_EQ(a.undo->timeout, b.undo->timeout);
  EXPECT_EQ(a.in_doubt, b.in_doubt);
  EXPECT_EQ(a.hold_when_stuck, b.hold_when_stuck);
  EXPECT_EQ(a.wait_for_person, b.wait_for_person);
  EXPECT_EQ(d->publish_payloads, written->publish_payloads);
}

}  // namespace
}  // namespace saga
