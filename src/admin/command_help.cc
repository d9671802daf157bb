#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "admin/commands.h"
#include "admin/describe.h"
#include "admin/reasons.h"
#include "admin/text.h"
#include "admin/topics.h"
#include "base/suggest.h"
#include "base/version.h"

namespace saga::admin {
namespace {

constexpr std::size_t kHelpWidth = 80;

std::size_t WidthOf(const Session& session) {
  const std::size_t width = session.terminal().width;
  return width == kUnlimitedWidth ? kHelpWidth : std::clamp<std::size_t>(width, 40, 100);
}

std::vector<std::string> AllSubjects(const CLI::App& root) {
  std::vector<std::string> names = TopicNames();
  for (const CLI::App* command : Children(root)) {
    names.push_back(command->get_name());
  }
  for (const ReasonHelp& help : AllReasons()) names.emplace_back(help.reason);
  return names;
}

Result<ExitCode> Help(Session& session, const CLI::App& root,
                      const std::vector<std::string>& subject) {
  if (subject.empty()) {
    session.out() << HelpText(root, WidthOf(session));
    return ExitCode::kDone;
  }
  std::string page = TopicText(subject.front());
  if (page.empty()) page = ReasonPage(Upper(subject.front()), session.argv0(), WidthOf(session));
  if (page.empty()) {
    const CLI::App* command = &root;
    for (const std::string& word : subject) {
      command = command == nullptr ? nullptr : FindChild(*command, word);
    }
    if (command != nullptr) page = HelpText(*command, WidthOf(session));
  }
  if (page.empty()) {
    const std::string word = Join(subject, " ");
    return Status(
        StatusCode::kNotFound, "TOPIC_NOT_FOUND",
        fmt::format("there is no help on '{}'{}", word, DidYouMean(word, AllSubjects(root))));
  }
  session.out() << page;
  return ExitCode::kDone;
}

Result<ExitCode> PrintVersions(Session& session) {
  const auto response = session.client().Call(&OperatorApi::GetServer, v1::GetServerRequest());
  const bool reached = response.ok() || response.status().reason() != "UNREACHABLE";
  const std::string server = response.ok() ? Clean(response->version()) : "(unknown)";
  if (session.is_for_programs()) {
    nlohmann::ordered_json json = {{"client", Version()}, {"address", session.settings().server}};
    if (response.ok()) json["server"] = server;
    session.out() << json.dump() << "\n";
    return ExitCode::kDone;
  }
  session.out() << fmt::format("sagactl  {}\n", Version());
  session.out() << (reached
                        ? fmt::format("sagad    {}  at {}\n", server, session.settings().server)
                        : fmt::format("sagad    not reachable at {}\n", session.settings().server));
  return ExitCode::kDone;
}

}  // namespace

void AddHelpCommands(Commands& commands) {
  CLI::App& version =
      commands.Add(kSetupGroup, "version", "The versions of this program and of the server.");
  commands.Runs(version, [](Session& session) { return PrintVersions(session); });

  struct Flags {
    std::vector<std::string> subject;
    bool markdown = false;
  };
  auto flags = std::make_shared<Flags>();
  CLI::App& help = commands.Add(kSetupGroup, "help",
                                "Help on a command, on exit-codes, filters, formats or "
                                "environment, or on the REASON of an error.");
  help.add_option("SUBJECT", flags->subject, "A command, a topic, or a reason.");
  help.add_flag("--markdown", flags->markdown, "Everything, as docs/reference/cli.md has it.");
  commands.Runs(help, [flags, &commands](Session& session) -> Result<ExitCode> {
    if (!flags->markdown) return Help(session, commands.root(), flags->subject);
    session.out() << ReferenceMarkdown(commands.root());
    return ExitCode::kDone;
  });
}

}  // namespace saga::admin
