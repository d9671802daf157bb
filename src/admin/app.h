// sagactl from its arguments to its exit code.
#pragma once

#include <string>
#include <vector>

#include "admin/exit_code.h"
#include "admin/session.h"

namespace saga::admin {

// `arguments` without the program's name. Everything that is printed goes to the environment's
// terminal; nothing is thrown.
ExitCode RunSagactl(const std::vector<std::string>& arguments, const Environment& environment);

}  // namespace saga::admin
