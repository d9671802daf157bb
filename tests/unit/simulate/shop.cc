#include "unit/simulate/shop.h"

#include <fmt/format.h>
#include <google/protobuf/compiler/parser.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "definition/checker.h"
#include "definition/loader.h"

namespace saga::simulate::test {
namespace {

constexpr const char* kProto = R"(
syntax = "proto3";
package shop;
message Order { string order_id = 1; int64 total = 2; }
message Ref { string order_id = 1; string id = 2; }
message Answer { string id = 1; int64 score = 2; bool done = 3; }
service Stock {
  rpc Reserve(Ref) returns (Answer);
  rpc Release(Ref) returns (Answer);
  rpc Confirm(Ref) returns (Answer);
}
service Pay {
  rpc Authorize(Ref) returns (Answer);
  rpc Void(Ref) returns (Answer);
  rpc Capture(Ref) returns (Answer);
  rpc Ask(Ref) returns (Answer);
}
)";

std::string Head(const std::string& steps) {
  return "saga: order\nowner: team\ninput: shop.Order\nbusiness_key: input.order_id\nsteps:\n" +
         steps;
}

}  // namespace

const char* const kOrder = R"(
- { id: reserve, call: stock/Reserve, with: { order_id: input.order_id },
    undo: { call: stock/Release, with: { order_id: input.order_id } } }
- { id: authorize, call: pay/Authorize, with: { order_id: input.order_id },
    undo: { call: pay/Void, with: { order_id: input.order_id } } }
- { id: capture, pivot: true, call: pay/Capture, with: { id: steps.authorize.id } }
- { id: send, call: stock/Confirm, retry: { attempts: unlimited } }
)";

const OfflineDescriptors& ShopDescriptors() {
  static const OfflineDescriptors kShop = [] {
    google::protobuf::io::ArrayInputStream stream(kProto,
                                                  static_cast<int>(std::string(kProto).size()));
    google::protobuf::io::Tokenizer tokenizer(&stream, nullptr);
    google::protobuf::compiler::Parser parser;
    google::protobuf::FileDescriptorSet set;
    EXPECT_TRUE(parser.Parse(&tokenizer, set.add_file()));
    set.mutable_file(0)->set_name("shop.proto");
    OfflineDescriptors descriptors;
    EXPECT_TRUE(descriptors.Add(set.SerializeAsString()).ok());
    return descriptors;
  }();
  return kShop;
}

DefinitionRef Shop(const std::string& steps) { return Read(Head(steps)); }

DefinitionRef Read(const std::string& yaml) {
  const LoadedDefinition loaded =
      LintDefinition(yaml, DefinitionFormat::kYaml, "default", ShopDescriptors());
  for (const Diagnostic& diagnostic : loaded.diagnostics) {
    EXPECT_NE(diagnostic.severity, Severity::kError)
        << diagnostic.line << ": " << diagnostic.message;
  }
  const Result<DefinitionRef> definition = ToDefinition(loaded.document, "default", 1);
  EXPECT_TRUE(definition.ok()) << definition.status().ToString();
  return *definition;
}

std::unique_ptr<const Scenario> ShopScenario(const std::string& steps,
                                             const std::map<std::string, std::string>& answers,
                                             const std::string& input) {
  auto scenario = Scenario::Make({.definition = Shop(steps), .input = input, .answers = answers},
                                 ShopDescriptors());
  EXPECT_TRUE(scenario.ok()) << scenario.status().ToString();
  return *std::move(scenario);
}

std::unique_ptr<const Scenario> ScenarioThatLacksAnInput() {
  auto scenario = Scenario::Make({.definition = Read(R"(
saga: order
owner: team
steps:
- { id: authorize, call: pay/Authorize, with: { order_id: input.order_id },
    undo: { call: pay/Void, with: { id: input.hold.id } } }
- { id: capture, pivot: true, call: pay/Capture }
)"),
                                  .input = R"({"order_id": "o-1"})",
                                  .answers = {}},
                                 ShopDescriptors());
  EXPECT_TRUE(scenario.ok()) << scenario.status().ToString();
  return *std::move(scenario);
}

std::string Called(const Scenario& scenario, const RunResult& run) {
  std::vector<std::pair<std::string, int>> places;
  for (const MadeCall& call : run.calls) {
    const std::string place =
        PlaceName(*scenario.definition(), {call.step, Moment::kCall, call.operation});
    const auto known = std::find_if(places.begin(), places.end(),
                                    [&](const auto& entry) { return entry.first == place; });
    if (known == places.end()) {
      places.emplace_back(place, 1);
    } else {
      ++known->second;
    }
  }
  std::string text;
  for (const auto& [place, count] : places) {
    if (!text.empty()) text += " ";
    text += count == 1 ? place : fmt::format("{}*{}", place, count);
  }
  return text;
}

RunResult RunWith(const Scenario& scenario, const std::vector<std::string>& options) {
  std::vector<Fault> faults;
  for (const std::string& option : options) {
    const std::size_t space = option.find(' ');
    const std::string text = option.substr(space + 1);
    const Result<Fault> fault = option.substr(0, space) == "--fail"
                                    ? ParseFail(*scenario.definition(), text)
                                    : ParseTimeout(*scenario.definition(), text);
    EXPECT_TRUE(fault.ok()) << fault.status().ToString();
    if (fault.ok()) faults.push_back(*fault);
  }
  return RunSaga(scenario, std::move(faults));
}

}  // namespace saga::simulate::test
