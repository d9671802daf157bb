// What the services of the shop check alike.
#pragma once

#include <google/protobuf/repeated_ptr_field.h>

#include <cstdint>
#include <map>
#include <string>

#include "base/status.h"
#include "shop/type/v1/types.pb.h"

namespace saga::demo {

// Pieces per article, in the order in which everybody locks them.
using Pieces = std::map<std::string, std::int64_t>;

// INVALID_ARGUMENT LINES_INVALID unless there are lines with articles and sensible quantities.
Result<Pieces> PiecesOf(const google::protobuf::RepeatedPtrField<shop::type::v1::Line>& lines);

// INVALID_ARGUMENT AMOUNT_INVALID unless it is more than nothing, and of a currency.
Status CheckAmount(const shop::type::v1::Money& amount);

}  // namespace saga::demo
