#include "participants/channel_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace saga::participants {
namespace {

using ::testing::HasSubstr;

TEST(CheckTargetTest, WhatGrpcCanReachIsAccepted) {
  for (const char* target : {"payments:9090", "127.0.0.1:19101", "dns:///payments.shop:9090",
                             "dns://10.0.0.1/payments:80", "ipv4:10.0.0.7:80", "ipv6:[::1]:80",
                             "[::1]:8080", "unix:/run/pay.sock", "unix:///run/p"}) {
    EXPECT_TRUE(CheckTarget(target).ok()) << target << ": " << CheckTarget(target).ToString();
  }
}

TEST(CheckTargetTest, WhatCannotBeATargetIsRefusedWithTheReason) {
  const std::pair<const char*, const char*> cases[] = {
      {"", "empty"},
      {"payments", "port is missing"},
      {"payments:", "no port"},
      {"payments:http", "'http' is no port"},
      {"payments:70000", "'70000' is no port"},
      {"payments:0", "'0' is no port"},
      {":9090", "host is missing"},
      {"http://payments:9090", "'http' is not a scheme"},
      {"dns://payments:9090", "three slashes"},
      {"payments:9090/v1", "a path"},
      {"::1:80", "brackets"},
      {"[::1]", "port is missing"},
      {"pay ments:80", "space"},
      {"unix:", "path is missing"}};
  for (const auto& [target, reason] : cases) {
    const Status status = CheckTarget(target);
    EXPECT_EQ(status.reason(), "FIELD_INVALID") << target;
    ASSERT_FALSE(status.violations().empty()) << target;
    EXPECT_EQ(status.violations()[0].field, "target");
    EXPECT_THAT(status.violations()[0].description, HasSubstr(reason)) << target;
  }
}

TEST(ReadTlsFilesTest, AFileThatCannotBeReadIsNamed) {
  const auto texts = ReadTlsFiles({.ca = "/nowhere/ca.pem"});

  ASSERT_FALSE(texts.ok());
  EXPECT_EQ(texts.status().violations()[0].field, "tls_ca_file");
  EXPECT_THAT(texts.status().violations()[0].description, HasSubstr("/nowhere/ca.pem"));
}

TEST(ReadTlsFilesTest, ACertificateWithoutItsKeyIsRefused) {
  EXPECT_EQ(ReadTlsFiles({.certificate = "/etc/hostname"}).status().violations()[0].field,
            "tls_key_file");
}

}  // namespace
}  // namespace saga::participants
