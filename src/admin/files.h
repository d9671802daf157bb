// Files that the user names.
#pragma once

#include <string>

#include "admin/session.h"

namespace saga::admin {

// The bytes of the file, exactly; "-" is standard input.
Result<std::string> ReadInput(const Session& session, const std::string& path);
// The same, of JSON as it stands there. Errors: also INVALID_ARGUMENT when it is no UTF-8 text.
Result<std::string> ReadJson(const Session& session, const std::string& path);

}  // namespace saga::admin
