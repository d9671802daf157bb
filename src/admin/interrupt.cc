#include "admin/interrupt.h"

#include <unistd.h>

#include <csignal>
#include <utility>

#include "base/check.h"

namespace saga::admin {
namespace {

constexpr char kInterrupted = 'i';
constexpr char kOver = 'o';

// A signal handler may do no more than write to a pipe.
int pipe_ends[2] = {-1, -1};

void Handle(int) {
  const ssize_t written = write(pipe_ends[1], &kInterrupted, 1);
  static_cast<void>(written);  // A full pipe has its message already.
}

}  // namespace

OnInterrupt::OnInterrupt(std::function<void()> on_interrupt)
    : on_interrupt_(std::move(on_interrupt)) {
  SAGA_CHECK(pipe_ends[0] == -1);
  SAGA_CHECK(pipe(pipe_ends) == 0);
  thread_ = std::thread([this] {
    char what = kOver;
    if (read(pipe_ends[0], &what, 1) == 1 && what == kInterrupted) on_interrupt_();
  });
  struct sigaction action {};
  action.sa_handler = Handle;
  action.sa_flags = static_cast<int>(SA_RESETHAND | SA_RESTART);
  SAGA_CHECK(sigaction(SIGINT, &action, nullptr) == 0);
}

OnInterrupt::~OnInterrupt() {
  SAGA_CHECK(std::signal(SIGINT, SIG_DFL) != SIG_ERR);
  SAGA_CHECK(write(pipe_ends[1], &kOver, 1) == 1);
  thread_.join();
  close(pipe_ends[0]);
  close(pipe_ends[1]);
  pipe_ends[0] = pipe_ends[1] = -1;
}

}  // namespace saga::admin
