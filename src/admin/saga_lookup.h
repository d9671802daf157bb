// From what a person types to one saga: full name, id, beginning of an id, business key.
#pragma once

#include <string>
#include <string_view>

#include "admin/client.h"
#include "base/status.h"

namespace saga::admin {

inline constexpr std::size_t kIdPrefixMin = 8;

// A value of a filter, quoted.
std::string FilterValue(std::string_view value);

// Errors: NOT_FOUND SAGA_NOT_FOUND; INVALID_ARGUMENT AMBIGUOUS_NAME, with the candidates.
Result<v1::Saga> FindSaga(Client& client, const std::string& text, v1::SagaView view);

// The shortest name under which FindSaga finds exactly this saga: a short id, its business key when
// no other saga has it, else the id.
std::string TypeableName(Client& client, const v1::Saga& saga);

}  // namespace saga::admin
