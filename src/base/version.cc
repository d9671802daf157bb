#include "base/version.h"

namespace saga {

std::string_view Version() { return SAGA_VERSION; }

}  // namespace saga
