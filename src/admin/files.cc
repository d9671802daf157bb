#include "admin/files.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/utf8.h"

namespace saga::admin {

Result<std::string> ReadInput(const Session& session, const std::string& path) {
  if (path == "-") {
    return std::string(std::istreambuf_iterator<char>(session.terminal().in), {});
  }
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) {
    return UsageError(fmt::format("cannot read '{}': it is a folder", path));
  }
  std::ifstream file(path, std::ios::binary);
  std::string bytes;
  if (file) bytes.assign(std::istreambuf_iterator<char>(file), {});
  if (!file.is_open() || file.bad()) {
    return UsageError(fmt::format("cannot read '{}': {}", path, std::strerror(errno)));
  }
  return bytes;
}

Result<std::string> ReadJson(const Session& session, const std::string& path) {
  SAGA_ASSIGN_OR_RETURN(std::string text, ReadInput(session, path));
  if (!IsValidUtf8(text))
    return UsageError(fmt::format("'{}' is not UTF-8, so it is no JSON", path));
  return text;
}

}  // namespace saga::admin
