// `sagactl show`: one saga as a tree of its steps, why it is where it is, and what can be done.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "admin/paint.h"
#include "admin/table.h"
#include "admin/times.h"
#include "saga/v1/participant_service.pb.h"
#include "saga/v1/saga.pb.h"

namespace saga::admin {

enum class Payloads : std::uint8_t { kHidden, kShown };

struct TreeContext {
  TimeFormat times;
  Paint paint;
  std::size_t width = kUnlimitedWidth;
  std::string argv0;
  std::string name;                            // Of the saga, as it is best typed.
  std::optional<v1::Participant> participant;  // The one that is waited for, as it is now.
  Payloads payloads = Payloads::kHidden;
};

std::string RenderTree(const v1::Saga& saga, const TreeContext& context);

}  // namespace saga::admin
