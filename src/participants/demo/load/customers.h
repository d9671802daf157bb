// The customers of the demo shop: what they order, and how that will end.
#pragma once

#include <cstdint>
#include <string>

#include "shop/order/v1/orders.pb.h"

namespace saga::demo {

// How an order must end if nobody but the shop's own rules stands in its way.
enum class Fate : std::uint8_t {
  kGood,
  kDeclined,         // No money: compensated.
  kOutOfStock,       // Compensated.
  kUnknownCustomer,  // Compensated.
  kUndeliverable,    // Waits for a person, after the pivot.
};

// Shares of all orders, from 0 to 1; the rest is good.
struct Mix {
  double declined = 0;
  double out_of_stock = 0;
  double unknown_customer = 0;
  double undeliverable = 0;
  std::uint64_t seed = 1;
};

// Functions of their arguments: the same run again orders the same.
Fate FateOf(const Mix& mix, std::int64_t number);
shop::order::v1::PlaceOrder OrderOf(Fate fate, std::int64_t number, const std::string& order_id);

}  // namespace saga::demo
