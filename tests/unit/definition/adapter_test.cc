#include "definition/adapter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "fake_descriptors.h"

namespace saga {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kContract = R"(
syntax = "proto3";
package pay.v1;
message Charge { string order_id = 1; int64 amount_cents = 2; repeated string notes = 3; }
message Charged { string id = 1; int64 amount_cents = 2; }
message Nothing {}
service Pay { rpc Authorize(Charge) returns (Charged); rpc Void(Charged) returns (Nothing); }
)";
constexpr const char* kOwn = R"(
syntax = "proto3";
package pay.v2;
message Money { string currency = 1; int64 units = 2; int32 nanos = 3; }
message Hold { string reference = 1; Money money = 2; map<string, string> tags = 3; }
message Held { string token = 1; Money money = 2; string status = 3; }
message Empty {}
service Payments { rpc Hold(.pay.v2.Hold) returns (Held); rpc Drop(Held) returns (Empty);
  rpc Watch(Held) returns (stream Held); }
service Admin { rpc Ping(Empty) returns (Empty); }
)";

constexpr const char* kAdapter = R"(methods:
  Authorize:
    call: pay.v2.Payments/Hold
    request:
      reference: input.order_id
      money: { currency: '"EUR"', units: input.amount_cents / 100, nanos: "int(input.amount_cents % 100) * 10000000" }
    answers:
      - when: output.status == "HELD"
        answer: { id: output.token, amount_cents: input.amount_cents }
      - when: output.status.startsWith("NO")
        error: { code: FAILED_PRECONDITION, reason: CARD_DECLINED }
    errors:
      E_LIMIT: { code: FAILED_PRECONDITION, reason: CARD_DECLINED }
      E_BUSY: TRY_LATER
      NOT_FOUND: { code: UNAVAILABLE }
)";

class AdapterTest : public ::testing::Test {
 protected:
  Result<AdapterRef> Compile(const std::string& source) const {
    return Adapter::Compile(source, {.contract = contract_, .service = "", .own = own_});
  }
  const AdaptedMethod& Authorize() {
    if (!adapter_) adapter_ = Compile(kAdapter).value();
    return *adapter_->Find("Authorize", "pay.v1.Pay");
  }
  // `input` and `output` in text format.
  MappingScope Scope(const std::string& input, const std::string& output = "") const {
    return {.input = MakePayload({PayloadEncoding::kProtobuf, "pay.v1.Charge",
                                  test::Bytes(contract_text_, "pay.v1.Charge", input)}),
            .output = MakePayload({PayloadEncoding::kProtobuf, "pay.v2.Held",
                                   test::Bytes(own_text_, "pay.v2.Held", output)})};
  }
  std::string ErrorOf(const std::string& source) const {
    const auto compiled = Compile(source);
    EXPECT_FALSE(compiled.ok()) << source;
    if (compiled.ok()) return "";
    EXPECT_EQ(compiled.status().violations().at(0).field, "adapter");
    return compiled.status().violations()[0].description;
  }

  const std::shared_ptr<test::ProtoTypes> contract_text_ = test::ParseProto(kContract);
  const std::shared_ptr<test::ProtoTypes> own_text_ = test::ParseProto(kOwn);
  const ServiceTypesRef contract_ = test::ServiceTypesOf(kContract);
  const ServiceTypesRef own_ = test::ServiceTypesOf(kOwn);
  AdapterRef adapter_;
};

TEST_F(AdapterTest, TheOwnRequestIsBuiltFromTheContractsWithItsUnits) {
  const auto built = Authorize().BuildRequest(Scope("order_id: 'o-1' amount_cents: 1234"));

  ASSERT_TRUE(built.ok()) << built.status().ToString();
  EXPECT_EQ(test::Text(own_text_, "pay.v2.Hold", *built),
            R"(reference: "o-1" money { currency: "EUR" units: 12 nanos: 340000000 })");
}

TEST_F(AdapterTest, AnAnswerIsPutIntoTheContractsTerms) {
  const auto read = Authorize().Read(Scope("amount_cents: 1234", "token: 't-1' status: 'HELD'"));

  ASSERT_TRUE(read.ok()) << read.status().ToString();
  ASSERT_NE(read->answer, nullptr);
  EXPECT_EQ(read->answer->type, "pay.v1.Charged");
  EXPECT_EQ(test::Text(contract_text_, "pay.v1.Charged", read->answer->bytes),
            R"(id: "t-1" amount_cents: 1234)");
}

TEST_F(AdapterTest, AnAnswerCanMeanNo) {
  const auto read = Authorize().Read(Scope("", "status: 'NO_FUNDS'"));

  ASSERT_TRUE(read.ok()) << read.status().ToString();
  ASSERT_TRUE(read->error.has_value());
  EXPECT_EQ(read->error->code, StatusCode::kFailedPrecondition);
  EXPECT_EQ(read->error->reason, "CARD_DECLINED");
  EXPECT_THAT(read->error->message, HasSubstr("NO_FUNDS"));
}

TEST_F(AdapterTest, AnAnswerThatNoRuleMapsIsKept) {
  const auto read = Authorize().Read(Scope("", "token: 't-9' status: 'HUH'"));

  EXPECT_EQ(read.status().reason(), "ANSWER_UNMAPPED");
  EXPECT_THAT(read.status().message(), AllOf(HasSubstr("t-9"), HasSubstr("HUH")));
}

TEST_F(AdapterTest, ErrorsAreTranslatedByReasonThenByCode) {
  const auto translated = [this](Failure failure) {
    EXPECT_TRUE(Authorize().Translate(failure));
    return failure;
  };
  Failure limit =
      translated({.code = StatusCode::kResourceExhausted, .reason = "E_LIMIT", .message = "m"});
  EXPECT_EQ(limit.code, StatusCode::kFailedPrecondition);
  EXPECT_EQ(limit.reason, "CARD_DECLINED");
  EXPECT_EQ(limit.message, "m");
  EXPECT_EQ(translated({.code = StatusCode::kAborted, .reason = "E_BUSY"}).code,
            StatusCode::kAborted);
  const Failure gone = translated({.code = StatusCode::kNotFound, .reason = "OTHER"});
  EXPECT_EQ(gone.code, StatusCode::kUnavailable);
  EXPECT_EQ(gone.reason, "OTHER");
  Failure unknown{.code = StatusCode::kAborted, .reason = "E_ODD"};
  EXPECT_FALSE(Authorize().Translate(unknown));
  EXPECT_EQ(unknown.reason, "E_ODD");
}

TEST_F(AdapterTest, MethodsThatItDoesNotNameAreNotAdapted) {
  (void)Authorize();
  EXPECT_EQ(adapter_->Find("Void", "pay.v1.Pay"), nullptr);
  EXPECT_EQ(adapter_->Find("Authorize", "pay.v2.Payments"), nullptr);
  EXPECT_NE(adapter_->Find("pay.v1.Pay/Authorize", ""), nullptr);
}

TEST_F(AdapterTest, AllThatIsWrongIsToldWithItsPlace) {
  const std::string wrong = ErrorOf(R"(methods:
  Authorize:
    call: pay.v2.Payments/Hold
    request: { referenze: input.order_id, money: { units: input.order_id } }
    answer: { id: output.tokn }
  Void:
    call: pay.v2.Payments/Watch
    request: {}
    answer: {}
  Refund: { call: pay.v2.Payments/Drop, request: {}, answer: {} }
)");
  EXPECT_THAT(wrong, HasSubstr("pay.v2.Hold has no field referenze; did you mean 'reference'"));
  EXPECT_THAT(wrong, HasSubstr("4:"));
  EXPECT_THAT(wrong, HasSubstr("streaming"));
  EXPECT_THAT(wrong, HasSubstr("contract: no method 'pay.v1.Pay/Refund'"));
}

TEST_F(AdapterTest, TheDocumentIsReadStrictly) {
  EXPECT_THAT(ErrorOf("[]"), HasSubstr("an adapter is a map with the key methods"));
  EXPECT_THAT(ErrorOf("methods: {}"), HasSubstr("an adapter needs `methods`"));
  EXPECT_THAT(ErrorOf("metods: {}"), HasSubstr("unknown key 'metods'"));
  EXPECT_THAT(ErrorOf("methods: { Void: { request: {}, answer: {} } }"), HasSubstr("needs `call`"));
  EXPECT_THAT(ErrorOf("methods: { Void: { call: pay.v2.Payments/Drop, answer: {} } }"),
              HasSubstr("needs `request`"));
  EXPECT_THAT(ErrorOf("methods: { Void: { call: pay.v2.Payments/Drop, request: {} } }"),
              HasSubstr("needs `answer`"));
  EXPECT_THAT(ErrorOf("methods: { Void: { call: pay.v2.Payments/Drop, request: {}, answer: {}, "
                      "errors: { E: { code: NOPE } } } }"),
              HasSubstr("'NOPE' is no code"));
  EXPECT_THAT(ErrorOf("methods: { Void: { call: pay.v2.Payments/Drop, request: {}, "
                      "answers: [{ answer: {} }, { answer: {} }] } }"),
              HasSubstr("would never count"));
  EXPECT_THAT(ErrorOf("methods: { Void: { call: Drop, request: {}, answer: {} } }"),
              HasSubstr("names no service"));
  EXPECT_THAT(ErrorOf("methods: { Void: { call: pay.v2.Payments/Drop, request: {}, answer: {} }, "
                      "pay.v1.Pay/Void: { call: pay.v2.Payments/Drop, request: {}, answer: {} } }"),
              HasSubstr("is mapped twice"));
}

// The blocks of the document that are written in `language`.
std::vector<std::string> BlocksOf(const std::string& document, const std::string& language) {
  std::vector<std::string> blocks;
  const std::string fence = "```" + language + "\n";
  for (std::size_t at = document.find(fence); at != document.npos;) {
    const std::size_t begin = at + fence.size();
    const std::size_t end = document.find("```", begin);
    blocks.push_back(document.substr(begin, end - begin));
    at = document.find(fence, end);
  }
  return blocks;
}

TEST_F(AdapterTest, TheExampleOfTheReferenceCompiles) {
  std::ifstream file("docs/reference/adapters.md");
  const std::string document((std::istreambuf_iterator<char>(file)), {});
  const auto protos = BlocksOf(document, "proto");
  const auto adapters = BlocksOf(document, "yaml");
  ASSERT_EQ(protos.size(), 2U);
  ASSERT_EQ(adapters.size(), 1U);

  const auto adapter = Adapter::Compile(adapters[0], {.contract = test::ServiceTypesOf(protos[0]),
                                                      .service = "",
                                                      .own = test::ServiceTypesOf(protos[1])});

  ASSERT_TRUE(adapter.ok()) << adapter.status().ToString();
  EXPECT_EQ((*adapter)->methods().size(), 2U);
}

TEST_F(AdapterTest, AConditionMustBeTrueOrFalse) {
  EXPECT_THAT(ErrorOf("methods: { Void: { call: pay.v2.Payments/Drop, request: {}, "
                      "answers: [{ when: '1 + 1', answer: {} }] } }"),
              AllOf(HasSubstr("true or false"), Not(HasSubstr("steps"))));
}

}  // namespace
}  // namespace saga
