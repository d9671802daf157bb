// Payloads are opaque bytes to the core: nobody above `definition` looks inside.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

namespace saga {

// How the bytes of a payload are to be read.
enum class PayloadEncoding : std::uint8_t {
  kNone,      // Empty.
  kProtobuf,  // A serialised message of `type`.
  kJson,      // UTF-8 JSON text; `type` may name the protobuf type that it stands for.
};

// Exactly the bytes that came in.
struct Payload {
  PayloadEncoding encoding = PayloadEncoding::kNone;
  std::string type;
  std::string bytes;

  bool operator==(const Payload&) const = default;
};

// Payloads are shared, never changed: a saga, its records and its calls point at the same bytes.
// Never null in records.
using PayloadRef = std::shared_ptr<const Payload>;

inline PayloadRef MakePayload(Payload payload) {
  return std::make_shared<const Payload>(std::move(payload));
}
inline PayloadRef EmptyPayload() {
  static const PayloadRef kEmpty = std::make_shared<const Payload>();
  return kEmpty;
}

}  // namespace saga
