// Child processes of integration tests: started, frozen, killed and waited for by pid.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace saga::test {

// What to start.
struct ProcessOptions {
  std::vector<std::string> argv;                   // argv[0] is looked up on PATH.
  std::map<std::string, std::string> environment;  // Added to the test's own.
  std::string user;              // Run as this user when the test is root; empty = as the test.
  std::filesystem::path output;  // Where stdout and stderr go; empty = a file of its own.
};

// One child process.
//
// Threads:   one; it dies with the thread that made it (PR_SET_PDEATHSIG), so make it in the main
//            thread or in one that outlives it.
// Owns:      the process: the destructor kills it hard and reaps it, and removes an own output
// file. Promises:  no child outlives the test program, even when that one crashes. Limits:    the
// children of the child are its own affair. Failures throw std::runtime_error.
class ChildProcess final {
 public:
  explicit ChildProcess(ProcessOptions options);
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  pid_t pid() const { return pid_; }
  bool IsRunning();

  // No effect on an ended process.
  void Signal(int signal);
  void KillHard();  // SIGKILL, and waits for the end.
  void Freeze();    // SIGSTOP.
  void Thaw();      // SIGCONT.
  // SIGTERM, then waits for the end; absent when it does not come within `limit`.
  std::optional<int> Terminate(std::chrono::milliseconds limit);
  // The exit code (128 + signal for a killed one); absent while it runs after `limit`.
  std::optional<int> Wait(std::chrono::milliseconds limit);

  // All that was written to stdout and stderr so far.
  std::string Output() const;
  bool WaitForOutput(std::string_view text, std::chrono::milliseconds limit);

 private:
  pid_t pid_ = -1;
  std::filesystem::path output_;
  bool owns_output_ = false;
  std::optional<int> exit_code_;
};

// Runs a program to its end and returns what it printed. Throws when it fails or exceeds `limit`.
std::string RunProgram(ProcessOptions options, std::chrono::milliseconds limit);

// False for ended processes, zombies included.
bool ProcessIsAlive(pid_t pid);
// The processes whose parent is `pid`.
std::vector<pid_t> ChildrenOf(pid_t pid);

// A TCP port on 127.0.0.1 that nobody listened on a moment ago.
int FreePort();
bool PortAnswers(int port);

// A new folder below /tmp: short, for the names of unix sockets have 107 bytes at most.
std::filesystem::path MakeTempFolder(std::string_view prefix);

}  // namespace saga::test
