#include "admin/session.h"

#include <fmt/ostream.h>

#include "admin/text.h"
#include "base/check.h"

namespace saga::admin {
namespace {

// Who the audit log shall name: SAGACTL_ACTOR, who became root, or who is logged in.
std::string ActorOf(const Environment& environment) {
  for (const char* name : {"SAGACTL_ACTOR", "SUDO_USER"}) {
    const auto value = environment.env(name);
    if (value && !value->empty()) return Clean(*value);
  }
  return Clean(environment.login);
}

}  // namespace

Client& Session::client() {
  if (client_ == nullptr) {
    ClientOptions options;
    options.server = settings_.server;
    options.name_space = settings_.name_space;
    options.actor = ActorOf(environment_);
    options.timeout = settings_.timeout.value_or(kTimeoutDefault);
    if (settings_.verbose) {
      options.trace = &err();
      fmt::print(err(), "server {} (from {})\n", settings_.server, settings_.server_from);
    }
    client_ = std::make_unique<Client>(environment_.connect(settings_.server), std::move(options));
  }
  return *client_;
}

Paint Session::paint() const {
  const bool on = settings_.color == ColorMode::kAlways ||
                  (settings_.color == ColorMode::kAuto && terminal().out_is_tty);
  return on ? Paint::On() : Paint::Off();
}

Paint Session::error_paint() const {
  const bool on = settings_.color == ColorMode::kAlways ||
                  (settings_.color == ColorMode::kAuto && terminal().err_is_tty);
  return on ? Paint::On() : Paint::Off();
}

TableLayout Session::layout() const {
  TableLayout layout;
  layout.width = terminal().width;
  layout.shown = settings_.output == OutputFormat::kWide ? Shown::kWide : Shown::kAlways;
  layout.columns = settings_.columns;
  return layout;
}

bool Session::is_for_programs() const {
  return settings_.output != OutputFormat::kTable && settings_.output != OutputFormat::kWide;
}

void Session::PrintJson(const google::protobuf::Message& message) const {
  SAGA_CHECK(settings_.output == OutputFormat::kJson || settings_.output == OutputFormat::kJsonl);
  out() << ToJson(message,
                  settings_.output == OutputFormat::kJson ? JsonStyle::kPretty : JsonStyle::kLine);
}

void Session::Note(const std::string& line) const {
  if (!settings_.quiet) err() << line << "\n";
}

std::string Session::Ask(const std::string& question) const {
  err() << question << std::flush;
  std::string answer;
  std::getline(environment_.terminal.in, answer);
  return std::string(Trim(answer));
}

}  // namespace saga::admin
