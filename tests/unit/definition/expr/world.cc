#include "world.h"

#include <fmt/format.h>
#include <google/protobuf/compiler/parser.h>
#include <google/protobuf/duration.pb.h>
#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/io/zero_copy_stream_impl.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/text_format.h>
#include <google/protobuf/timestamp.pb.h>
#include <google/protobuf/wrappers.pb.h>

#include <utility>

#include "base/check.h"

namespace saga::expr::test {
namespace {

using google::protobuf::FileDescriptorProto;

constexpr const char* kProto = R"(
  syntax = "proto3";
  package shop;
  import "google/protobuf/timestamp.proto";
  import "google/protobuf/duration.proto";
  import "google/protobuf/wrappers.proto";
  import "google/protobuf/struct.proto";
  enum Channel { CHANNEL_UNSPECIFIED = 0; WEB = 1; SHOP = 2; }
  message Money { string currency = 1; int64 units = 2; }
  message Line { string sku = 1; int32 quantity = 2; Money price = 3; repeated string tags = 4; }
  message Hold { string hold_id = 1; google.protobuf.Timestamp expires = 2; }
  message Order {
    string order_id = 1;
    Money total = 2;
    repeated Line lines = 3;
    Channel channel = 4;
    map<string, string> labels = 5;
    map<int32, Money> by_number = 6;
    map<bool, uint64> by_truth = 7;
    int32 small = 8;
    int64 large = 9;
    uint32 small_count = 10;
    uint64 large_count = 11;
    float rough = 12;
    double exact = 13;
    bool gift = 14;
    bytes token = 15;
    optional int32 maybe = 16;
    oneof payment { string card = 17; Money cash = 18; }
    google.protobuf.Timestamp placed = 19;
    google.protobuf.Duration window = 20;
    google.protobuf.Int64Value limit = 21;
    google.protobuf.StringValue note = 22;
    google.protobuf.BoolValue approved = 23;
    google.protobuf.Struct extra = 24;
    google.protobuf.Value any_value = 25;
    google.protobuf.ListValue any_list = 26;
    repeated int64 numbers = 27;
    repeated Channel channels = 28;
    google.protobuf.NullValue nothing = 29;
    repeated google.protobuf.Int64Value limits = 30;
    google.protobuf.DoubleValue share = 31;
    google.protobuf.UInt64Value count = 32;
    google.protobuf.BytesValue blob = 33;
    Order parent = 34;
    map<string, google.protobuf.Int64Value> quotas = 35;
  }
)";

constexpr const char* kOrder = R"(
  order_id: "o-1"
  total { currency: "EUR" units: 1250 }
  lines { sku: "book" quantity: 2 price { currency: "EUR" units: 500 } tags: "paper" tags: "gift" }
  lines { sku: "pen" quantity: 1 price { currency: "EUR" units: 250 } }
  channel: WEB
  labels { key: "source" value: "web" }
  labels { key: "team" value: "checkout" }
  by_number { key: 1 value { currency: "USD" units: 7 } }
  by_truth { key: true value: 18446744073709551615 }
  small: -7
  large: 9223372036854775807
  small_count: 7
  large_count: 18446744073709551615
  rough: 1.5
  exact: 0.1
  gift: true
  token: "\000\377"
  maybe: 0
  card: "4111"
  placed { seconds: 1234567890 nanos: 500000000 }
  window { seconds: 90 nanos: 500000000 }
  limit { value: 100 }
  note { value: "" }
  extra { fields { key: "n" value { number_value: 2.5 } } fields { key: "s" value { string_value: "x" } } }
  any_value { list_value { values { bool_value: true } values { null_value: NULL_VALUE } } }
  any_list { values { number_value: 1 } values { string_value: "two" } }
  numbers: [3, 1, 2]
  channels: [WEB, SHOP]
  limits { value: 5 }
  limits { }
  share { value: 0.25 }
  count { value: 3 }
  quotas { key: "a" value { value: 1 } }
  quotas { key: "z" value { } }
)";

constexpr const char* kJson = R"({
  "id": "o-1", "qty": 3, "price": 9.5, "whole": 2.0, "big": 9007199254740993,
  "huge": 18446744073709551615, "gift": true, "none": null, "neg": -4, "exp": 1e2,
  "lines": [{"sku": "book", "qty": 2}, {"sku": "pen", "qty": 1}],
  "labels": {"a": 1, "b-c": 2, "package": 3}, "empty": [], "text": "Zoë"
})";

template <typename Message>
void AddFile(google::protobuf::DescriptorPool& pool) {
  FileDescriptorProto file;
  Message::descriptor()->file()->CopyTo(&file);
  SAGA_CHECK(pool.BuildFile(file) != nullptr);
}

void AddText(google::protobuf::DescriptorPool& pool, const std::string& text) {
  google::protobuf::io::ArrayInputStream input(text.data(), static_cast<int>(text.size()));
  google::protobuf::io::Tokenizer tokenizer(&input, nullptr);
  FileDescriptorProto file;
  file.set_name("shop.proto");
  google::protobuf::compiler::Parser parser;
  SAGA_CHECK(parser.Parse(&tokenizer, &file));
  SAGA_CHECK(pool.BuildFile(file) != nullptr);
}

}  // namespace

World::World() : factory_(&pool_), json_(nlohmann::json::parse(kJson)) {
  AddFile<google::protobuf::Timestamp>(pool_);
  AddFile<google::protobuf::Duration>(pool_);
  AddFile<google::protobuf::Int64Value>(pool_);
  AddFile<google::protobuf::Struct>(pool_);
  AddText(pool_, kProto);
  Bind("order", expr::Type::MessageOf(Type("shop.Order")),
       Value::Message(Make("shop.Order", kOrder)));
  Bind("empty", expr::Type::MessageOf(Type("shop.Order")), Value::Message(Make("shop.Order", "")));
  Bind("json", expr::Type::Dyn(), Value::Json(json_));
  Bind("saga.id", expr::Type(TypeKind::kString), Value::StringView("saga-1"));
  Bind("steps.hold", expr::Type::MessageOf(Type("shop.Hold")),
       Value::Message(Make("shop.Hold", "hold_id: 'h-1'")));
  environment_.Declare("steps.late", expr::Type::MessageOf(Type("shop.Hold")));
  Bind("b", expr::Type(TypeKind::kBool), Value::Bool(true));
  Bind("i", expr::Type(TypeKind::kInt), Value::Int(7));
  Bind("u", expr::Type(TypeKind::kUint), Value::Uint(7));
  Bind("d", expr::Type(TypeKind::kDouble), Value::Double(7.5));
  Bind("s", expr::Type(TypeKind::kString), Value::String("text"));
  Bind("y", expr::Type(TypeKind::kBytes), Value::Bytes(std::string("\x00\xff", 2)));
  Bind("t", expr::Type(TypeKind::kTimestamp), Value::Of(Timestamp{1'234'567'890, 0}));
  Bind("p", expr::Type(TypeKind::kDuration), Value::Of(std::chrono::nanoseconds(1'500'000'000)));
  Bind("l", expr::Type::ListOf(expr::Type(TypeKind::kInt)),
       Value::ListOf({Value::Int(1), Value::Int(2), Value::Int(3)}));
  Bind("m", expr::Type::MapOf(expr::Type(TypeKind::kString), expr::Type(TypeKind::kInt)),
       Value::MapOf({{Value::String("a"), Value::Int(1)}, {Value::String("b"), Value::Int(2)}}));
  Bind("w", expr::Type::WrapperOf(expr::Type(TypeKind::kInt)), Value());
}

const google::protobuf::Descriptor& World::Type(const std::string& full_name) const {
  const auto* type = pool_.FindMessageTypeByName(full_name);
  SAGA_CHECK(type != nullptr);
  return *type;
}

std::unique_ptr<google::protobuf::Message> World::New(const std::string& type) const {
  return std::unique_ptr<google::protobuf::Message>(factory_.GetPrototype(&Type(type))->New());
}

const google::protobuf::Message& World::Make(const std::string& type, const std::string& text) {
  messages_.push_back(New(type));
  SAGA_CHECK(google::protobuf::TextFormat::ParseFromString(text, messages_.back().get()));
  return *messages_.back();
}

void World::Bind(const std::string& name, expr::Type type, Value value) {
  bindings_.Set(environment_.Declare(name, std::move(type)), std::move(value));
}

const World& SharedWorld() {
  static const World kWorld;
  return kWorld;
}

std::string KindText(CompileErrorKind kind) {
  switch (kind) {
    case CompileErrorKind::kSyntax:
      return "syntax";
    case CompileErrorKind::kLimit:
      return "limit";
    case CompileErrorKind::kUnknownName:
      return "name";
    case CompileErrorKind::kNoSuchField:
      return "field";
    case CompileErrorKind::kType:
      return "type";
  }
  return {};
}

std::string CodeOf(const Status& status) {
  for (const auto& [key, value] : status.metadata()) {
    if (key == "error") return value;
  }
  return status.ToString();
}

std::string Outcome(const std::string& text, const World& world) {
  const CompileResult compiled = Compile(text, world.environment());
  if (const auto* error = std::get_if<CompileError>(&compiled)) {
    return fmt::format("refused {} at {}", KindText(error->kind), error->offset);
  }
  const auto value = std::get<Program>(compiled).Evaluate(world.bindings());
  return value.ok() ? ToText(*value) : "error " + CodeOf(value.status());
}

}  // namespace saga::expr::test
