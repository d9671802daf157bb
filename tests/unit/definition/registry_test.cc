#include "definition/registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "fake_descriptors.h"
#include "store/memory_store.h"

namespace saga {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class RegistryTest : public ::testing::Test {
 protected:
  // A saga `name` whose one step waits `seconds`, so that each number is another content.
  static std::string Source(const std::string& name, int seconds) {
    return "saga: " + name +
           "\nowner: team\nsteps:\n- { id: a, call: stock/Reserve, undo: none, timeout: " +
           std::to_string(seconds) + "s }\n";
  }

  RegistrationOutcome Register(const std::string& source, bool activate = false,
                               bool validate_only = false) {
    return registry_
        .Register({.name_space = "default",
                   .source = source,
                   .registered_by = "ann",
                   .activate = activate,
                   .validate_only = validate_only})
        .value();
  }
  std::string ReasonOfStart(const std::string& reference) {
    return registry_.ForStart("default", reference).status().reason();
  }
  std::uint32_t VersionForStart(const std::string& reference) {
    return registry_.ForStart("default", reference).value()->version;
  }

  MemoryStore store_;
  const test::FakeDescriptors descriptors_ = test::ShopDescriptors();
  DefinitionRegistry registry_{store_, descriptors_};
  const AuditEntry audit_{.name_space = "default", .actor = "ann", .reason = "because it is new"};
};

TEST_F(RegistryTest, TheFirstVersionIsActiveLaterOnesWhenTheyAreMadeSo) {
  EXPECT_EQ(Register(Source("order", 1)).version.version, 1U);
  EXPECT_EQ(VersionForStart("order"), 1U);

  EXPECT_EQ(Register(Source("order", 2)).version.version, 2U);
  EXPECT_EQ(VersionForStart("order"), 1U);
  EXPECT_EQ(VersionForStart("order@2"), 2U);

  EXPECT_TRUE(registry_.Activate("default", "order@2", audit_).value().active);
  EXPECT_EQ(VersionForStart("order"), 2U);
  EXPECT_EQ(Register(Source("order", 3), true).version.version, 3U);
  EXPECT_EQ(VersionForStart("order"), 3U);
}

TEST_F(RegistryTest, IdenticalContentIsNoNewVersion) {
  const RegistrationOutcome first = Register(Source("order", 1));
  const RegistrationOutcome again = Register("# the same\n" + Source("order", 1));

  EXPECT_FALSE(first.unchanged);
  EXPECT_TRUE(again.unchanged);
  EXPECT_EQ(again.version.version, 1U);
  EXPECT_EQ(registry_.List("default", "order").size(), 1U);
}

TEST_F(RegistryTest, ValidationRegistersNothingAndSaysWhatIsThereAlready) {
  EXPECT_FALSE(Register(Source("order", 1), false, true).unchanged);
  EXPECT_THAT(registry_.List("default", ""), IsEmpty());

  Register(Source("order", 1));
  const RegistrationOutcome known = Register(Source("order", 1), false, true);

  EXPECT_TRUE(known.unchanged);
  EXPECT_EQ(known.version.version, 1U);
}

TEST_F(RegistryTest, WhatIsWrongIsToldAndNothingIsRegistered) {
  const RegistrationOutcome outcome =
      Register("saga: order\nsteps: [ { id: a, call: stok/Reserve } ]\n");

  EXPECT_TRUE(HasErrors(outcome.diagnostics));
  EXPECT_EQ(outcome.diagnostics.size(), 3U);  // Owner, undo, participant.
  EXPECT_THAT(registry_.List("default", ""), IsEmpty());
  EXPECT_TRUE(HasErrors(Register("saga: [").diagnostics));
}

TEST_F(RegistryTest, WarningsDoNotKeepAVersionOut) {
  const RegistrationOutcome outcome =
      Register("saga: order\nsteps: [ { id: a, call: stock/Reserve, undo: none } ]\n");

  EXPECT_FALSE(HasErrors(outcome.diagnostics));
  EXPECT_EQ(outcome.diagnostics.size(), 1U);
  EXPECT_EQ(outcome.version.version, 1U);
}

TEST_F(RegistryTest, VersionsAreFoundByAllTheirNames) {
  Register(Source("order", 1));
  Register(Source("order", 2));

  for (const std::string name : {"order@2", "namespaces/default/definitions/order/versions/2",
                                 "namespaces/default/definitions/order@2"}) {
    EXPECT_EQ(registry_.Get("default", name).value().version, 2U) << name;
  }
  EXPECT_EQ(registry_.Get("default", "namespaces/default/definitions/order").value().version, 1U);
  EXPECT_EQ(registry_.Get("default", "order").value().version, 1U);
}

TEST_F(RegistryTest, WhatIsNotThereIsSaidWithWhatWasMeant) {
  Register(Source("order", 1));

  EXPECT_EQ(ReasonOfStart("ordr"), "DEFINITION_NOT_FOUND");
  EXPECT_THAT(registry_.Get("default", "ordr").status().message(),
              HasSubstr("did you mean 'order'?"));
  EXPECT_EQ(ReasonOfStart("order@9"), "DEFINITION_NOT_FOUND");
  EXPECT_EQ(registry_.Get("other", "order").status().reason(), "DEFINITION_NOT_FOUND");
  for (const std::string bad : {"", "order@", "order@x", "order@0", "order@-1", "order@1@2", "a/b",
                                "order@99999999999", "namespaces/other/definitions/order"}) {
    EXPECT_EQ(ReasonOfStart(bad), "FIELD_INVALID") << bad;
  }
}

TEST_F(RegistryTest, ARetiredVersionTakesNoNewSagasButStaysFound) {
  Register(Source("order", 1));
  Register(Source("order", 2));

  EXPECT_TRUE(registry_.Retire("default", "order@2", audit_).value().retired);
  EXPECT_EQ(ReasonOfStart("order@2"), "DEFINITION_RETIRED");
  EXPECT_NE(registry_.Find("default", "order", 2), nullptr);
  EXPECT_EQ(VersionForStart("order"), 1U);

  EXPECT_TRUE(registry_.Retire("default", "order@1", audit_).ok());
  EXPECT_EQ(ReasonOfStart("order"), "DEFINITION_RETIRED");
}

TEST_F(RegistryTest, ListsAreByNameThenNewestFirst) {
  Register(Source("pay", 1));
  Register(Source("order", 1));
  Register(Source("order", 2));

  std::vector<std::string> names;
  for (const DefinitionVersion& v : registry_.List("default", "")) {
    names.push_back(v.name + "@" + std::to_string(v.version));
  }

  EXPECT_THAT(names, ElementsAre("order@2", "order@1", "pay@1"));
  EXPECT_THAT(registry_.List("other", ""), IsEmpty());
}

TEST_F(RegistryTest, AnotherNodesVersionsAreFoundAfterARefresh) {
  Register(Source("order", 1));
  DefinitionRegistry other(store_, descriptors_);
  EXPECT_EQ(other.Find("default", "order", 1), nullptr);

  ASSERT_TRUE(other.Refresh().ok());
  const DefinitionRef before = other.Find("default", "order", 1);
  ASSERT_NE(before, nullptr);
  Register(Source("order", 2), true);
  ASSERT_TRUE(other.Refresh().ok());

  EXPECT_EQ(other.ForStart("default", "order").value()->version, 2U);
  EXPECT_EQ(other.Find("default", "order", 1), before);  // Sagas are pinned to this object.
}

TEST_F(RegistryTest, AVersionIsTheDocumentThatWasStored) {
  const RegistrationOutcome outcome = Register(Source("order", 4));

  const DefinitionRef definition = registry_.Find("default", "order", 1);

  EXPECT_EQ(definition->NameAtVersion(), "order@1");
  EXPECT_EQ(definition->digest, outcome.version.digest);
  EXPECT_EQ(definition->steps.at(0).action.timeout, std::chrono::seconds(4));
  EXPECT_EQ(registry_.Get("default", "order").value().source, Source("order", 4));
}

TEST_F(RegistryTest, ADocumentThatThisReleaseCannotReadIsListedButNotRun) {
  ASSERT_TRUE(
      store_
          .RegisterDefinition(
              {.name_space = "default", .name = "broken", .digest = "x", .document = "\xff\xff"},
              audit_)
          .ok());

  ASSERT_TRUE(registry_.Refresh().ok());

  EXPECT_EQ(registry_.Find("default", "broken", 1), nullptr);
  EXPECT_EQ(registry_.List("default", "broken").size(), 1U);
  EXPECT_EQ(ReasonOfStart("broken"), "DEFINITION_INVALID");
}

TEST_F(RegistryTest, ReadersAndWritersShareIt) {
  Register(Source("order", 1));
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([this, t] {
      for (int i = 0; i < 20; ++i) {
        if (t == 0) Register(Source("order", 2 + i % 5));
        EXPECT_TRUE(registry_.ForStart("default", "order").ok());
        EXPECT_NE(registry_.Find("default", "order", 1), nullptr);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();

  EXPECT_EQ(registry_.List("default", "order").size(), 6U);
}

}  // namespace
}  // namespace saga
