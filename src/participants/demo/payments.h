// The work of the payments service, whatever version of its API asks for it.
#pragma once

#include "base/status.h"
#include "participants/demo/desk.h"
#include "shop/pay/v1/payments.pb.h"

namespace saga::demo {

// NOT_FOUND ACCOUNT_UNKNOWN, FAILED_PRECONDITION CARD_DECLINED, INVALID_ARGUMENT AMOUNT_INVALID.
Result<shop::pay::v1::AuthorizeResponse> Authorize(Visit& visit,
                                                   const shop::pay::v1::AuthorizeRequest& request);
Result<shop::pay::v1::VoidResponse> Void(Visit& visit, const shop::pay::v1::VoidRequest& request);
// FAILED_PRECONDITION NOT_HELD.
Result<shop::pay::v1::CaptureResponse> Capture(Visit& visit,
                                               const shop::pay::v1::CaptureRequest& request);

}  // namespace saga::demo
