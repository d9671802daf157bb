// What a command line that could not be parsed was probably meant to be.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace saga::admin {

// "there is no command 'lst'; did you mean 'list'?"; empty when the words are all known and the
// parser's own message says more.
std::string ExplainMistake(const CLI::App& root, const std::vector<std::string>& arguments);

}  // namespace saga::admin
