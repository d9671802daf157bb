#include "participants/demo/load/customers.h"

#include <fmt/format.h>

#include <utility>

#include "base/hash.h"

namespace saga::demo {
namespace {

// What every demo shop has from the start (docs/reference/demo.md).
constexpr std::int64_t kCustomers = 100;
constexpr std::int64_t kArticles = 20;
constexpr std::int64_t kLinesMax = 3;

void AddLine(shop::order::v1::PlaceOrder& order, const std::string& sku, std::int64_t quantity) {
  auto* line = order.add_lines();
  line->set_sku(sku);
  line->set_quantity(quantity);
}

}  // namespace

Fate FateOf(const Mix& mix, std::int64_t number) {
  double draw =
      static_cast<double>(StableHash(fmt::format("fate of {}", number), mix.seed) >> 11U) *
      0x1.0p-53;
  for (const auto& [share, fate] : {std::pair{mix.declined, Fate::kDeclined},
                                    {mix.out_of_stock, Fate::kOutOfStock},
                                    {mix.unknown_customer, Fate::kUnknownCustomer},
                                    {mix.undeliverable, Fate::kUndeliverable}}) {
    if (draw < share) return fate;
    draw -= share;
  }
  return Fate::kGood;
}

shop::order::v1::PlaceOrder OrderOf(Fate fate, std::int64_t number, const std::string& order_id) {
  shop::order::v1::PlaceOrder order;
  order.set_order_id(order_id);
  order.set_customer_id(fmt::format("cust-{}", number % kCustomers + 1));
  for (std::int64_t i = 0; i < number % kLinesMax + 1; ++i) {
    AddLine(order, fmt::format("SKU-{}", (number + i * 7) % kArticles + 1), i + 1);
  }
  order.mutable_total()->set_currency("EUR");
  order.mutable_total()->set_minor_units(100 + number % 900);
  auto* address = order.mutable_address();
  address->set_name("A. Customer");
  address->set_street(fmt::format("Lane {}", number));
  address->set_city("12345 Town");
  address->set_country("DE");
  order.set_email(fmt::format("customer-{}@shop.example", number));
  switch (fate) {
    case Fate::kGood:
      break;
    case Fate::kDeclined:
      order.set_customer_id("cust-poor");
      break;
    case Fate::kOutOfStock:
      AddLine(order, "SKU-NONE", 1);
      break;
    case Fate::kUnknownCustomer:
      order.set_customer_id("nobody");
      break;
    case Fate::kUndeliverable:
      address->set_country("XX");
      break;
  }
  return order;
}

}  // namespace saga::demo
