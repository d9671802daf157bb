// Calls of definitions at a participant whose own API is another one.
#pragma once

#include <memory>

#include "definition/adapter.h"
#include "participants/call_codec.h"

namespace saga::participants {

// `inner` makes and reads what the definition calls; `method` turns it into what is sent. Borrows
// `method`, which must outlive it.
std::unique_ptr<const CallCodec> AdaptCall(std::unique_ptr<const CallCodec> inner,
                                           const AdaptedMethod& method);

}  // namespace saga::participants
