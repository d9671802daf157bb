#include "participants/demo/load/flows.h"

#include <fmt/format.h>

#include <array>

#include "participants/demo/load/customers.h"
#include "shop/transfer/v1/transfers.pb.h"

namespace saga::demo {
namespace {

using shop::order::v1::PlaceOrder;

Order Packed(const google::protobuf::Message& message) {
  return {message.GetTypeName(), message.SerializeAsString()};
}

// Of twenty orders one is never paid, one late, four are refused, four are paid and told thrice.
Order OrderPay(std::int64_t number, const std::string& id, const std::string& /*article*/) {
  PlaceOrder order = OrderOf(Fate::kGood, number, id);
  const std::int64_t place = number % 20;
  order.set_card(place == 0   ? "silent"
                 : place == 1 ? "late"
                 : place < 6  ? "refused"
                 : place < 10 ? "paid-thrice"
                              : "paid");
  return Packed(order);
}

// One piece each of the same article. Of twenty one pays with a stolen card, one has no money.
Order Checkout(std::int64_t number, const std::string& id, const std::string& article) {
  PlaceOrder order = OrderOf(Fate::kGood, number, id);
  order.clear_lines();
  auto* line = order.add_lines();
  line->set_sku(article);
  line->set_quantity(1);
  order.set_card(number % 20 == 0 ? "stolen" : "good");
  if (number % 20 == 1) order.set_customer_id("cust-poor");
  return Packed(order);
}

// Of three orders one has no coupon, one a good one, one that has expired.
Order PostPayment(std::int64_t number, const std::string& id, const std::string& /*article*/) {
  PlaceOrder order = OrderOf(Fate::kGood, number, id);
  if (number % 3 == 1) order.set_coupon(fmt::format("GOOD-{}", number));
  if (number % 3 == 2) order.set_coupon(fmt::format("OLD-{}", number));
  return Packed(order);
}

// Caps from below most fees to above all of the series; of twenty one has no money.
Order Transfer(std::int64_t number, const std::string& id, const std::string& /*article*/) {
  constexpr std::array<std::int64_t, 4> kCaps{90, 130, 180, 400};
  shop::transfer::v1::PlaceTransfer transfer;
  transfer.set_transfer_id(id);
  transfer.set_customer_id(number % 20 == 1 ? "cust-poor"
                                            : fmt::format("cust-{}", number % 100 + 1));
  transfer.set_amount(1'000 + number % 500);
  transfer.set_fee_cap(kCaps[static_cast<std::size_t>(number) % kCaps.size()]);
  return Packed(transfer);
}

constexpr std::array kFlows{
    Flow{"order-pay", "order-pay", &OrderPay},
    Flow{"checkout", "checkout-hold", &Checkout},
    Flow{"post-payment", "post-payment", &PostPayment},
    Flow{"quote-cap-pivot", "quote-cap-pivot", &Transfer},
};

}  // namespace

const Flow* FindFlow(std::string_view name) {
  for (const Flow& flow : kFlows) {
    if (flow.name == name) return &flow;
  }
  return nullptr;
}

std::string FlowNames() {
  std::string names;
  for (const Flow& flow : kFlows) {
    names += fmt::format("{}{}", names.empty() ? "" : ", ", flow.name);
  }
  return names;
}

}  // namespace saga::demo
