#include "server/signals.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "base/check.h"

namespace saga::server {
namespace {

// Only what a signal handler may touch.
volatile sig_atomic_t signals_seen = 0;
volatile sig_atomic_t write_end = -1;

void OnSignal(int number) {
  signals_seen = signals_seen + 1;
  if (signals_seen > 1) _exit(128 + number);
  const char byte = 1;
  [[maybe_unused]] const ssize_t written = write(write_end, &byte, 1);
}

}  // namespace

Signals::Signals() {
  int ends[2];
  SAGA_CHECK(pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0);
  read_end_ = ends[0];
  write_end = ends[1];
  struct sigaction action {};
  action.sa_handler = OnSignal;
  sigemptyset(&action.sa_mask);
  sigaction(SIGTERM, &action, nullptr);
  sigaction(SIGINT, &action, nullptr);
  // A peer that hangs up is an error of that write, not of the process.
  signal(SIGPIPE, SIG_IGN);
}

Signals::~Signals() {
  signal(SIGTERM, SIG_DFL);
  signal(SIGINT, SIG_DFL);
  close(write_end);
  close(read_end_);
}

bool Signals::WaitFor(std::chrono::milliseconds limit) const {
  pollfd entry{.fd = read_end_, .events = POLLIN};
  return poll(&entry, 1, static_cast<int>(limit.count())) > 0;
}

}  // namespace saga::server
