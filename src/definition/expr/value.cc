#include "definition/expr/value.h"

#include <array>
#include <limits>
#include <utility>

#include "base/check.h"
#include "base/overloaded.h"
#include "definition/expr/compare.h"
#include "definition/expr/well_known.h"

namespace saga::expr {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using std::chrono::nanoseconds;

constexpr std::int64_t kNanosPerSecond = 1'000'000'000;

Value BorrowedText(const FieldDescriptor& field, const std::string& text,
                   const std::string& scratch) {
  const bool bytes = field.type() == FieldDescriptor::TYPE_BYTES;
  // Some representations have no text to borrow.
  if (&text == &scratch) return bytes ? Value::Bytes(scratch) : Value::String(scratch);
  return bytes ? Value::BytesView(text) : Value::StringView(text);
}

Value EnumValue(const FieldDescriptor& field, int number) {
  return IsNullEnum(*field.enum_type()) ? Value() : Value::Int(number);
}

Value Singular(const Message& m, const FieldDescriptor& field) {
  const auto* r = m.GetReflection();
  const FieldDescriptor* f = &field;
  switch (f->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return Value::Int(r->GetInt32(m, f));
    case FieldDescriptor::CPPTYPE_INT64:
      return Value::Int(r->GetInt64(m, f));
    case FieldDescriptor::CPPTYPE_UINT32:
      return Value::Uint(r->GetUInt32(m, f));
    case FieldDescriptor::CPPTYPE_UINT64:
      return Value::Uint(r->GetUInt64(m, f));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return Value::Double(r->GetDouble(m, f));
    case FieldDescriptor::CPPTYPE_FLOAT:
      return Value::Double(static_cast<double>(r->GetFloat(m, f)));
    case FieldDescriptor::CPPTYPE_BOOL:
      return Value::Bool(r->GetBool(m, f));
    case FieldDescriptor::CPPTYPE_ENUM:
      return EnumValue(field, r->GetEnumValue(m, f));
    case FieldDescriptor::CPPTYPE_STRING: {
      std::string scratch;
      return BorrowedText(field, r->GetStringReference(m, f, &scratch), scratch);
    }
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return Value::Message(r->GetMessage(m, f));
  }
  SAGA_UNREACHABLE();
}

Value Element(const Message& m, const FieldDescriptor& field, int index) {
  const auto* r = m.GetReflection();
  const FieldDescriptor* f = &field;
  switch (f->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return Value::Int(r->GetRepeatedInt32(m, f, index));
    case FieldDescriptor::CPPTYPE_INT64:
      return Value::Int(r->GetRepeatedInt64(m, f, index));
    case FieldDescriptor::CPPTYPE_UINT32:
      return Value::Uint(r->GetRepeatedUInt32(m, f, index));
    case FieldDescriptor::CPPTYPE_UINT64:
      return Value::Uint(r->GetRepeatedUInt64(m, f, index));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return Value::Double(r->GetRepeatedDouble(m, f, index));
    case FieldDescriptor::CPPTYPE_FLOAT:
      return Value::Double(static_cast<double>(r->GetRepeatedFloat(m, f, index)));
    case FieldDescriptor::CPPTYPE_BOOL:
      return Value::Bool(r->GetRepeatedBool(m, f, index));
    case FieldDescriptor::CPPTYPE_ENUM:
      return EnumValue(field, r->GetRepeatedEnumValue(m, f, index));
    case FieldDescriptor::CPPTYPE_STRING: {
      std::string scratch;
      return BorrowedText(field, r->GetRepeatedStringReference(m, f, index, &scratch), scratch);
    }
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return Value::Message(r->GetRepeatedMessage(m, f, index));
  }
  SAGA_UNREACHABLE();
}

int SizeOf(const RepeatedField& source) {
  return source.message->GetReflection()->FieldSize(*source.message, source.field);
}

const Message& EntryAt(const RepeatedField& source, int index) {
  return source.message->GetReflection()->GetRepeatedMessage(*source.message, source.field, index);
}

Value KeyAt(const RepeatedField& source, int index) {
  return Singular(EntryAt(source, index), *source.field->message_type()->map_key());
}

// What protobuf may hold and the language may not is moved out of the range, where it is refused.
Timestamp ReadTimestamp(const Message& message) {
  const auto* r = message.GetReflection();
  const auto* type = message.GetDescriptor();
  const Timestamp read{r->GetInt64(message, type->field(0)), r->GetInt32(message, type->field(1))};
  const bool valid = read.nanos >= 0 && read.nanos < kNanosPerSecond;
  return valid ? read : Timestamp{std::numeric_limits<std::int64_t>::max(), 0};
}

nanoseconds ReadDuration(const Message& message) {
  const auto* r = message.GetReflection();
  const auto* type = message.GetDescriptor();
  std::int64_t total = 0;
  const bool fits =
      !__builtin_mul_overflow(r->GetInt64(message, type->field(0)), kNanosPerSecond, &total) &&
      !__builtin_add_overflow(total, r->GetInt32(message, type->field(1)), &total);
  return fits ? nanoseconds(total) : nanoseconds::max();
}

Value ReadDynamic(const Message& message) {
  const auto* oneof = message.GetDescriptor()->oneof_decl(0);
  const auto* field = message.GetReflection()->GetOneofFieldDescriptor(message, oneof);
  return field == nullptr ? Value() : Singular(message, *field);
}

}  // namespace

std::string_view KindName(ValueKind kind) {
  static constexpr std::array<std::string_view, 12> kNames{
      "null",  "bool",      "int",      "uint", "double", "string",
      "bytes", "timestamp", "duration", "list", "map",    "message"};
  return kNames[static_cast<std::size_t>(kind)];
}

Value Value::String(std::string value) {
  Text text{{}, std::make_shared<const std::string>(std::move(value))};
  text.view = *text.owner;
  return Value(std::move(text));
}

Value Value::StringView(std::string_view borrowed) { return Value(Text{borrowed, nullptr}); }

Value Value::Bytes(std::string value) {
  Octets octets{{{}, std::make_shared<const std::string>(std::move(value))}};
  octets.view = *octets.owner;
  return Value(std::move(octets));
}

Value Value::BytesView(std::string_view borrowed) { return Value(Octets{{borrowed, nullptr}}); }

Value Value::ListOf(std::vector<Value> elements) {
  return Value(List(std::make_shared<const std::vector<Value>>(std::move(elements))));
}

Value Value::MapOf(Map::Entries entries) {
  return Value(Map(std::make_shared<const Map::Entries>(std::move(entries))));
}

Value Value::Json(const nlohmann::json& json) {
  switch (json.type()) {
    case nlohmann::json::value_t::boolean:
      return Bool(json.get<bool>());
    case nlohmann::json::value_t::number_integer:
      return Int(json.get<std::int64_t>());
    case nlohmann::json::value_t::number_unsigned: {
      const auto number = json.get<std::uint64_t>();
      constexpr auto kIntMax = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
      return number <= kIntMax ? Int(static_cast<std::int64_t>(number)) : Uint(number);
    }
    case nlohmann::json::value_t::number_float:
      return Double(json.get<double>());
    case nlohmann::json::value_t::string:
      return StringView(json.get_ref<const std::string&>());
    case nlohmann::json::value_t::array:
      return Value(List(&json));
    case nlohmann::json::value_t::object:
      return Value(Map(&json));
    case nlohmann::json::value_t::null:
    case nlohmann::json::value_t::binary:
    case nlohmann::json::value_t::discarded:
      break;
  }
  return {};
}

Value Value::Message(const google::protobuf::Message& message) {
  const Descriptor& type = *message.GetDescriptor();
  switch (WellKnownOf(type)) {
    case WellKnown::kNone:
      return Value(&message);
    case WellKnown::kWrapper:
      return Singular(message, *type.field(0));
    case WellKnown::kTimestamp:
      return Of(ReadTimestamp(message));
    case WellKnown::kDuration:
      return Of(ReadDuration(message));
    case WellKnown::kValue:
      return ReadDynamic(message);
    case WellKnown::kStruct:
      return Value(Map(RepeatedField{&message, type.field(0)}));
    case WellKnown::kListValue:
      return Value(List(RepeatedField{&message, type.field(0)}));
  }
  SAGA_UNREACHABLE();
}

Value Value::Field(const google::protobuf::Message& message, const FieldDescriptor& field) {
  if (field.is_map()) return Value(Map(RepeatedField{&message, &field}));
  if (field.is_repeated()) return Value(List(RepeatedField{&message, &field}));
  if (field.message_type() != nullptr &&
      WellKnownOf(*field.message_type()) == WellKnown::kWrapper &&
      !message.GetReflection()->HasField(message, &field)) {
    return {};
  }
  return Singular(message, field);
}

std::size_t List::size() const {
  return std::visit(
      Overloaded{
          [](const Owned& owned) { return owned->size(); },
          [](const RepeatedField& field) { return static_cast<std::size_t>(SizeOf(field)); },
          [](const nlohmann::json* json) { return json->size(); },
      },
      source_);
}

Value List::At(std::size_t index) const {
  return std::visit(Overloaded{
                        [&](const Owned& owned) { return (*owned)[index]; },
                        [&](const RepeatedField& source) {
                          return Element(*source.message, *source.field, static_cast<int>(index));
                        },
                        [&](const nlohmann::json* json) { return Value::Json((*json)[index]); },
                    },
                    source_);
}

std::size_t Map::size() const {
  return std::visit(
      Overloaded{
          [](const Owned& owned) { return owned->size(); },
          [](const RepeatedField& field) { return static_cast<std::size_t>(SizeOf(field)); },
          [](const nlohmann::json* json) { return json->size(); },
      },
      source_);
}

std::size_t Map::search_cost() const {
  return std::holds_alternative<const nlohmann::json*>(source_) ? 8 : size() / 4 + 1;
}

std::optional<Value> Map::Find(const Value& key) const {
  if (const auto* json = std::get_if<const nlohmann::json*>(&source_)) {
    if (!key.Is(ValueKind::kString)) return std::nullopt;
    const auto found = (*json)->find(key.AsString());
    return found == (*json)->end() ? std::nullopt : std::optional(Value::Json(*found));
  }
  if (const auto* owned = std::get_if<Owned>(&source_)) {
    for (const MapEntry& entry : **owned) {
      if (KeysEqual(entry.key, key)) return entry.value;
    }
    return std::nullopt;
  }
  const auto& source = std::get<RepeatedField>(source_);
  const int entries = SizeOf(source);
  for (int i = 0; i < entries; ++i) {
    if (!KeysEqual(KeyAt(source, i), key)) continue;
    return Singular(EntryAt(source, i), *source.field->message_type()->map_value());
  }
  return std::nullopt;
}

std::vector<Value> Map::Keys() const {
  std::vector<Value> keys;
  keys.reserve(size());
  if (const auto* json = std::get_if<const nlohmann::json*>(&source_)) {
    for (const auto& [key, value] : (*json)->items()) keys.push_back(Value::StringView(key));
  } else if (const auto* owned = std::get_if<Owned>(&source_)) {
    for (const MapEntry& entry : **owned) keys.push_back(entry.key);
  } else {
    const auto& source = std::get<RepeatedField>(source_);
    for (int i = 0; i < SizeOf(source); ++i) keys.push_back(KeyAt(source, i));
  }
  return keys;
}

}  // namespace saga::expr
