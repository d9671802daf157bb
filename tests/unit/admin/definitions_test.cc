// Commands that check definitions, with and without a server.
#include <gmock/gmock.h>
#include <google/protobuf/compiler/parser.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <string>

#include "unit/admin/sagactl_fixture.h"

namespace saga::admin {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr const char* kShop = R"(
syntax = "proto3";
package shop;
message Order { string order_id = 1; int64 total = 2; }
message ToReserve { string order_id = 1; }
message Hold { string hold_id = 1; }
message Done {}
service Stock { rpc Reserve(ToReserve) returns (Hold); rpc Release(Hold) returns (Done); }
)";

class DefinitionCommandsTest : public test::SagactlTest {
 protected:
  // The path of a descriptor set made of `proto`.
  std::string Descriptors(const std::string& proto = kShop) {
    google::protobuf::io::ArrayInputStream stream(proto.data(), static_cast<int>(proto.size()));
    google::protobuf::io::Tokenizer tokenizer(&stream, nullptr);
    google::protobuf::compiler::Parser parser;
    google::protobuf::FileDescriptorSet set;
    EXPECT_TRUE(parser.Parse(&tokenizer, set.add_file()));
    set.mutable_file(0)->set_name("shop.proto");
    return WriteFile("shop.pb", set.SerializeAsString());
  }
};

constexpr const char* kGood = R"(saga: hold
owner: o
input: shop.Order
steps:
- id: reserve
  call: stock/Reserve
  with: { order_id: input.order_id }
  undo: { call: stock/Release, with: { hold_id: output.hold_id } }
)";

TEST_F(DefinitionCommandsTest, LintWithDescriptorsAsksNoServer) {
  const std::string path = WriteFile("good.yaml", kGood);

  EXPECT_EQ(Run({"definitions", "lint", path, "--descriptors", Descriptors()}), ExitCode::kDone);

  EXPECT_EQ(out_, "0 errors, 0 warnings\n") << err_;
  EXPECT_THAT(server_, IsEmpty());
}

TEST_F(DefinitionCommandsTest, LintPointsAtWhatIsWrongLikeACompiler) {
  std::string broken = kGood;
  broken.replace(broken.find("input.order_id"), 14, "input.orderid ");
  const std::string path = WriteFile("broken.yaml", broken);

  EXPECT_EQ(Run({"definitions", "lint", path, "--descriptors", Descriptors()}),
            ExitCode::kDefinitionBroken);

  EXPECT_THAT(out_, HasSubstr(path + ":7:"));
  EXPECT_THAT(out_, HasSubstr("error SAGA007: "));
  EXPECT_THAT(out_, HasSubstr("did you mean 'order_id'?"));
  EXPECT_THAT(out_, HasSubstr("    7 |   with: { order_id: input.orderid  }\n"));
  EXPECT_THAT(out_, HasSubstr("^\n"));
  EXPECT_THAT(out_, HasSubstr("1 error, 0 warnings\n"));
}

TEST_F(DefinitionCommandsTest, LintWithoutDescriptorsAsksTheServer) {
  v1::Diagnostic warning;
  warning.set_severity(v1::Diagnostic::SEVERITY_WARNING);
  warning.set_code("SAGA021");
  warning.set_message("it can end STUCK");
  warning.set_line(2);
  warning.set_column(1);
  sagad_.definitions.diagnostics = {warning};
  const std::string path = WriteFile("good.json", "{\"saga\": \"s\"}\n\n");

  EXPECT_EQ(Run({"definitions", "lint", path, "--namespace", "shop"}), ExitCode::kDone);

  ASSERT_THAT(sagad_.definitions.lints, SizeIs(1));
  EXPECT_EQ(sagad_.definitions.lints[0].parent(), "namespaces/shop");
  EXPECT_EQ(sagad_.definitions.lints[0].source_format(), v1::SOURCE_FORMAT_JSON);
  EXPECT_THAT(out_, HasSubstr("warning SAGA021: it can end STUCK"));
  EXPECT_THAT(out_, HasSubstr("0 errors, 1 warning\n"));
}

TEST_F(DefinitionCommandsTest, ProgramsGetTheDiagnosticsAsJson) {
  const std::string path = WriteFile("broken.yaml", "saga: s\nowner: o\nstepz: []\n");

  EXPECT_EQ(Run({"definitions", "lint", path, "--descriptors", Descriptors(), "-o", "json"}),
            ExitCode::kDefinitionBroken);

  EXPECT_THAT(out_, HasSubstr("\"code\": \"SAGA002\""));
}

TEST_F(DefinitionCommandsTest, FilesThatAreNoDescriptorsAreNamed) {
  const std::string path = WriteFile("good.yaml", kGood);

  EXPECT_EQ(Run({"definitions", "lint", path, "--descriptors", path}), ExitCode::kUsage);

  EXPECT_THAT(err_, HasSubstr("good.yaml"));
  EXPECT_THAT(err_, HasSubstr("protoc --include_imports"));
}

TEST_F(DefinitionCommandsTest, DiffTellsWhatBreaksWhomAndWhatSagasInFlightNeed) {
  v1::DiffDefinitionResponse& diff = sagad_.definitions.diff;
  diff.set_verdict(v1::DiffDefinitionResponse::VERDICT_BREAKING);
  diff.mutable_base()->set_name("namespaces/default/definitions/hold/versions/3");
  v1::DefinitionChange& label = *diff.add_changes();
  label.set_impact(v1::DefinitionChange::IMPACT_BREAKING);
  label.set_path("labels.channel");
  label.set_before("input.channel");
  label.set_why("filters and alerts by it miss new sagas");
  v1::DefinitionChange& time = *diff.add_changes();
  time.set_impact(v1::DefinitionChange::IMPACT_COMPATIBLE);
  time.set_path("deadline");
  time.set_after("5m");
  auto& in_flight = *diff.add_in_flight();
  in_flight.set_definition_version("namespaces/default/definitions/hold/versions/2");
  in_flight.set_sagas(1204);
  diff.add_calls_still_needed("stock/Release");
  const std::string path = WriteFile("good.yaml", kGood);

  EXPECT_EQ(Run({"definitions", "diff", path, "--against", "hold@3", "--exit-code"}),
            ExitCode::kDefinitionBroken)
      << err_;

  EXPECT_EQ(out_, "hold@3 -> " + path +
                      ": BREAKING, 1 of 2 changes\n"
                      "  ! labels.channel: input.channel -> (none)\n"
                      "      filters and alerts by it miss new sagas\n"
                      "    deadline: (none) -> 5m\n"
                      "sagas in flight stay on their version: 1,204 on hold@2\n"
                      "they still need, and this one does not: stock/Release\n");
  ASSERT_THAT(sagad_.definitions.diffs, SizeIs(1));
  EXPECT_EQ(sagad_.definitions.diffs[0].base(), "hold@3");
  EXPECT_EQ(Run({"definitions", "diff", path}), ExitCode::kDone);
}

TEST_F(DefinitionCommandsTest, DiffOfFilesAsksNoServer) {
  const std::string before = WriteFile("before.yaml", kGood);
  std::string changed = kGood;
  const std::string same = WriteFile("same.yaml", "# words\n" + changed);
  changed.replace(changed.find("owner: o"), 8, "owner: p");
  const std::string compatible = WriteFile("compatible.yaml", changed);

  EXPECT_EQ(Run({"definitions", "diff", same, "--against-file", before, "--exit-code"}),
            ExitCode::kDone);
  EXPECT_THAT(out_, HasSubstr("same.yaml: identical\n"));
  EXPECT_EQ(Run({"definitions", "diff", compatible, "--against-file", before, "--exit-code"}),
            ExitCode::kSomethingFound);
  EXPECT_THAT(out_, HasSubstr("compatible, 1 change\n    owner: o -> p\n"));
  EXPECT_EQ(Run({"definitions", "diff", same, "--against-file", WriteFile("no.yaml", "steps: 1")}),
            ExitCode::kUsage);
  EXPECT_THAT(err_, HasSubstr("no.yaml' has errors"));
  EXPECT_EQ(Run({"definitions", "diff", same, "--against-file", before, "--against", "hold@1"}),
            ExitCode::kUsage);
  EXPECT_THAT(server_, IsEmpty());
}

TEST_F(DefinitionCommandsTest, CheckOfAParticipantNamesWhatItsTypesBreak) {
  v1::CheckParticipantResponse& check = sagad_.participants.check;
  check.set_changed(true);
  check.add_definitions("hold@1");
  check.add_definitions("hold@2");
  auto& broken = *check.add_broken();
  broken.set_definition_version("namespaces/default/definitions/hold/versions/1");
  broken.set_active(true);
  broken.set_sagas_in_flight(12);
  v1::Diagnostic& diagnostic = *broken.add_diagnostics();
  diagnostic.set_path("steps[0].undo.call");
  diagnostic.set_code("SAGA009");
  diagnostic.set_message("no method 'Release'");
  const std::string types = Descriptors();

  EXPECT_EQ(Run({"participants", "check", "stock", "--descriptor-set", types}),
            ExitCode::kDefinitionBroken)
      << err_;

  EXPECT_EQ(out_,
            "stock: its types are not those that are registered\n"
            "BREAKS  hold@1 (active, 12 sagas in flight)\n"
            "  steps[0].undo.call: SAGA009 no method 'Release'\n"
            "2 definitions rely on it, 1 would break\n");
  ASSERT_THAT(sagad_.participants.checks, SizeIs(1));
  EXPECT_FALSE(sagad_.participants.checks[0].descriptor_set().empty());
  check.Clear();
  EXPECT_EQ(Run({"participants", "check", "stock"}), ExitCode::kDone);
  EXPECT_EQ(Run({"participants", "check", "stock", "--descriptor-set", WriteFile("empty.pb", "")}),
            ExitCode::kUsage);
}

TEST_F(DefinitionCommandsTest, AnEmptyFileIsToldHowADefinitionBegins) {
  EXPECT_EQ(Run({"definitions", "lint", WriteFile("empty.yaml", "\n")}), ExitCode::kUsage);
  EXPECT_THAT(err_, HasSubstr("begins with `saga: NAME`"));
}

TEST_F(DefinitionCommandsTest, WhatIsOnlyCheckedHasNoVersionYet) {
  sagad_.definitions.definition.set_name("namespaces/default/definitions/hold/versions/0");
  const std::string path = WriteFile("good.yaml", kGood);
  EXPECT_EQ(Run({"definitions", "register", path, "--dry-run"}), ExitCode::kDone) << err_;
  EXPECT_THAT(out_, HasSubstr("is valid      hold  "));
}

}  // namespace
}  // namespace saga::admin
