#include "random_input.h"

#include <array>
#include <limits>
#include <utility>

namespace saga::expr::test {

RandomInput::RandomInput(const World& world, std::uint64_t seed)
    : random_(seed), order_(world.New("shop.Order")), bindings_(world.bindings()) {
  const std::size_t order = *world.environment().Find("order");
  const auto whole = world.bindings().Find(order);
  const std::string bytes = (*whole)->AsMessage().SerializeAsString();
  // A message that cannot be read to its end keeps what was read: as good as any other.
  (void)order_->ParsePartialFromString(Damaged(bytes));
  bindings_.Set(order, Value::Message(*order_));
  json_ = MakeJson(4);
  bindings_.Set(*world.environment().Find("json"), Value::Json(json_));
}

std::string RandomInput::Damaged(std::string bytes) {
  for (std::size_t changes = Below(8); changes > 0 && !bytes.empty(); --changes) {
    const std::size_t at = Below(bytes.size());
    if (Below(3) == 0) bytes.insert(at, bytes.substr(Below(bytes.size()), Below(40)));
    bytes[at] = static_cast<char>(Below(256));
  }
  if (Below(8) == 0) bytes.resize(Below(bytes.size() + 1));
  return bytes;
}

nlohmann::json RandomInput::MakeNumber() {
  static constexpr std::array<std::int64_t, 6> kInts{0,
                                                     1,
                                                     -1,
                                                     42,
                                                     std::numeric_limits<std::int64_t>::max(),
                                                     std::numeric_limits<std::int64_t>::min()};
  switch (Below(4)) {
    case 0:
      return kInts[Below(kInts.size())];
    case 1:
      return std::numeric_limits<std::uint64_t>::max();
    case 2:
      return 1.5 * static_cast<double>(Below(1000));
    default:
      return static_cast<std::int64_t>(random_());
  }
}

nlohmann::json RandomInput::MakeJson(int depth) {
  static constexpr std::array<const char*, 8> kNames{"id",  "qty",     "lines", "labels",
                                                     "sku", "nothing", "a",     "text"};
  const std::size_t choice = Below(depth > 0 ? 8 : 5);
  if (choice == 0) return nullptr;
  if (choice == 1) return Below(2) == 0;
  if (choice == 2) return std::string(kNames[Below(kNames.size())]);
  if (choice <= 4) return MakeNumber();
  nlohmann::json json = choice == 5 ? nlohmann::json::array() : nlohmann::json::object();
  for (std::size_t count = Below(6); count > 0; --count) {
    if (choice == 5) {
      json.push_back(MakeJson(depth - 1));
    } else {
      json[kNames[Below(kNames.size())]] = MakeJson(depth - 1);
    }
  }
  return json;
}

}  // namespace saga::expr::test
