#include "admin/mistake.h"

#include <fmt/format.h>

#include "admin/describe.h"
#include "admin/text.h"
#include "base/suggest.h"

namespace saga::admin {
namespace {

// Flags of `command` and of what stands above it.
const CLI::Option* FindFlag(const CLI::App& command, const std::string& name) {
  for (const CLI::App* app = &command; app != nullptr; app = app->get_parent()) {
    if (const CLI::Option* option = app->get_option_no_throw(name); option != nullptr)
      return option;
  }
  return nullptr;
}

std::vector<std::string> FlagNames(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::App* app = &command; app != nullptr; app = app->get_parent()) {
    for (const CLI::Option* option : app->get_options()) {
      for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    }
  }
  return names;
}

std::string UnknownCommand(const CLI::App& command, const std::string& word) {
  std::vector<std::string> names;
  for (const CLI::App* child : Children(command)) names.push_back(child->get_name());
  const std::string kind =
      command.get_parent() == nullptr ? "command" : "command of " + command.get_name();
  const std::string suggestion = DidYouMean(word, names);
  return fmt::format("there is no {} '{}'{}", kind, word,
                     suggestion.empty() ? "; there are: " + Join(names, ", ") : suggestion);
}

}  // namespace

std::string ExplainMistake(const CLI::App& root, const std::vector<std::string>& arguments) {
  const CLI::App* command = &root;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& word = arguments[i];
    if (word == "--") return "";
    if (word.size() > 1 && word.front() == '-') {
      const std::string name =
          word.starts_with("--") ? word.substr(0, word.find('=')) : word.substr(0, 2);
      const CLI::Option* option = FindFlag(*command, name);
      if (option == nullptr) {
        return fmt::format("there is no flag {}{}", name, DidYouMean(name, FlagNames(*command)));
      }
      const bool value_follows = option->get_items_expected_max() > 0 && word == name;
      if (value_follows) ++i;
      continue;
    }
    if (Children(*command).empty()) continue;
    const CLI::App* child = FindChild(*command, word);
    if (child == nullptr) return UnknownCommand(*command, word);
    command = child;
  }
  return "";
}

}  // namespace saga::admin
