#include "participants/demo/checks.h"

#include <fmt/format.h>

#include "participants/demo/limits.h"

namespace saga::demo {

Result<Pieces> PiecesOf(const google::protobuf::RepeatedPtrField<shop::type::v1::Line>& lines) {
  const auto invalid = [](std::string why) {
    return Status(StatusCode::kInvalidArgument, "LINES_INVALID", std::move(why));
  };
  if (lines.empty() || lines.size() > kLinesMax) {
    return invalid(fmt::format("{} lines; an order has 1 to {}", lines.size(), kLinesMax));
  }
  Pieces pieces;
  for (const shop::type::v1::Line& line : lines) {
    if (line.sku().empty() || line.quantity() < 1 || line.quantity() > kQuantityMax) {
      return invalid(fmt::format("{} pieces of '{}'; a line has 1 to {}", line.quantity(),
                                 line.sku(), kQuantityMax));
    }
    pieces[line.sku()] += line.quantity();
  }
  return pieces;
}

Status CheckAmount(const shop::type::v1::Money& amount) {
  if (amount.minor_units() > 0 && amount.minor_units() <= kAmountMax &&
      amount.currency().size() == 3) {
    return Status::Ok();
  }
  return Status(StatusCode::kInvalidArgument, "AMOUNT_INVALID",
                fmt::format("{} '{}' is no amount", amount.minor_units(), amount.currency()));
}

}  // namespace saga::demo
