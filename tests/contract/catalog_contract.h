// What CatalogStore promises, for every implementation. Included by the tests that instantiate it.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "contract/store_fixture.h"

namespace saga::testing {

inline DefinitionVersion CandidateOf(const std::string& digest) {
  return {.name_space = "default",
          .name = "checkout",
          .digest = digest,
          .document = std::string("\0doc\xff", 5),
          .source = "saga: checkout # 'x'",
          .source_format = "yaml",
          .owner = "team",
          .registered_by = "ci"};
}

TEST_P(CatalogContract, VersionsCountUpAndTheFirstIsActive) {
  const auto first =
      store_->catalog().RegisterDefinition(CandidateOf("d1"), {.name_space = "default"});
  ASSERT_TRUE(first.ok()) << first.status().ToString();
  EXPECT_EQ(first->version.version, 1U);
  EXPECT_TRUE(first->version.active);
  EXPECT_FALSE(first->unchanged);
  const auto second =
      store_->catalog().RegisterDefinition(CandidateOf("d2"), {.name_space = "default"});
  EXPECT_EQ(second->version.version, 2U);
  EXPECT_FALSE(second->version.active);
  EXPECT_EQ(second->version.document, CandidateOf("d2").document);
}

TEST_P(CatalogContract, IdenticalContentIsTheSameVersion) {
  (void)store_->catalog().RegisterDefinition(CandidateOf("d1"), {.name_space = "default"});
  const auto again =
      store_->catalog().RegisterDefinition(CandidateOf("d1"), {.name_space = "default"});
  ASSERT_TRUE(again.ok());
  EXPECT_TRUE(again->unchanged);
  EXPECT_EQ(again->version.version, 1U);
  EXPECT_EQ(store_->catalog().LoadDefinitions()->size(), 1U);
}

TEST_P(CatalogContract, ActivatingLeavesOneActiveVersion) {
  (void)store_->catalog().RegisterDefinition(CandidateOf("d1"), {.name_space = "default"});
  DefinitionVersion active = CandidateOf("d2");
  active.active = true;
  ASSERT_TRUE(store_->catalog().RegisterDefinition(active, {.name_space = "default"}).ok());
  auto versions = *store_->catalog().LoadDefinitions();
  EXPECT_FALSE(versions[0].active);
  EXPECT_TRUE(versions[1].active);

  const auto back =
      store_->catalog().ActivateDefinition("default", "checkout", 1, {.name_space = "default"});

  ASSERT_TRUE(back.ok()) << back.status().ToString();
  versions = *store_->catalog().LoadDefinitions();
  EXPECT_TRUE(versions[0].active);
  EXPECT_FALSE(versions[1].active);
}

TEST_P(CatalogContract, ARetiredVersionIsNotActive) {
  (void)store_->catalog().RegisterDefinition(CandidateOf("d1"), {.name_space = "default"});
  const auto retired =
      store_->catalog().RetireDefinition("default", "checkout", 1, {.name_space = "default"});
  ASSERT_TRUE(retired.ok()) << retired.status().ToString();
  EXPECT_TRUE(retired->retired);
  EXPECT_FALSE(retired->active);
  EXPECT_EQ(store_->catalog().RetireDefinition("default", "checkout", 9, {}).status().reason(),
            "DEFINITION_NOT_FOUND");
}

TEST_P(CatalogContract, AParticipantIsSavedOnceAndChangedWhenItDiffers) {
  ParticipantRecord participant{.name_space = "default",
                                .name = "payments",
                                .target = "dns:///p:1",
                                .service = "s",
                                .tls = true,
                                .tls_files = {"ca", "cert", "key"},
                                .max_in_flight = 7,
                                .descriptors = std::string("\0\xff", 2),
                                .descriptors_uploaded = true,
                                .adapter = "methods: {}",
                                .contract = std::string("\xfe\0", 2),
                                .stands_in = {"former", 30}};
  const AuditEntry audit{.name_space = "default", .actor = "a", .method = "RegisterParticipant"};
  const auto saved = store_->catalog().SaveParticipant(participant, audit);
  ASSERT_TRUE(saved.ok()) << saved.status().ToString();
  EXPECT_TRUE(*saved);
  EXPECT_FALSE(*store_->catalog().SaveParticipant(participant, audit));
  participant.max_in_flight = 8;
  EXPECT_TRUE(*store_->catalog().SaveParticipant(participant, audit));
  participant.adapter.clear();
  participant.stands_in.percent = 31;
  EXPECT_TRUE(*store_->catalog().SaveParticipant(participant, audit));
  auto loaded = *store_->catalog().LoadParticipants();
  ASSERT_EQ(loaded.size(), 1U);
  loaded[0].updated = participant.updated;
  EXPECT_EQ(loaded[0], participant);
  EXPECT_EQ(store_->reader()
                .ListAudit("default", {.method = "RegisterParticipant"}, std::nullopt, 10)
                ->entries.size(),
            3U);
}

TEST_P(CatalogContract, AnOldVersionIsActivatedByRegisteringItAgain) {
  (void)store_->catalog().RegisterDefinition(CandidateOf("d1"), {.name_space = "default"});
  DefinitionVersion second = CandidateOf("d2");
  second.active = true;
  EXPECT_TRUE(
      store_->catalog().RegisterDefinition(second, {.name_space = "default"})->version.active);
  DefinitionVersion first = CandidateOf("d1");
  first.active = true;

  const auto again = store_->catalog().RegisterDefinition(first, {.name_space = "default"});

  EXPECT_TRUE(again->unchanged);
  EXPECT_TRUE(again->version.active);
  const auto versions = store_->catalog().LoadDefinitions();
  ASSERT_EQ(versions->size(), 2U);
  EXPECT_TRUE((*versions)[0].active);
  EXPECT_FALSE((*versions)[1].active);
}

TEST_P(CatalogContract, EveryChangeIsAuditedOnceAndNothingElseIs) {
  CatalogStore& catalog = store_->catalog();
  const ParticipantRecord participant{
      .name_space = "default", .name = "stock", .target = "dns:///stock:1"};
  (void)catalog.RegisterDefinition(CandidateOf("d1"), {.name_space = "default", .method = "1"});
  (void)catalog.RegisterDefinition(CandidateOf("d1"), {.name_space = "default", .method = "same"});
  (void)catalog.ActivateDefinition("default", "checkout", 9,
                                   {.name_space = "default", .method = "unknown"});
  (void)catalog.RetireDefinition("default", "checkout", 1,
                                 {.name_space = "default", .method = "2"});
  (void)catalog.ActivateDefinition("default", "checkout", 1,
                                   {.name_space = "default", .method = "3"});
  (void)catalog.SaveParticipant(participant, {.name_space = "default", .method = "4"});
  (void)catalog.SaveParticipant(participant, {.name_space = "default", .method = "same"});
  EXPECT_TRUE(catalog.AddAuditEntry({.name_space = "default", .method = "5"}).ok());
  EXPECT_TRUE(catalog.AddAuditEntry({.name_space = "default", .method = "5"}).ok());

  const auto page = store_->reader().ListAudit("default", {}, std::nullopt, 100);

  std::vector<std::string> methods;
  for (const AuditEntry& entry : page->entries) methods.push_back(entry.method);
  EXPECT_THAT(methods, ::testing::ElementsAre("5", "5", "4", "3", "2", "1"));
}

}  // namespace saga::testing
