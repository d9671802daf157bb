#include "server/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "server/host_port.h"

namespace saga::server {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;
using namespace std::chrono_literals;

TEST(ConfigTest, AFileIsOverruledByTheEnvironmentAndThatByFlags) {
  const auto file = ParseConfigYaml("sagad.yaml",
                                    "store:\n  url: dbname=a\n  connections_max: 20\n"
                                    "log: {level: debug}\n");
  ASSERT_TRUE(file.ok()) << file.status().ToString();
  const char* environment[] = {"SAGAD_STORE_URL=dbname=b", "SAGAD_LOG_LEVEL=warn", nullptr};
  const auto variables = ReadEnvironment(environment);
  ASSERT_TRUE(variables.ok());
  const ConfigValues flags = {{"log.level", {"error", "--log.level"}}};

  const auto loaded = MergeConfig({*file, *variables, flags});

  ASSERT_TRUE(loaded.ok()) << loaded.status().ToString();
  EXPECT_EQ(loaded->config.store_connections_max, 20);
  EXPECT_EQ(loaded->config.store_url, "dbname=b");
  EXPECT_EQ(loaded->config.log_level, "error");
  EXPECT_EQ(loaded->sources.find("store.connections_max")->second, "sagad.yaml:3:20");
  EXPECT_EQ(loaded->sources.find("store.url")->second, "SAGAD_STORE_URL");
}

struct Bad {
  const char* yaml;
  const char* message;
};

class BadConfigTest : public ::testing::TestWithParam<Bad> {};

TEST_P(BadConfigTest, IsRefusedWithItsPlace) {
  const auto values = ParseConfigYaml("sagad.yaml", GetParam().yaml);
  const Status status = values.ok() ? MergeConfig({*values}).status() : values.status();

  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.reason(), "CONFIG_INVALID");
  EXPECT_THAT(status.message(), HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Files, BadConfigTest,
    ::testing::Values(
        Bad{"store:\n  ulr: x\n",
            "sagad.yaml:2:3: unknown key 'store.ulr'; did you mean 'store.url'?"},
        Bad{"stor:\n  url: x\n", "sagad.yaml:1:1: unknown key 'stor'"},
        Bad{"store:\n  url: x\n  url: y\n", "sagad.yaml:3:3: 'store.url' is given twice"},
        Bad{"store: {url: &a x}\nlog: {level: *a}\n", "anchors are not allowed"},
        Bad{"store: {url: !secret x}\n", "tags are not allowed"},
        Bad{"store: [x]\n", "lists are not allowed"},
        Bad{"store: x\n", "is a section, not a value"},
        Bad{"profile: {dev: 1}\n", "'profile' is a value, not a section"},
        Bad{"store:\n  url:\n    deep: x\n", "nested deeper"},
        Bad{"store:\n  url:\n", "'store.url' has no value"},
        Bad{"just text\n", "sections are expected"}, Bad{"store: {url: x\n", "sagad.yaml:2:1"},
        Bad{"drain: {timeout: 25}\n", "sagad.yaml:1:18: drain.timeout"},
        Bad{"drain: {timeout: 48h}\n", "48h is out of range: 0s to 10m"},
        Bad{"cluster: {shards: many}\n", "'many' is no whole number"},
        Bad{"cluster: {shards: 1025}\n", "1025 is out of range: 0 to 1024"},
        Bad{"cluster: {shards: 8}\n", "store.connections_max: 10 is too few for 8 shards"},
        Bad{"cluster: {name: a/b}\n", "cluster.name"},
        Bad{"api: {listen: localhost}\n", "'localhost' is no host:port"},
        Bad{"api: {listen: \"127.0.0.1:99999\"}\n", "is no host:port"},
        Bad{"log: {level: inof}\n", "did you mean 'info'?"},
        Bad{"profile: prod\n", "'prod' is none of dev, production"},
        Bad{"kafka: {mode: kafka}\n", "kafka.brokers: is required"},
        Bad{"ops: {listen: \"127.0.0.1:7070\"}\n", "is taken by api.listen"}));

TEST(ConfigTest, AnUnknownVariableOfAKnownSectionIsAnErrorOthersAreNotOurs) {
  const char* wrong[] = {"SAGAD_STORE_ULR=x", nullptr};
  EXPECT_THAT(ReadEnvironment(wrong).status().message(),
              HasSubstr("SAGAD_STORE_ULR: unknown variable; did you mean 'SAGAD_STORE_URL'?"));

  const char* foreign[] = {"SAGAD_SERVICE_HOST=10.0.0.1", "HOME=/", nullptr};
  EXPECT_TRUE(ReadEnvironment(foreign).ok());
}

TEST(ConfigTest, WhatIsPrintedIsReadBack) {
  const auto loaded =
      MergeConfig({ConfigValues{{"store.url", {"host=/run dbname=\"x\"", "flag"}}}});
  ASSERT_TRUE(loaded.ok());

  for (const PrintStyle style : {PrintStyle::kPlain, PrintStyle::kExplain}) {
    const auto values = ParseConfigYaml("printed", PrintConfig(*loaded, style));
    ASSERT_TRUE(values.ok()) << values.status().ToString();
    EXPECT_EQ(values->size(), ConfigKeys().size());
    const auto again = MergeConfig({*values});
    ASSERT_TRUE(again.ok()) << again.status().ToString();
    EXPECT_EQ(PrintConfig(*again, PrintStyle::kPlain), PrintConfig(*loaded, PrintStyle::kPlain));
  }
}

TEST(ConfigTest, PasswordsAreNeverPrinted) {
  for (const char* url : {"host=x password=geheim user=u", "host=x password='ge heim'",
                          "postgres://u:geheim@host/db", "host=x user=u password=geheim"}) {
    const auto loaded = MergeConfig({ConfigValues{{"store.url", {url, "flag"}}}});
    ASSERT_TRUE(loaded.ok());
    const std::string printed = PrintConfig(*loaded, PrintStyle::kPlain);
    EXPECT_THAT(printed, ::testing::Not(HasSubstr("heim"))) << url;
    EXPECT_THAT(printed, HasSubstr("***"));
  }
}

TEST(ConfigTest, PatienceFollowsTheProfileUnlessItIsSaid) {
  Config config;
  EXPECT_EQ(config.StoreWait(), 10s);
  config.profile = Profile::kProduction;
  EXPECT_EQ(config.StoreWait(), 60s);
  config.store_wait = 3s;
  EXPECT_EQ(config.StoreWait(), 3s);
}

TEST(HostPortTest, AddressesOfBothFamiliesAreRead) {
  EXPECT_EQ(ParseHostPort("127.0.0.1:7070")->port, 7070);
  EXPECT_EQ(ParseHostPort("[::1]:0")->host, "::1");
  for (const char* text : {"", ":7070", "host", "host:", "host:x", "host:70000", "::1:70", "a b:1",
                           "[]:1", "host:-1"}) {
    EXPECT_FALSE(ParseHostPort(text).ok()) << text;
  }
}

TEST(ConfigTest, TheReferenceNamesEveryKeyWithItsDefault) {
  std::ifstream file("docs/reference/config.md");
  ASSERT_TRUE(file) << "docs/reference/config.md is missing";
  std::stringstream text;
  text << file.rdbuf();
  const Config defaults;

  for (const ConfigKey& key : ConfigKeys()) {
    const std::string row = "| `" + std::string(key.name) + "` | ";
    EXPECT_THAT(text.str(), HasSubstr(row)) << "not in docs/reference/config.md";
    const std::string shown = key.show(defaults);
    EXPECT_THAT(text.str(), HasSubstr(row + (shown.empty() ? "(empty)" : "`" + shown + "`") + " |"))
        << key.name << " has another default";
  }
}

}  // namespace
}  // namespace saga::server
