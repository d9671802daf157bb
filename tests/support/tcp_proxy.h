// A small TCP proxy that misbehaves on demand, to be put between two parts of a test.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

namespace saga::test {

// Which way bytes travel through the proxy.
enum class Direction : std::uint8_t { kToServer, kToClient };

// What happens to those who connect.
enum class Admission : std::uint8_t {
  kOpen,      // Connected to the server.
  kRefusing,  // Nobody listens: connection refused at once.
  kMute,      // Accepted and never answered; the server hears nothing.
};

// Forwards connections on 127.0.0.1:port() to a server, with named faults.
//
// Threads:   the methods from any thread; the bytes are moved by a thread of its own.
// Owns:      that thread, the port and all connections; the destructor ends them.
// Promises:  a fault holds for all bytes not yet forwarded when the call returns.
// Limits:    tens of connections.
class TcpProxy final {
 public:
  // In front of 127.0.0.1:server_port.
  explicit TcpProxy(int server_port);
  // In front of a unix socket, e.g. PrivatePostgres::socket_path().
  explicit TcpProxy(const std::filesystem::path& server_socket);
  ~TcpProxy();
  TcpProxy(const TcpProxy&) = delete;
  TcpProxy& operator=(const TcpProxy&) = delete;

  int port() const;

  // Holds for new connections; those that are there stay as they are.
  void SetAdmission(Admission admission);
  // Bytes of this direction wait until Release(): half-open, neither side learns of it.
  void Hold(Direction direction);
  void Release(Direction direction);
  // Each piece of this direction arrives so much later.
  void SetDelay(Direction direction, std::chrono::milliseconds delay);

  // Resets all connections now.
  void CutNow();
  // Resets a connection once so many more bytes were forwarded in this direction, over all
  // connections; the bytes beyond are lost. 0 = the next byte already: in the direction kToClient
  // the server did the work and its answer is lost, in kToServer the request is.
  void CutAfter(Direction direction, std::size_t bytes);
  // How many connections were cut by CutNow and CutAfter.
  std::size_t cuts() const;
  bool WaitForCuts(std::size_t count, std::chrono::milliseconds limit) const;
  std::size_t connections() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace saga::test
