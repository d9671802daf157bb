// Files that the user names.
#pragma once

#include <string>

#include "admin/session.h"

namespace saga::admin {

// The bytes of the file, exactly; "-" is standard input.
Result<std::string> ReadInput(const Session& session, const std::string& path);

}  // namespace saga::admin
