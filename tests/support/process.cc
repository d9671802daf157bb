#include "support/process.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <netinet/in.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>

#include "support/wait.h"

namespace saga::test {
namespace {

constexpr std::chrono::seconds kKillLimit{10};
constexpr int kExecFailed = 127;

// True when every thread of the process is stopped.
bool IsStopped(pid_t pid) {
  std::error_code error;
  for (const auto& task :
       std::filesystem::directory_iterator(fmt::format("/proc/{}/task", pid), error)) {
    std::ifstream file(task.path() / "stat");
    const std::string stat{std::istreambuf_iterator<char>(file), {}};
    // The state stands behind the name, which may hold anything but is closed by the last ')'.
    const std::size_t name_end = stat.rfind(')');
    if (name_end == std::string::npos || stat.compare(name_end, 3, ") T") != 0) return false;
  }
  return !error;
}

[[noreturn]] void Fail(const std::string& what) {
  throw std::runtime_error(fmt::format("{}: {}", what, std::strerror(errno)));
}

// The user that the child becomes, looked up before the fork.
struct Identity {
  uid_t uid;
  gid_t gid;
};

std::optional<Identity> IdentityOf(const std::string& user) {
  if (user.empty() || ::geteuid() != 0) return std::nullopt;
  const passwd* entry = ::getpwnam(user.c_str());
  if (entry == nullptr) throw std::runtime_error(fmt::format("no user '{}'", user));
  return Identity{entry->pw_uid, entry->pw_gid};
}

std::vector<std::string> MergedEnvironment(const std::map<std::string, std::string>& added) {
  std::vector<std::string> merged;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    if (!added.contains(std::string(text.substr(0, text.find('='))))) merged.emplace_back(text);
  }
  for (const auto& [name, value] : added) merged.push_back(fmt::format("{}={}", name, value));
  return merged;
}

std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

// Runs in the child: only async-signal-safe calls from here to the exec.
[[noreturn]] void BecomeProgram(char** argv, char** environment, int output, pid_t parent,
                                const std::optional<Identity>& identity) {
  if (identity.has_value()) {
    if (::setgroups(0, nullptr) != 0 || ::setgid(identity->gid) != 0 ||
        ::setuid(identity->uid) != 0) {
      ::_exit(kExecFailed);
    }
  }
  // After the change of user, which would clear it again.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(kExecFailed);
  const int input = ::open("/dev/null", O_RDONLY);
  ::dup2(input, STDIN_FILENO);
  ::dup2(output, STDOUT_FILENO);
  ::dup2(output, STDERR_FILENO);
  ::execvpe(argv[0], argv, environment);
  ::_exit(kExecFailed);
}

int ExitCodeOf(int status) {
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

// The state letter and the parent of a process; absent when there is none.
struct ProcessStat {
  char state;
  pid_t parent;
};

std::optional<ProcessStat> ReadStat(pid_t pid) {
  std::ifstream file(fmt::format("/proc/{}/stat", pid));
  std::string line;
  if (!std::getline(file, line)) return std::nullopt;
  // The name in parentheses may hold anything, spaces included.
  std::istringstream rest(line.substr(line.rfind(')') + 1));
  ProcessStat stat{};
  rest >> stat.state >> stat.parent;
  return stat;
}

sockaddr_in Loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

}  // namespace

ChildProcess::ChildProcess(ProcessOptions options) : output_(std::move(options.output)) {
  if (output_.empty()) {
    std::string name = "/tmp/saga-output-XXXXXX";
    const int file = ::mkstemp(name.data());
    if (file < 0) Fail("mkstemp");
    ::close(file);
    output_ = name;
    owns_output_ = true;
  }
  const int output = ::open(output_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (output < 0) Fail(output_.string());
  const std::optional<Identity> identity = IdentityOf(options.user);
  std::vector<std::string> environment = MergedEnvironment(options.environment);
  const std::vector<char*> argv = Pointers(options.argv);
  const std::vector<char*> envp = Pointers(environment);
  const pid_t parent = ::getpid();
  pid_ = ::fork();
  if (pid_ == 0) {
    BecomeProgram(const_cast<char**>(argv.data()), const_cast<char**>(envp.data()), output, parent,
                  identity);
  }
  ::close(output);
  if (pid_ < 0) Fail("fork");
}

ChildProcess::~ChildProcess() {
  KillHard();
  std::error_code ignored;
  if (owns_output_) std::filesystem::remove(output_, ignored);
}

bool ChildProcess::IsRunning() { return !Wait(std::chrono::milliseconds(0)).has_value(); }

void ChildProcess::Signal(int signal) {
  if (IsRunning()) ::kill(pid_, signal);
}

void ChildProcess::KillHard() {
  Signal(SIGKILL);
  Wait(kKillLimit);
}

void ChildProcess::Freeze() {
  Signal(SIGSTOP);
  // On a busy machine a thread can run on for a while after the signal was sent.
  if (!WaitUntil(kKillLimit, [this] { return !IsRunning() || IsStopped(pid_); })) {
    throw std::runtime_error("a frozen process goes on");
  }
}

void ChildProcess::Thaw() { Signal(SIGCONT); }

std::optional<int> ChildProcess::Terminate(std::chrono::milliseconds limit) {
  Signal(SIGTERM);
  return Wait(limit);
}

std::optional<int> ChildProcess::Wait(std::chrono::milliseconds limit) {
  WaitUntil(limit, [this] {
    if (exit_code_.has_value()) return true;
    int status = 0;
    if (::waitpid(pid_, &status, WNOHANG) != pid_) return false;
    exit_code_ = ExitCodeOf(status);
    return true;
  });
  return exit_code_;
}

std::string ChildProcess::Output() const {
  std::ifstream file(output_);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

bool ChildProcess::WaitForOutput(std::string_view text, std::chrono::milliseconds limit) {
  return WaitUntil(limit, [&] { return Output().find(text) != std::string::npos; });
}

std::string RunProgram(ProcessOptions options, std::chrono::milliseconds limit) {
  const std::string name = options.argv.front();
  ChildProcess process(std::move(options));
  const std::optional<int> code = process.Wait(limit);
  if (code != 0) {
    const std::string end = code.has_value() ? fmt::format("exit {}", *code) : "it hangs";
    throw std::runtime_error(fmt::format("{}: {}\n{}", name, end, process.Output()));
  }
  return process.Output();
}

bool ProcessIsAlive(pid_t pid) {
  const std::optional<ProcessStat> stat = ReadStat(pid);
  return stat.has_value() && stat->state != 'Z' && stat->state != 'X';
}

std::vector<pid_t> ChildrenOf(pid_t pid) {
  std::vector<pid_t> children;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const std::string name = entry.path().filename();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    const pid_t candidate = std::stoi(name);
    const std::optional<ProcessStat> stat = ReadStat(candidate);
    if (stat.has_value() && stat->parent == pid) children.push_back(candidate);
  }
  return children;
}

int FreePort() {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = Loopback(0);
  socklen_t length = sizeof(address);
  const bool bound = ::bind(listener, reinterpret_cast<sockaddr*>(&address), length) == 0 &&
                     ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &length) == 0;
  ::close(listener);
  if (!bound) Fail("bind 127.0.0.1:0");
  return ntohs(address.sin_port);
}

bool PortAnswers(int port) {
  const int probe = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = Loopback(port);
  const bool connected =
      ::connect(probe, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
  ::close(probe);
  return connected;
}

std::filesystem::path MakeTempFolder(std::string_view prefix) {
  std::string name = fmt::format("/tmp/{}-XXXXXX", prefix);
  if (::mkdtemp(name.data()) == nullptr) Fail("mkdtemp");
  return name;
}

}  // namespace saga::test
