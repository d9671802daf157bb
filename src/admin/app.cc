#include "admin/app.h"

#include <fmt/format.h>

#include <algorithm>

#include "admin/commands.h"
#include "admin/describe.h"
#include "admin/mistake.h"

namespace saga::admin {
namespace {

constexpr std::size_t kHelpWidth = 80;

std::size_t HelpWidth(const Environment& environment) {
  const std::size_t width = environment.terminal.width;
  return width == kUnlimitedWidth ? kHelpWidth : std::clamp<std::size_t>(width, 40, 100);
}

// The innermost command that was named.
const CLI::App& Innermost(const CLI::App& root) {
  const CLI::App* command = &root;
  for (;;) {
    const auto named = command->get_subcommands();
    if (named.empty()) return *command;
    command = named.front();
  }
}

ExitCode Fail(const Status& status, const Environment& environment, const Paint& paint) {
  environment.terminal.err << RenderError(
      status, {.argv0 = environment.argv0, .width = environment.terminal.width}, paint);
  return ExitCodeOf(status);
}

Paint ErrorPaint(const Environment& environment) {
  const auto no_color = environment.env("NO_COLOR");
  const bool on = environment.terminal.err_is_tty && (!no_color || no_color->empty());
  return on ? Paint::On() : Paint::Off();
}

}  // namespace

ExitCode RunSagactl(const std::vector<std::string>& arguments, const Environment& environment) {
  Commands commands;
  try {
    // CLI11 takes them last first.
    commands.root().parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::CallForHelp&) {
    environment.terminal.out << HelpText(Innermost(commands.root()), HelpWidth(environment));
    return ExitCode::kDone;
  } catch (const CLI::ParseError& error) {
    const std::string mistake = ExplainMistake(commands.root(), arguments);
    return Fail(UsageError(mistake.empty() ? error.what() : mistake), environment,
                ErrorPaint(environment));
  }
  if (!commands.chosen()) {
    const bool nothing_named = arguments.empty();
    (nothing_named ? environment.terminal.out : environment.terminal.err)
        << HelpText(Innermost(commands.root()), HelpWidth(environment));
    return nothing_named ? ExitCode::kDone : ExitCode::kUsage;
  }
  Result<Settings> settings = ResolveSettings(commands.flags(), environment.env);
  if (!settings.ok()) return Fail(settings.status(), environment, ErrorPaint(environment));

  Session session(environment, *std::move(settings));
  const Result<ExitCode> result = commands.chosen()(session);
  session.out().flush();
  if (result.ok()) return *result;
  return Fail(result.status(), environment, session.error_paint());
}

}  // namespace saga::admin
