#include "admin/describe.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "admin/reasons.h"
#include "admin/text.h"
#include "admin/topics.h"

namespace saga::admin {
namespace {

constexpr std::size_t kIndent = 2;

std::string PathOf(const CLI::App& command) {
  const CLI::App* parent = command.get_parent();
  return parent == nullptr ? command.get_name() : PathOf(*parent) + " " + command.get_name();
}

std::vector<const CLI::Option*> Positionals(const CLI::App& command) {
  return command.get_options([](const CLI::Option* option) { return option->get_positional(); });
}

std::vector<const CLI::Option*> Flags(const CLI::App& command) {
  return command.get_options([](const CLI::Option* option) {
    return option->nonpositional() && !option->get_group().empty();
  });
}

// "-o,--output FORMAT".
std::string FlagNames(const CLI::Option& option) {
  std::vector<std::string> names;
  for (const std::string& name : option.get_snames()) names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) names.push_back("--" + name);
  std::string text = Join(names, ", ");
  if (option.get_items_expected_max() > 0) text += " " + option.get_type_name();
  return text;
}

std::string Usage(const CLI::App& command) {
  std::string text = PathOf(command);
  if (!Children(command).empty()) return text + " COMMAND";
  for (const CLI::Option* option : Positionals(command)) {
    const bool many = option->get_items_expected_max() > 1;
    const std::string name = option->get_name(true) + (many ? "..." : "");
    text += option->get_required() ? " " + name : " [" + name + "]";
  }
  for (const CLI::Option* option : Flags(command)) {
    if (option->get_required()) text += " " + FlagNames(*option);
  }
  return text + " [flags]";
}

struct Entry {
  std::string name;
  std::string description;
};

std::string Aligned(const std::vector<Entry>& entries, std::size_t width) {
  std::size_t widest = 0;
  for (const Entry& entry : entries) widest = std::max(widest, DisplayWidth(entry.name));
  widest = std::clamp<std::size_t>(widest, 14, 26);
  const std::size_t left = kIndent + widest + 2;
  std::string text;
  for (const Entry& entry : entries) {
    std::string head = std::string(kIndent, ' ') + PadRight(entry.name, widest) + "  ";
    if (DisplayWidth(entry.name) > widest) {
      text += std::string(kIndent, ' ') + entry.name + "\n";
      head = std::string(left, ' ');
    }
    for (const std::string& line : Wrap(entry.description, width > left + 20 ? width - left : 60)) {
      text += head + line + "\n";
      head = std::string(left, ' ');
    }
  }
  return text;
}

std::vector<Entry> EntriesOf(const std::vector<const CLI::Option*>& options) {
  std::vector<Entry> entries;
  for (const CLI::Option* option : options) {
    entries.push_back({option->get_positional() ? option->get_name(true) : FlagNames(*option),
                       option->get_description()});
  }
  return entries;
}

// Groups in the order in which they first appear.
std::vector<std::string> GroupsOf(const CLI::App& command) {
  std::vector<std::string> groups;
  for (const CLI::App* child : Children(command)) {
    if (std::find(groups.begin(), groups.end(), child->get_group()) == groups.end()) {
      groups.push_back(child->get_group());
    }
  }
  return groups;
}

std::string ChildrenText(const CLI::App& command, std::size_t width) {
  std::string text;
  for (const std::string& group : GroupsOf(command)) {
    std::vector<Entry> entries;
    for (const CLI::App* child : Children(command)) {
      if (child->get_group() == group)
        entries.push_back({child->get_name(), child->get_description()});
    }
    text += "\n" + (command.get_parent() == nullptr ? group : "COMMANDS") + "\n" +
            Aligned(entries, width);
  }
  return text;
}

void AppendMarkdown(const CLI::App& command, std::string& text) {
  for (const CLI::App* child : Children(command)) {
    if (!Children(*child).empty()) {
      AppendMarkdown(*child, text);
      continue;
    }
    text += fmt::format("\n### {}\n\n{}\n\n```\n{}\n```\n", PathOf(*child),
                        child->get_description(), Usage(*child));
    const auto positionals = EntriesOf(Positionals(*child));
    const auto flags = EntriesOf(Flags(*child));
    if (!positionals.empty() || flags.size() > 1) text += "\n| | |\n|---|---|\n";
    for (const Entry& entry : positionals)
      text += fmt::format("| `{}` | {} |\n", entry.name, entry.description);
    for (const Entry& entry : flags) {
      if (entry.name == "-h, --help") continue;
      text += fmt::format("| `{}` | {} |\n", entry.name, entry.description);
    }
    if (!child->get_footer().empty())
      text += fmt::format("\n```sh\n{}\n```\n", child->get_footer());
  }
}

}  // namespace

std::vector<const CLI::App*> Children(const CLI::App& command) {
  return command.get_subcommands([](const CLI::App*) { return true; });
}

const CLI::App* FindChild(const CLI::App& command, const std::string& name) {
  for (const CLI::App* child : Children(command)) {
    if (child->check_name(name)) return child;
  }
  return nullptr;
}

std::string HelpText(const CLI::App& command, std::size_t width) {
  std::string text;
  for (const std::string& line : Wrap(command.get_description(), width)) text += line + "\n";
  text += "\nusage: " + Usage(command) + "\n" + ChildrenText(command, width);
  if (const auto entries = EntriesOf(Positionals(command)); !entries.empty()) {
    text += "\nARGUMENTS\n" + Aligned(entries, width);
  }
  text += "\nFLAGS\n" + Aligned(EntriesOf(Flags(command)), width);
  if (!command.get_footer().empty()) {
    text += "\nEXAMPLES\n";
    std::istringstream lines(command.get_footer());
    for (std::string line; std::getline(lines, line);) text += "  " + line + "\n";
  }
  const std::string more =
      command.get_parent() == nullptr
          ? "Help for a command: sagactl COMMAND --help. Other topics: sagactl help " +
                Join(TopicNames(), " | ") + " | REASON"
          : "Flags of all commands: sagactl --help";
  text += "\n";
  for (const std::string& line : Wrap(more, width)) text += line + "\n";
  return text;
}

std::string ReferenceMarkdown(const CLI::App& root) {
  std::string text =
      "# sagactl\n\n"
      "Generated by `sagactl help --markdown`; a test fails when it is stale.\n\n" +
      root.get_description() + "\n\n## Flags of all commands\n\n| | |\n|---|---|\n";
  for (const Entry& entry : EntriesOf(Flags(root))) {
    text += fmt::format("| `{}` | {} |\n", entry.name, entry.description);
  }
  text += "\n## Commands\n";
  AppendMarkdown(root, text);
  for (const std::string& topic : TopicNames()) {
    text += fmt::format("\n## {}\n\n```\n{}```\n", topic, TopicText(topic));
  }
  text += "\n## Reasons\n\nStable codes of errors and of stuck sagas: `sagactl help REASON`.\n";
  for (const ReasonHelp& help : AllReasons()) {
    text += fmt::format("\n### {}\n\n{}\n", help.reason, WithArgv0(help.meaning, "sagactl"));
  }
  return text;
}

}  // namespace saga::admin
