// The tree of commands in words: for --help, and for docs/reference/cli.md. One source for both.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace saga::admin {

std::vector<const CLI::App*> Children(const CLI::App& command);
// By name or alias; null when there is no such command.
const CLI::App* FindChild(const CLI::App& command, const std::string& name);

// `command` is the root or any command below it.
std::string HelpText(const CLI::App& command, std::size_t width);

// The whole reference: all commands and flags, exit codes, filters, formats, environment, reasons.
std::string ReferenceMarkdown(const CLI::App& root);

}  // namespace saga::admin
