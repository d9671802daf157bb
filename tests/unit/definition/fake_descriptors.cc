#include "fake_descriptors.h"

#include <fmt/format.h>
#include <google/protobuf/compiler/parser.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/text_format.h>
#include <google/protobuf/timestamp.pb.h>
#include <google/protobuf/wrappers.pb.h>

#include <utility>

#include "base/check.h"
#include "base/suggest.h"

namespace saga::test {

namespace pb = google::protobuf;

const char* const kShopProto = R"(
syntax = "proto3";
package shop;
import "google/protobuf/descriptor.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/timestamp.proto";
import "google/protobuf/wrappers.proto";

extend google.protobuf.FieldOptions { bool sensitive = 50001; }
enum Channel { CHANNEL_UNSPECIFIED = 0; WEB = 1; PHONE = 2; }
enum Medium { MEDIUM_UNSPECIFIED = 0; PHONE_CALL = 1; }
message Money { string currency = 1; int64 minor_units = 2; }
message Line { string sku = 1; int32 quantity = 2; }
message Order {
  string order_id = 1;
  Money total = 2;
  repeated Line lines = 3;
  Channel channel = 4;
  map<string, string> tags = 5;
  uint64 ticket = 6;
  optional int32 priority = 7;
  bytes blob = 8;
  double weight = 9;
  google.protobuf.Timestamp at = 10;
  repeated string notes = 11;
  int64 big = 12;
  bool gift = 13;
  map<string, Money> prices = 14;
  Line first = 15;
}
message ReserveRequest {
  string order_id = 1;
  Money total = 2;
  repeated Line lines = 3;
  Channel channel = 4;
  map<string, string> tags = 5;
  uint64 ticket = 6;
  optional int32 priority = 7;
  bytes blob = 8;
  double weight = 9;
  google.protobuf.Timestamp at = 10;
  repeated string notes = 11;
  int64 big = 12;
  bool gift = 13;
  map<string, Money> prices = 14;
  oneof contact { string email = 15; string phone = 16; }
  int32 small = 17;
  uint32 natural = 18;
  float ratio = 19;
  google.protobuf.Int64Value maybe = 20;
  google.protobuf.Struct extra = 21;
  map<int32, string> by_number = 22;
  repeated int32 counts = 23;
  repeated Channel channels = 24;
  ReserveRequest inner = 25;
  Medium medium = 26;
  google.protobuf.StringValue note = 27;
  google.protobuf.Value anything = 28;
}
message ReserveReply { string hold_id = 1; Money held = 2; int64 seq = 3; }
message ByHold { string hold_id = 1; string reason = 2; }
message Done {}
message Card { string number = 1 [(sensitive) = true]; }
message CardOrder { string order_id = 1; Card card = 2; }
service Orders { rpc Create(Order) returns (Done); rpc Cancel(ByHold) returns (Done); }
service Stock {
  rpc Reserve(ReserveRequest) returns (ReserveReply);
  rpc Confirm(ByHold) returns (Done);
  rpc Release(ByHold) returns (Done);
  rpc Watch(ByHold) returns (stream Done);
}
service Pay {
  rpc Authorize(ReserveRequest) returns (ReserveReply);
  rpc Void(ByHold) returns (Done);
  rpc Capture(ByHold) returns (Done);
}
service Ship { rpc Send(ReserveRequest) returns (ReserveReply); }
)";

namespace {

class Loud final : public pb::io::ErrorCollector {
 public:
  void AddError(int line, pb::io::ColumnNumber, const std::string& message) override {
    fmt::print(stderr, "proto:{}: {}\n", line + 1, message);
    SAGA_CHECK(false);
  }
};

void ImportWellKnown(const std::string& name, pb::DescriptorPool& pool) {
  if (pool.FindFileByName(name) != nullptr) return;
  const pb::FileDescriptor* ours = pb::DescriptorPool::generated_pool()->FindFileByName(name);
  SAGA_CHECK(ours != nullptr);
  pb::FileDescriptorProto copy;
  ours->CopyTo(&copy);
  SAGA_CHECK(pool.BuildFile(copy) != nullptr);
}

std::unique_ptr<pb::Message> New(const std::shared_ptr<ProtoTypes>& types,
                                 const std::string& full_name) {
  return std::unique_ptr<pb::Message>(HandleOf(types, full_name).prototype->New());
}

pb::FileDescriptorProto ParseFile(const std::string& text) {
  pb::io::ArrayInputStream stream(text.data(), static_cast<int>(text.size()));
  Loud errors;
  pb::io::Tokenizer tokenizer(&stream, &errors);
  pb::compiler::Parser parser;
  pb::FileDescriptorProto file;
  file.set_name("test.proto");
  SAGA_CHECK(parser.Parse(&tokenizer, &file));
  return file;
}

}  // namespace

ServiceTypesRef ServiceTypesOf(const std::string& text) {
  pb::FileDescriptorSet set;
  *set.add_file() = ParseFile(text);
  return ServiceTypes::FromSet(set.SerializeAsString()).value();
}

std::shared_ptr<ProtoTypes> ParseProto(const std::string& text) {
  // Linked in only when something names them.
  pb::LinkMessageReflection<pb::Struct>();
  pb::LinkMessageReflection<pb::Timestamp>();
  pb::LinkMessageReflection<pb::Int64Value>();
  const pb::FileDescriptorProto file = ParseFile(text);
  auto types = std::make_shared<ProtoTypes>();
  for (const std::string& import : file.dependency()) ImportWellKnown(import, types->pool);
  SAGA_CHECK(types->pool.BuildFile(file) != nullptr);
  return types;
}

TypeHandle HandleOf(const std::shared_ptr<ProtoTypes>& types, const std::string& full_name) {
  const pb::Descriptor* type = types->pool.FindMessageTypeByName(full_name);
  SAGA_CHECK(type != nullptr);
  return {.owner = types, .type = type, .prototype = types->messages.GetPrototype(type)};
}

std::string Bytes(const std::shared_ptr<ProtoTypes>& types, const std::string& full_name,
                  const std::string& text) {
  const auto message = New(types, full_name);
  SAGA_CHECK(pb::TextFormat::ParseFromString(text, message.get()));
  return message->SerializeAsString();
}

std::string Text(const std::shared_ptr<ProtoTypes>& types, const std::string& full_name,
                 const std::string& bytes) {
  const auto message = New(types, full_name);
  SAGA_CHECK(message->ParseFromString(bytes));
  return message->ShortDebugString();
}

void FakeDescriptors::Add(const std::string& participant, std::shared_ptr<ProtoTypes> types,
                          std::string service) {
  participants_[participant] = {std::move(types), std::move(service)};
}

bool FakeDescriptors::HasParticipant(const std::string& name_space,
                                     const std::string& participant) const {
  return name_space == "default" && participants_.count(participant) > 0;
}

std::vector<std::string> FakeDescriptors::ParticipantNames(const std::string&) const {
  std::vector<std::string> names;
  for (const auto& [name, participant] : participants_) names.push_back(name);
  return names;
}

std::optional<TypeHandle> FakeDescriptors::FindType(const std::string& name_space,
                                                    const std::string& full_name) const {
  if (name_space != "default") return std::nullopt;
  for (const auto& [name, participant] : participants_) {
    if (participant.types->pool.FindMessageTypeByName(full_name) != nullptr) {
      return HandleOf(participant.types, full_name);
    }
  }
  return std::nullopt;
}

std::optional<TypeHandle> FakeDescriptors::FindTypeOf(const std::string&,
                                                      const std::string& participant,
                                                      const std::string& full_name) const {
  const auto found = participants_.find(participant);
  if (found == participants_.end()) return std::nullopt;
  const ProtoTypes& types = *found->second.types;
  if (types.pool.FindMessageTypeByName(full_name) == nullptr) return std::nullopt;
  return HandleOf(found->second.types, full_name);
}

Result<MethodHandle> FakeDescriptors::FindMethod(const std::string&, const std::string& participant,
                                                 const std::string& method) const {
  const auto missing = [&](std::string message) {
    return Status(StatusCode::kNotFound, "METHOD_NOT_FOUND", std::move(message));
  };
  const auto found = participants_.find(participant);
  if (found == participants_.end()) return missing(fmt::format("no participant {}", participant));
  const std::size_t slash = method.find('/');
  const std::string service =
      slash == std::string::npos ? found->second.service : method.substr(0, slash);
  const std::string name = slash == std::string::npos ? method : method.substr(slash + 1);
  const auto* declared = found->second.types->pool.FindServiceByName(service);
  if (declared == nullptr) return missing(fmt::format("no service '{}'", service));
  const auto* descriptor = declared->FindMethodByName(name);
  if (descriptor == nullptr) {
    std::vector<std::string> names;
    for (int i = 0; i < declared->method_count(); ++i) {
      names.push_back(declared->method(i)->name());
    }
    return missing(fmt::format("no method '{}/{}'{}", service, name, DidYouMean(name, names)));
  }
  if (descriptor->server_streaming()) return InvalidField("method", "a streaming method");
  return MethodHandle{
      .full_name = fmt::format("{}/{}", service, name),
      .request = HandleOf(found->second.types, descriptor->input_type()->full_name()),
      .response = HandleOf(found->second.types, descriptor->output_type()->full_name())};
}

FakeDescriptors ShopDescriptors() {
  FakeDescriptors descriptors;
  descriptors.Add("orders", ParseProto(kShopProto), "shop.Orders");
  descriptors.Add("stock", ParseProto(kShopProto), "shop.Stock");
  descriptors.Add("pay", ParseProto(kShopProto), "shop.Pay");
  descriptors.Add("ship", ParseProto(kShopProto), "shop.Ship");
  descriptors.Add("courier", ParseProto(kShopProto), "shop.Ship");
  return descriptors;
}

}  // namespace saga::test
