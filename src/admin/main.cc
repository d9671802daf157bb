// sagactl: the operator's tool.
#include <pwd.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include "admin/app.h"

namespace {

bool IsTerminal(int fd) { return isatty(fd) == 1; }

// Without a terminal lines are as long as they are.
std::size_t TerminalWidth() {
  if (!IsTerminal(STDOUT_FILENO)) return saga::admin::kUnlimitedWidth;
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 80;
}

std::optional<std::string> GetEnv(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  if (value == nullptr) return std::nullopt;
  return std::string(value);
}

std::string Login() {
  const passwd* entry = getpwuid(geteuid());
  return entry == nullptr ? std::string() : std::string(entry->pw_name);
}

}  // namespace

int main(int argc, char** argv) {
  // gRPC's own lines on standard error say nothing that our errors do not say.
  setenv("GRPC_VERBOSITY", "NONE", 0);
  const saga::admin::Environment environment{
      .terminal = {.in = std::cin,
                   .out = std::cout,
                   .err = std::cerr,
                   .in_is_tty = IsTerminal(STDIN_FILENO),
                   .out_is_tty = IsTerminal(STDOUT_FILENO),
                   .err_is_tty = IsTerminal(STDERR_FILENO),
                   .width = TerminalWidth()},
      .env = GetEnv,
      .argv0 = GetEnv("SAGACTL_ARGV0").value_or(argc > 0 ? argv[0] : "sagactl"),
      .login = Login(),
      .now = [] { return std::chrono::floor<saga::Duration>(std::chrono::system_clock::now()); },
      .connect = saga::admin::ConnectTo,
  };
  const std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
  return static_cast<int>(saga::admin::RunSagactl(arguments, environment));
}
