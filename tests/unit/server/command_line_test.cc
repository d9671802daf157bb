#include "server/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace saga::server {
namespace {

using ::testing::HasSubstr;

ParsedArguments Parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "sagad");
  return ParseArguments(static_cast<int>(arguments.size()), arguments.data());
}

TEST(CommandLineTest, ServingIsTheDefault) {
  EXPECT_EQ(Parse({}).line.command, Command::kServe);
  EXPECT_EQ(Parse({"serve"}).line.command, Command::kServe);
}

TEST(CommandLineTest, TheHealthCheckTakesTheServersConfiguration) {
  const ParsedArguments parsed = Parse({"healthcheck", "--ops.listen=0.0.0.0:9000"});

  EXPECT_EQ(parsed.line.command, Command::kHealthcheck);
  EXPECT_EQ(parsed.line.flags.find("ops.listen")->second.value, "0.0.0.0:9000");
}

TEST(CommandLineTest, EveryConfigurationKeyIsAFlagBeforeAndBehindTheCommand) {
  const ParsedArguments parsed =
      Parse({"--store.url=dbname=x", "config", "print", "--explain", "--log.level", "debug"});

  ASSERT_FALSE(parsed.exit_code) << parsed.text;
  EXPECT_EQ(parsed.line.command, Command::kConfigPrint);
  EXPECT_EQ(parsed.line.style, PrintStyle::kExplain);
  EXPECT_EQ(parsed.line.flags.size(), 2U);
  EXPECT_EQ(parsed.line.flags.find("store.url")->second.value, "dbname=x");
  EXPECT_EQ(parsed.line.flags.find("log.level")->second.source, "--log.level");
}

TEST(CommandLineTest, AMistypedFlagIsAUsageErrorWithASuggestion) {
  const ParsedArguments parsed = Parse({"--store.ulr=x"});

  EXPECT_EQ(parsed.exit_code, 2);
  EXPECT_THAT(parsed.text, HasSubstr("did you mean '--store.url'?"));
}

TEST(CommandLineTest, AnUnknownCommandIsAUsageError) {
  EXPECT_EQ(Parse({"sevre"}).exit_code, 2);
  EXPECT_EQ(Parse({"migrate"}).exit_code, 2);
  EXPECT_EQ(Parse({"migrate", "applay"}).exit_code, 2);
}

TEST(CommandLineTest, HelpIsNoError) {
  const ParsedArguments parsed = Parse({"--help"});

  EXPECT_EQ(parsed.exit_code, 0);
  EXPECT_THAT(parsed.text, HasSubstr("--api.listen host:port"));
  EXPECT_THAT(parsed.text, HasSubstr("migrate"));
}

}  // namespace
}  // namespace saga::server
