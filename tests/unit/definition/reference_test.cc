// docs/reference/definition.md says what is so: its examples register, its tables are complete.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
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

std::vector<std::string> Examples() {
  std::vector<std::string> examples;
  const std::string text = Reference();
  const std::string open = "```yaml\n";
  for (std::size_t at = text.find(open); at != std::string::npos; at = text.find(open, at)) {
    const std::size_t begin = at + open.size();
    at = text.find("```", begin);
    examples.push_back(text.substr(begin, at - begin));
  }
  return examples;
}

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

TEST(DefinitionReferenceTest, EveryLintCodeOfTheSourcesIsListed) {
  const std::string text = Reference();
  std::vector<std::string> codes;
  std::vector<std::string> paths = {"src/orchestrator/core/definition.cc",
                                    "src/orchestrator/core/definition_rules.cc"};
  for (const auto& entry : std::filesystem::directory_iterator("src/definition")) {
    paths.push_back(entry.path().string());
  }
  for (const std::string& path : paths) {
    if (!path.ends_with(".cc")) continue;
    const std::string source = ReadFile(path);
    for (std::size_t at = source.find("\"SAGA0"); at != std::string::npos;
         at = source.find("\"SAGA0", at + 1)) {
      codes.push_back(source.substr(at + 1, 7));
    }
  }
  EXPECT_GT(codes.size(), 20U);
  for (const std::string& code : codes) EXPECT_THAT(text, HasSubstr("| " + code + " |"));
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
