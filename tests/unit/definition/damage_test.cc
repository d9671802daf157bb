// Thousands of damaged definitions: loaded, rendered, checked, stored, and evaluated where they are
// still valid. Nothing of it may crash, hang or change what was stored.
#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "base/check.h"
#include "definition/checker.h"
#include "definition/loader.h"
#include "definition/mapping.h"
#include "fake_descriptors.h"

namespace saga {
namespace {

constexpr int kMutations = 4000;
constexpr std::uint64_t kSeed = 0x5a6a;

const std::string kFullYaml = R"(saga: order-checkout
owner: team
description: d
runbook: https://r
input: shop.Order
business_key: input.order_id
labels: { region: input.channel, key: saga.key }
deadline: 15m
participants:
  pay: { service: shop.Pay }
defaults:
  timeout: 3s
  retry: { attempts: 2, backoff: 10ms, factor: 1.5, max: 1s, jitter: none }
  undo_retry: { attempts: unlimited }
steps:
  - id: reserve
    call: stock/Reserve
    with: { order_id: input.order_id, lines: [{ sku: '"x"' }], tags: { a: failure.reason }, total: input.total, by_number: { 1: { literal: x } } }
    undo: { call: stock/Release, with: { hold_id: output.hold_id }, timeout: 9s, errors: { GONE: done }, retry: { attempts: 3 } }
    errors: { SOLD_OUT: compensate, BUSY: retry, NOT_FOUND: stuck }
    on_stuck: hold
  - parallel:
      - { id: a, call: pay/Authorize, undo: none, in_doubt: resolve }
      - { id: b, call: pay/Authorize, undo: none, with: { maybe: 5, weight: 1.5, gift: true, at: '"1970-01-01T00:00:01Z"' } }
  - { id: capture, call: pay/Capture, pivot: true, with: { hold_id: steps.reserve.hold_id } }
  - { id: send, call: ship/shop.Ship/Send, optional: true, on_recovery: wait, after: [capture] }
output: { order_id: input.order_id, held: steps.reserve.held, n: [1, input.big] }
events: { publish: full }
)";
const std::string kSmallJson =
    R"({"saga": "s", "steps": [{"id": "a", "call": "stock/Reserve", "undo": "none", "with": "input"}], "output": {"a": "input.total.minor_units"}})";

const test::FakeDescriptors& Shop() {
  static const auto* const kShop = new test::FakeDescriptors(test::ShopDescriptors());
  return *kShop;
}

PayloadRef OrderIn(PayloadEncoding encoding) {
  static const std::string kBytes = test::Bytes(
      test::ParseProto(test::kShopProto), "shop.Order",
      "order_id: 'o' total { currency: 'EUR' minor_units: -1 } lines { sku: 'a' } channel: PHONE "
      "tags { key: 'k' value: 'v' } ticket: 18446744073709551615 priority: 0 weight: 1e300 at { "
      "seconds: 1 } notes: 'n' big: -9223372036854775808 prices { key: 'p' value {} }");
  if (encoding == PayloadEncoding::kProtobuf) return MakePayload({encoding, "shop.Order", kBytes});
  return MakePayload({encoding, "", R"({"order_id":"o","total":{"minor_units":1e400},"big":-1,
      "ticket":18446744073709551615,"lines":[{"sku":null}],"tags":{"k":1},"at":"1970-01-01T00:00:01Z"})"});
}

void Evaluate(const Definition& definition) {
  const SagaId saga("default", "s-1");
  const std::string key = "k";
  const Failure failure{.code = StatusCode::kAborted, .reason = "WHY", .message = "text"};
  const std::vector<PayloadRef> outputs(
      definition.steps.size(),
      MakePayload({PayloadEncoding::kProtobuf, "shop.ReserveReply", "\x0a\x01h"}));
  const MappingScope scope{
      .saga = &saga,
      .business_key = &key,
      .input = OrderIn(definition.input_type.empty() ? PayloadEncoding::kJson
                                                     : PayloadEncoding::kProtobuf),
      .outputs = &outputs,
      .failure = &failure};
  const MappingTypes types = TypesOf(definition, Shop());
  static_cast<void>(BuildJson(definition.output, types, scope).ok());
  static_cast<void>(BuildText(definition.business_key, types, scope).ok());
  for (std::size_t i = 0; i < definition.steps.size(); ++i) {
    const Call& call = definition.steps[i].action;
    const auto method = Shop().FindMethod("default", call.participant, call.method);
    if (!method.ok()) continue;
    const auto compiled = CompiledMapping::Compile(call.with, method->request, types, ToStep(i));
    if (compiled.ok()) static_cast<void>((*compiled)->Build(scope).ok());
  }
}

// False = it was refused.
bool TryOne(const std::string& source) {
  const LoadedDefinition loaded = LoadDefinition(source);
  SAGA_CHECK(!RenderDiagnostics(loaded.diagnostics, "f", source).empty());
  if (HasErrors(loaded.diagnostics)) return false;
  Diagnostics diagnostics;
  CheckDefinition(loaded, "default", Shop(), diagnostics);
  const auto definition = ToDefinition(loaded.document, "default", 1);
  saga::v1::SagaDefinition stored;
  SAGA_CHECK(stored.ParseFromString(loaded.document.SerializeAsString()));
  SAGA_CHECK(DigestOf(stored) == DigestOf(loaded.document));
  SAGA_CHECK(ToDefinition(stored, "default", 1).ok() == definition.ok());
  if (definition.ok()) Evaluate(**definition);
  return definition.ok();
}

using Random = std::mt19937_64;

std::size_t Below(Random& random, std::size_t limit) { return random() % (limit == 0 ? 1 : limit); }

// Flips, drops, doubles and moves pieces, and writes in words that mean something.
std::string Damage(std::string text, Random& random) {
  static const std::vector<std::string> kWords = {"none",
                                                  "unlimited",
                                                  "input",
                                                  "steps.reserve",
                                                  "output.x",
                                                  "failure.code",
                                                  "saga.key",
                                                  "[",
                                                  "]",
                                                  "{",
                                                  "}",
                                                  ": ",
                                                  "- ",
                                                  "\n",
                                                  "'\"x\"'",
                                                  "&a ",
                                                  "*a",
                                                  "!x ",
                                                  "-1",
                                                  "1e999",
                                                  "\t",
                                                  "\xff",
                                                  "\\0",
                                                  "~",
                                                  "\"",
                                                  "after: []",
                                                  "99999999999999999999"};
  const std::size_t wounds = 1 + Below(random, 4);
  for (std::size_t i = 0; i < wounds && !text.empty(); ++i) {
    const std::size_t at = Below(random, text.size());
    const std::size_t length = Below(random, 20);
    switch (Below(random, 5)) {
      case 0:
        text[at] = static_cast<char>(random());
        break;
      case 1:
        text.erase(at, length);
        break;
      case 2:
        text.insert(Below(random, text.size()), text.substr(at, length));
        break;
      case 3:
        text.insert(at, kWords[Below(random, kWords.size())]);
        break;
      default:
        text.replace(at, length, kWords[Below(random, kWords.size())]);
    }
  }
  return text;
}

TEST(DamagedDefinitionTest, TheSeedsThemselvesAreValid) {
  for (const std::string& seed : {kFullYaml, kSmallJson}) {
    EXPECT_FALSE(HasErrors(LoadDefinition(seed).diagnostics)) << seed;
  }
}

TEST(DamagedDefinitionTest, NoDamageCrashesOrIsStoredAsSomethingElse) {
  Random random(kSeed);
  int valid = 0;
  for (int i = 0; i < kMutations; ++i) {
    const std::string source = Damage(i % 4 == 0 ? kSmallJson : kFullYaml, random);
    SCOPED_TRACE(source);
    valid += TryOne(source) ? 1 : 0;
  }
  // Enough of them must come through for what lies behind the loader to be tried as well.
  EXPECT_GT(valid, kMutations / 50);
}

}  // namespace
}  // namespace saga
