// JSON text for reading.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace saga::admin {

// `json` in lines of at most `width` columns where that is possible: what fits stays on one line,
// what does not is broken into its members. Only white space is changed: numbers stay as they were
// written. Text that is no JSON comes back as it is.
std::vector<std::string> JsonLines(std::string_view json, std::size_t width);

}  // namespace saga::admin
