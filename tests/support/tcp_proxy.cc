#include "support/tcp_proxy.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <deque>
#include <list>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

#include "support/wait.h"

namespace saga::test {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kReadBytesMax = 16384;  // Per read.
constexpr std::size_t kQueuedBytesMax =
    262144;  // Per direction of a connection; then no more reads.

sockaddr_in Loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

// Where the proxied server is: a port, or a unix socket when the path is not empty.
struct Server {
  int port = 0;
  std::filesystem::path socket;
};

// A connection to the server, or -1.
int ConnectTo(const Server& server) {
  sockaddr_un local{};
  local.sun_family = AF_UNIX;
  const sockaddr_in tcp = Loopback(server.port);
  const auto* address = reinterpret_cast<const sockaddr*>(&tcp);
  socklen_t length = sizeof(tcp);
  if (!server.socket.empty()) {
    std::strncpy(local.sun_path, server.socket.c_str(), sizeof(local.sun_path) - 1);
    address = reinterpret_cast<const sockaddr*>(&local);
    length = sizeof(local);
  }
  const int connection = ::socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (::connect(connection, address, length) == 0) return connection;
  ::close(connection);
  return -1;
}

// One direction of one connection.
struct Flow {
  struct Piece {
    Clock::time_point due;
    std::string bytes;
  };
  std::deque<Piece> queue;
  std::size_t queued_bytes = 0;
  bool ended = false;      // The source has closed.
  bool forwarded = false;  // The end was passed on.
};

struct Connection {
  std::array<int, 2> ends = {-1, -1};  // Source of the direction with this index.
  std::array<Flow, 2> flows;
  bool mute = false;
  bool cut = false;
};

// What the methods ask for, per direction.
struct Fault {
  bool held = false;
  std::chrono::milliseconds delay{0};
  std::optional<std::size_t> cut_after;
};

}  // namespace

class TcpProxy::Impl final {
 public:
  explicit Impl(Server server) : server_(std::move(server)), wake_(::eventfd(0, EFD_CLOEXEC)) {
    Listen();
    thread_ = std::thread([this] { Run(); });
  }

  ~Impl() {
    Change([this] { stopping_ = true; });
    thread_.join();
    for (Connection& connection : connections_) Close(connection);
    if (listener_ >= 0) ::close(listener_);
    ::close(wake_);
  }

  // Makes a change under the mutex and lets the thread see it.
  template <typename Action>
  void Change(const Action& action) {
    const std::lock_guard<std::mutex> lock(mutex_);
    action();
    const std::uint64_t one = 1;
    if (::write(wake_, &one, sizeof(one)) != sizeof(one)) std::abort();
  }

  template <typename Getter>
  auto Read(const Getter& getter) const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return getter();
  }

  void SetAdmission(Admission admission) {
    Change([&] {
      admission_ = admission;
      if (admission == Admission::kRefusing && listener_ >= 0) {
        // Closing alone would leave it listening for as long as poll() holds it.
        ::shutdown(listener_, SHUT_RDWR);
        ::close(std::exchange(listener_, -1));
      } else if (admission != Admission::kRefusing && listener_ < 0) {
        Listen();
      }
    });
  }

  void CutNow() {
    Change([this] {
      for (Connection& connection : connections_) Cut(connection);
    });
  }

  Fault& fault(Direction direction) { return faults_[static_cast<std::size_t>(direction)]; }

  int port() const { return port_; }
  std::size_t cuts() const { return cuts_; }
  std::size_t connections() const { return connections_.size(); }

 private:
  void Listen() {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    const int on = 1;
    ::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    sockaddr_in address = Loopback(port_);
    socklen_t length = sizeof(address);
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), length) != 0 ||
        ::listen(listener_, SOMAXCONN) != 0 ||
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &length) != 0) {
      throw std::runtime_error(std::string("proxy cannot listen: ") + std::strerror(errno));
    }
    port_ = ntohs(address.sin_port);
  }

  void Run() {
    std::unique_lock<std::mutex> lock(mutex_);
    while (!stopping_) {
      std::vector<pollfd> polled = Interests();
      const int wait_ms = MillisecondsToNextPiece();
      lock.unlock();
      ::poll(polled.data(), polled.size(), wait_ms);
      lock.lock();
      if ((polled[0].revents & POLLIN) != 0) DrainWake();
      AcceptAll();
      for (Connection& connection : connections_) Move(connection);
      RemoveEnded();
    }
  }

  void DrainWake() const {
    std::uint64_t count = 0;
    if (::read(wake_, &count, sizeof(count)) != sizeof(count)) std::abort();
  }

  std::vector<pollfd> Interests() const {
    std::vector<pollfd> polled = {{.fd = wake_, .events = POLLIN, .revents = 0}};
    if (listener_ >= 0) polled.push_back({.fd = listener_, .events = POLLIN, .revents = 0});
    for (const Connection& connection : connections_) {
      for (std::size_t way = 0; way < connection.ends.size(); ++way) {
        if (!WantsBytes(connection, way)) continue;
        polled.push_back({.fd = connection.ends[way], .events = POLLIN, .revents = 0});
      }
    }
    return polled;
  }

  bool WantsBytes(const Connection& connection, std::size_t way) const {
    const Flow& flow = connection.flows[way];
    return connection.ends[way] >= 0 && !flow.ended && !faults_[way].held &&
           flow.queued_bytes < kQueuedBytesMax;
  }

  int MillisecondsToNextPiece() const {
    std::optional<Clock::time_point> next;
    for (const Connection& connection : connections_) {
      for (std::size_t way = 0; way < connection.flows.size(); ++way) {
        const Flow& flow = connection.flows[way];
        if (flow.queue.empty() || faults_[way].held) continue;
        next = std::min(next.value_or(Clock::time_point::max()), flow.queue.front().due);
      }
    }
    if (!next.has_value()) return -1;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(*next - Clock::now());
    return static_cast<int>(std::max<std::int64_t>(left.count(), 1));
  }

  void AcceptAll() {
    while (listener_ >= 0) {
      const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (client < 0) return;
      Connection connection;
      connection.ends[0] = client;
      connection.mute = admission_ == Admission::kMute;
      if (!connection.mute) {
        connection.ends[1] = ConnectTo(server_);
        if (connection.ends[1] < 0) {
          ::close(client);
          continue;
        }
      }
      for (const int end : connection.ends) {
        const int on = 1;
        if (end >= 0) ::setsockopt(end, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
      }
      connections_.push_back(std::move(connection));
    }
  }

  void Move(Connection& connection) {
    for (std::size_t way = 0; way < connection.ends.size() && !connection.cut; ++way) {
      ReadFrom(connection, way);
      if (!faults_[way].held) Forward(connection, way);
    }
  }

  void ReadFrom(Connection& connection, std::size_t way) {
    Flow& flow = connection.flows[way];
    while (WantsBytes(connection, way)) {
      std::array<char, kReadBytesMax> buffer;
      const ssize_t count =
          ::recv(connection.ends[way], buffer.data(), buffer.size(), MSG_DONTWAIT);
      if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
      if (count <= 0) {
        flow.ended = true;
        return;
      }
      if (connection.mute) continue;  // Read all the same, so that its end is seen.
      const auto bytes = static_cast<std::size_t>(count);
      flow.queue.push_back({Clock::now() + faults_[way].delay, {buffer.data(), bytes}});
      flow.queued_bytes += bytes;
    }
  }

  void Forward(Connection& connection, std::size_t way) {
    Flow& flow = connection.flows[way];
    const int target = connection.ends[1 - way];
    while (!flow.queue.empty() && flow.queue.front().due <= Clock::now()) {
      std::string bytes = std::move(flow.queue.front().bytes);
      flow.queue.pop_front();
      flow.queued_bytes -= bytes.size();
      std::optional<std::size_t>& allowed = faults_[way].cut_after;
      const bool cuts = allowed.has_value() && bytes.size() > *allowed;
      if (cuts) bytes.resize(*allowed);
      // A receiver that is slower than 256 KiB of socket buffer holds up the proxy: good enough.
      if (!bytes.empty()) ::send(target, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (cuts) {
        allowed.reset();
        Cut(connection);
        return;
      }
      if (allowed.has_value()) *allowed -= bytes.size();
    }
    if (flow.ended && flow.queue.empty() && !flow.forwarded) {
      flow.forwarded = true;
      if (target >= 0) ::shutdown(target, SHUT_WR);
    }
  }

  // A reset rather than a polite end: what the kernel still holds is lost too.
  void Cut(Connection& connection) {
    if (connection.cut) return;
    connection.cut = true;
    ++cuts_;
    for (const int end : connection.ends) {
      const linger hard{.l_onoff = 1, .l_linger = 0};
      if (end >= 0) ::setsockopt(end, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
    }
    Close(connection);
  }

  static void Close(Connection& connection) {
    for (int& end : connection.ends) {
      if (end >= 0) ::close(std::exchange(end, -1));
    }
  }

  void RemoveEnded() {
    std::erase_if(connections_, [](Connection& connection) {
      const bool over =
          connection.flows[0].forwarded && (connection.flows[1].forwarded || connection.mute);
      if (over) Close(connection);
      return over || connection.cut;
    });
  }

  const Server server_;
  const int wake_;
  mutable std::mutex mutex_;
  // All below is guarded by mutex_.
  int listener_ = -1;
  int port_ = 0;
  bool stopping_ = false;
  Admission admission_ = Admission::kOpen;
  std::array<Fault, 2> faults_;
  std::list<Connection> connections_;
  std::size_t cuts_ = 0;
  std::thread thread_;
};

TcpProxy::TcpProxy(int server_port) : impl_(std::make_unique<Impl>(Server{server_port, {}})) {}

TcpProxy::TcpProxy(const std::filesystem::path& server_socket)
    : impl_(std::make_unique<Impl>(Server{0, server_socket})) {}

TcpProxy::~TcpProxy() = default;

int TcpProxy::port() const { return impl_->port(); }

void TcpProxy::SetAdmission(Admission admission) { impl_->SetAdmission(admission); }

void TcpProxy::Hold(Direction direction) {
  impl_->Change([&] { impl_->fault(direction).held = true; });
}

void TcpProxy::Release(Direction direction) {
  impl_->Change([&] { impl_->fault(direction).held = false; });
}

void TcpProxy::SetDelay(Direction direction, std::chrono::milliseconds delay) {
  impl_->Change([&] { impl_->fault(direction).delay = delay; });
}

void TcpProxy::CutNow() { impl_->CutNow(); }

void TcpProxy::CutAfter(Direction direction, std::size_t bytes) {
  impl_->Change([&] { impl_->fault(direction).cut_after = bytes; });
}

std::size_t TcpProxy::cuts() const {
  return impl_->Read([this] { return impl_->cuts(); });
}

bool TcpProxy::WaitForCuts(std::size_t count, std::chrono::milliseconds limit) const {
  return WaitUntil(limit, [&] { return cuts() >= count; });
}

std::size_t TcpProxy::connections() const {
  return impl_->Read([this] { return impl_->connections(); });
}

}  // namespace saga::test
