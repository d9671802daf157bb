#include "admin/files.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

namespace saga::admin {

Result<std::string> ReadInput(const Session& session, const std::string& path) {
  if (path == "-") {
    return std::string(std::istreambuf_iterator<char>(session.terminal().in), {});
  }
  std::ifstream file(path, std::ios::binary);
  std::string bytes;
  if (file) bytes.assign(std::istreambuf_iterator<char>(file), {});
  if (!file.is_open() || file.bad()) {
    return UsageError(fmt::format("cannot read '{}': {}", path, std::strerror(errno)));
  }
  return bytes;
}

}  // namespace saga::admin
