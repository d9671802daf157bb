// The values of expressions.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <chrono>
#include <compare>
#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace saga::expr {

class Value;
struct MapEntry;

enum class ValueKind : std::uint8_t {
  kNull,
  kBool,
  kInt,
  kUint,
  kDouble,
  kString,
  kBytes,
  kTimestamp,
  kDuration,
  kList,
  kMap,
  kMessage,
};
// As the language calls it, e.g. "int".
std::string_view KindName(ValueKind kind);

// Of years 1 to 9999.
struct Timestamp {
  std::int64_t seconds = 0;  // Since 1970, UTC.
  std::int32_t nanos = 0;    // 0 to 999,999,999, forwards.

  auto operator<=>(const Timestamp&) const = default;
};

// A repeated or map field of a message that somebody else keeps alive.
struct RepeatedField {
  const google::protobuf::Message* message = nullptr;
  const google::protobuf::FieldDescriptor* field = nullptr;
};

// A list, wherever its elements are.
class List {
 public:
  using Owned = std::shared_ptr<const std::vector<Value>>;
  explicit List(std::variant<Owned, RepeatedField, const nlohmann::json*> source)
      : source_(std::move(source)) {}

  std::size_t size() const;
  Value At(std::size_t index) const;  // Requires: index < size().
  // The field or the JSON itself, when it is one; else null.
  const RepeatedField* field() const { return std::get_if<RepeatedField>(&source_); }
  const nlohmann::json* json() const {
    const auto* json = std::get_if<const nlohmann::json*>(&source_);
    return json == nullptr ? nullptr : *json;
  }

 private:
  std::variant<Owned, RepeatedField, const nlohmann::json*> source_;
};

// A map with bool, int, uint or string keys, wherever its entries are.
class Map {
 public:
  using Entries = std::vector<MapEntry>;
  using Owned = std::shared_ptr<const Entries>;
  explicit Map(std::variant<Owned, RepeatedField, const nlohmann::json*> source)
      : source_(std::move(source)) {}

  std::size_t size() const;
  // Numbers are equal across their types, as the language has it.
  std::optional<Value> Find(const Value& key) const;
  std::vector<Value> Keys() const;
  std::size_t search_cost() const;  // What Find costs, in steps of an evaluation.
  // The field or the JSON itself, when it is one; else null.
  const RepeatedField* field() const { return std::get_if<RepeatedField>(&source_); }
  const nlohmann::json* json() const {
    const auto* json = std::get_if<const nlohmann::json*>(&source_);
    return json == nullptr ? nullptr : *json;
  }

 private:
  std::variant<Owned, RepeatedField, const nlohmann::json*> source_;
};

// A value. Copies are cheap. Texts, bytes, messages and JSON may be borrowed: what a value was made
// from, and the program that made it, must outlive it.
class Value {
 public:
  Value() = default;  // null

  static Value Bool(bool value) { return Value(value); }
  static Value Int(std::int64_t value) { return Value(value); }
  static Value Uint(std::uint64_t value) { return Value(value); }
  static Value Double(double value) { return Value(value); }
  static Value String(std::string value);              // Owns a copy.
  static Value StringView(std::string_view borrowed);  // Requires UTF-8, like String.
  static Value Bytes(std::string value);               // Owns a copy.
  static Value BytesView(std::string_view borrowed);
  static Value Of(Timestamp value) { return Value(value); }
  static Value Of(std::chrono::nanoseconds value) { return Value(value); }
  static Value ListOf(std::vector<Value> elements);
  static Value MapOf(Map::Entries entries);  // Requires: the keys differ and are of allowed kinds.
  // Borrows. Whole numbers are exact; what is written without fraction or exponent is whole.
  static Value Json(const nlohmann::json& json);
  // Borrows. Well-known types become what they stand for.
  static Value Message(const google::protobuf::Message& message);
  // What the field holds: a default when it is not set, null when it is an unset wrapper. Borrows.
  static Value Field(const google::protobuf::Message& message,
                     const google::protobuf::FieldDescriptor& field);

  ValueKind kind() const { return static_cast<ValueKind>(state_.index()); }
  bool Is(ValueKind kind) const { return this->kind() == kind; }

  // Requires: that kind.
  bool AsBool() const { return std::get<bool>(state_); }
  std::int64_t AsInt() const { return std::get<std::int64_t>(state_); }
  std::uint64_t AsUint() const { return std::get<std::uint64_t>(state_); }
  double AsDouble() const { return std::get<double>(state_); }
  std::string_view AsString() const { return std::get<Text>(state_).view; }
  std::string_view AsBytes() const { return std::get<Octets>(state_).view; }
  Timestamp AsTimestamp() const { return std::get<Timestamp>(state_); }
  std::chrono::nanoseconds AsDuration() const { return std::get<std::chrono::nanoseconds>(state_); }
  const List& AsList() const { return std::get<List>(state_); }
  const Map& AsMap() const { return std::get<Map>(state_); }
  const google::protobuf::Message& AsMessage() const {
    return *std::get<const google::protobuf::Message*>(state_);
  }

 private:
  struct Text {
    std::string_view view;
    std::shared_ptr<const std::string> owner;  // Null = borrowed.
  };
  struct Octets : Text {};
  // In the order of ValueKind.
  using State = std::variant<std::monostate, bool, std::int64_t, std::uint64_t, double, Text,
                             Octets, Timestamp, std::chrono::nanoseconds, List, Map,
                             const google::protobuf::Message*>;

  template <typename T>
  explicit Value(T value) : state_(std::move(value)) {}

  State state_;
};

struct MapEntry {
  Value key;
  Value value;
};

// As a literal of the language where there is one: "1u", "'text'", "[1, 2]", "timestamp('…')".
std::string ToText(const Value& value);

}  // namespace saga::expr
