// Values as people read them, in messages and tests.
#include <fmt/format.h>

#include <string>
#include <utility>

#include "base/utf8.h"
#include "definition/expr/numbers.h"
#include "definition/expr/time.h"
#include "definition/expr/value.h"

namespace saga::expr {
namespace {

constexpr std::size_t kShownBytesMax = 120;    // Of one text.
constexpr std::size_t kShownElementsMax = 50;  // Of one list or map.
constexpr std::size_t kShownTotalMax = 2'000;  // Bytes; then nothing more is begun.
constexpr int kShownDepthMax = 10;             // Of lists and maps.

std::string Quoted(std::string_view text) {
  const std::string_view shown = CutUtf8(text, kShownBytesMax);
  std::string quoted = "'";
  for (const char c : shown) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\'' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (c == '\n') {
      quoted += "\\n";
    } else if (c == '\t') {
      quoted += "\\t";
    } else if (byte < 0x20 || byte == 0x7F) {
      quoted += fmt::format("\\x{:02x}", byte);
    } else {
      quoted += c;
    }
  }
  quoted += shown.size() < text.size() ? "…'" : "'";
  return ToValidUtf8(quoted);
}

std::string BytesText(std::string_view bytes) {
  std::string text = "b'";
  for (const char c : bytes.substr(0, kShownBytesMax)) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = byte >= 0x20 && byte < 0x7F && c != '\'' && c != '\\';
    text += plain ? std::string(1, c) : fmt::format("\\x{:02x}", byte);
  }
  return text + (bytes.size() > kShownBytesMax ? "…'" : "'");
}

// A literal of a double always shows that it is one.
std::string DoubleLiteral(double number) {
  std::string text = DoubleText(number);
  return text.find_first_of(".eNI") == std::string::npos ? text + ".0" : text;
}

std::string TimeText(const Timestamp& time) {
  if (!IsInRange(time)) return "timestamp(out of range)";
  return fmt::format("timestamp('{}')", TimestampText(time));
}

// Writes a value; stops when it is long enough, whatever the value is.
class Writer {
 public:
  std::string Take() { return std::move(out_); }

  void Write(const Value& value, int depth) {
    if (depth > kShownDepthMax || out_.size() > kShownTotalMax) {
      out_ += "…";
    } else if (value.Is(ValueKind::kList)) {
      WriteList(value.AsList(), depth + 1);
    } else if (value.Is(ValueKind::kMap)) {
      WriteMap(value.AsMap(), depth + 1);
    } else {
      out_ += Plain(value);
    }
  }

 private:
  bool IsFull(std::size_t shown) const {
    return shown >= kShownElementsMax || out_.size() > kShownTotalMax;
  }

  void WriteList(const List& list, int depth) {
    out_ += "[";
    for (std::size_t i = 0; i < list.size(); ++i) {
      if (i > 0) out_ += ", ";
      if (IsFull(i)) {
        out_ += "…";
        break;
      }
      Write(list.At(i), depth);
    }
    out_ += "]";
  }

  void WriteMap(const Map& map, int depth) {
    out_ += "{";
    std::size_t shown = 0;
    for (const Value& key : map.Keys()) {
      if (shown > 0) out_ += ", ";
      if (IsFull(shown++)) {
        out_ += "…";
        break;
      }
      Write(key, depth);
      out_ += ": ";
      Write(map.Find(key).value_or(Value()), depth);
    }
    out_ += "}";
  }

  static std::string Plain(const Value& value) {
    switch (value.kind()) {
      case ValueKind::kNull:
        return "null";
      case ValueKind::kBool:
        return value.AsBool() ? "true" : "false";
      case ValueKind::kInt:
        return std::to_string(value.AsInt());
      case ValueKind::kUint:
        return std::to_string(value.AsUint()) + "u";
      case ValueKind::kDouble:
        return DoubleLiteral(value.AsDouble());
      case ValueKind::kString:
        return Quoted(value.AsString());
      case ValueKind::kBytes:
        return BytesText(value.AsBytes());
      case ValueKind::kTimestamp:
        return TimeText(value.AsTimestamp());
      case ValueKind::kDuration:
        return fmt::format("duration('{}')", DurationText(value.AsDuration()));
      case ValueKind::kMessage:
        return fmt::format("{}{{{}}}", value.AsMessage().GetDescriptor()->full_name(),
                           value.AsMessage().ShortDebugString());
      case ValueKind::kList:
      case ValueKind::kMap:
        break;  // Written element by element.
    }
    return {};
  }

  std::string out_;
};

}  // namespace

std::string ToText(const Value& value) {
  Writer writer;
  writer.Write(value, 0);
  return writer.Take();
}

}  // namespace saga::expr
