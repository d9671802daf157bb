#include "definition/slot.h"

#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "base/check.h"

namespace saga {
namespace {

using expr::Value;
using expr::ValueKind;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

std::optional<std::int64_t> AsInt64(const Value& value) {
  if (value.Is(ValueKind::kInt)) return value.AsInt();
  constexpr auto kMax = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (value.Is(ValueKind::kUint) && value.AsUint() <= kMax) {
    return static_cast<std::int64_t>(value.AsUint());
  }
  return std::nullopt;
}

std::optional<std::uint64_t> AsUint64(const Value& value) {
  if (value.Is(ValueKind::kUint)) return value.AsUint();
  if (value.Is(ValueKind::kInt) && value.AsInt() >= 0) {
    return static_cast<std::uint64_t>(value.AsInt());
  }
  return std::nullopt;
}

std::optional<double> AsDouble(const Value& value) {
  if (value.Is(ValueKind::kDouble)) return value.AsDouble();
  constexpr std::int64_t kExact = 1LL << 53;
  const auto integer = AsInt64(value);
  if (integer && *integer <= kExact && *integer >= -kExact) return static_cast<double>(*integer);
  return std::nullopt;
}

class Slot {
 public:
  Slot(Message& target, const FieldDescriptor& field)
      : m_(target), f_(&field), r_(target.GetReflection()) {}

  bool Put(const Value& value) {
    switch (f_->cpp_type()) {
      case FieldDescriptor::CPPTYPE_INT32:
        return PutInteger<std::int32_t>(AsInt64(value), [this](auto v) {
          f_->is_repeated() ? r_->AddInt32(&m_, f_, v) : r_->SetInt32(&m_, f_, v);
        });
      case FieldDescriptor::CPPTYPE_INT64:
        return PutInteger<std::int64_t>(AsInt64(value), [this](auto v) {
          f_->is_repeated() ? r_->AddInt64(&m_, f_, v) : r_->SetInt64(&m_, f_, v);
        });
      case FieldDescriptor::CPPTYPE_UINT32:
        return PutInteger<std::uint32_t>(AsUint64(value), [this](auto v) {
          f_->is_repeated() ? r_->AddUInt32(&m_, f_, v) : r_->SetUInt32(&m_, f_, v);
        });
      case FieldDescriptor::CPPTYPE_UINT64:
        return PutInteger<std::uint64_t>(AsUint64(value), [this](auto v) {
          f_->is_repeated() ? r_->AddUInt64(&m_, f_, v) : r_->SetUInt64(&m_, f_, v);
        });
      case FieldDescriptor::CPPTYPE_DOUBLE:
      case FieldDescriptor::CPPTYPE_FLOAT:
        return PutReal(value);
      case FieldDescriptor::CPPTYPE_BOOL:
        return PutBool(value);
      case FieldDescriptor::CPPTYPE_ENUM:
        return PutEnum(value);
      case FieldDescriptor::CPPTYPE_STRING:
        return PutString(value);
      case FieldDescriptor::CPPTYPE_MESSAGE:
        break;
    }
    SAGA_UNREACHABLE();
  }

 private:
  template <typename T, typename Wide, typename Set>
  static bool PutInteger(const std::optional<Wide>& value, Set set) {
    if (!value || !std::in_range<T>(*value)) return false;
    set(static_cast<T>(*value));
    return true;
  }

  // Integers must be exact; a real number is rounded to a float as it is anywhere else.
  bool PutReal(const Value& value) {
    const std::optional<double> real = AsDouble(value);
    if (!real) return false;
    if (f_->cpp_type() == FieldDescriptor::CPPTYPE_DOUBLE) {
      f_->is_repeated() ? r_->AddDouble(&m_, f_, *real) : r_->SetDouble(&m_, f_, *real);
      return true;
    }
    const bool too_large =
        std::isfinite(*real) && std::abs(*real) > std::numeric_limits<float>::max();
    if (too_large) return false;
    const auto narrow = static_cast<float>(*real);
    const bool exact = static_cast<double>(narrow) == *real;
    if (!exact && !value.Is(ValueKind::kDouble)) return false;
    f_->is_repeated() ? r_->AddFloat(&m_, f_, narrow) : r_->SetFloat(&m_, f_, narrow);
    return true;
  }

  bool PutBool(const Value& value) {
    if (!value.Is(ValueKind::kBool)) return false;
    const bool flag = value.AsBool();
    f_->is_repeated() ? r_->AddBool(&m_, f_, flag) : r_->SetBool(&m_, f_, flag);
    return true;
  }

  bool PutEnum(const Value& value) {
    std::optional<std::int64_t> number = AsInt64(value);
    if (value.Is(ValueKind::kString)) {
      const auto* known = f_->enum_type()->FindValueByName(std::string(value.AsString()));
      if (known == nullptr) return false;
      number = known->number();
    }
    return PutInteger<std::int32_t>(number, [this](auto v) {
      f_->is_repeated() ? r_->AddEnumValue(&m_, f_, v) : r_->SetEnumValue(&m_, f_, v);
    });
  }

  // Texts are bytes, too; bytes need not be a text.
  bool PutString(const Value& value) {
    const bool bytes = value.Is(ValueKind::kBytes);
    if (bytes && f_->type() != FieldDescriptor::TYPE_BYTES) return false;
    if (!bytes && !value.Is(ValueKind::kString)) return false;
    std::string text(bytes ? value.AsBytes() : value.AsString());
    f_->is_repeated() ? r_->AddString(&m_, f_, std::move(text))
                      : r_->SetString(&m_, f_, std::move(text));
    return true;
  }

  Message& m_;
  const FieldDescriptor* f_;
  const google::protobuf::Reflection* r_;
};

}  // namespace

bool PutScalar(const Value& value, Message& target, const FieldDescriptor& field) {
  return Slot(target, field).Put(value);
}

}  // namespace saga
