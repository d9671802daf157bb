#include "support/tcp_proxy.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <string>
#include <thread>

#include "support/process.h"
#include "support/wait.h"

namespace saga::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

sockaddr_in Loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

// Answers "<request>!" to each request of one connection at a time, and counts the requests.
class EchoServer {
 public:
  EchoServer() : port_(FreePort()), listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
    const sockaddr_in address = Loopback(port_);
    EXPECT_EQ(::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
    EXPECT_EQ(::listen(listener_, 8), 0);
    thread_ = std::thread([this] { Run(); });
  }
  ~EchoServer() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }

  int port() const { return port_; }
  int requests() const { return requests_; }

 private:
  void Run() {
    for (int client = 0; (client = ::accept(listener_, nullptr, nullptr)) >= 0;) {
      char buffer[256];
      for (ssize_t count = 0; (count = ::recv(client, buffer, sizeof(buffer), 0)) > 0;) {
        ++requests_;
        const std::string answer = std::string(buffer, static_cast<std::size_t>(count)) + "!";
        ::send(client, answer.data(), answer.size(), MSG_NOSIGNAL);
      }
      ::close(client);
    }
  }

  int port_;
  int listener_;
  std::atomic<int> requests_ = 0;
  std::thread thread_;
};

class Client {
 public:
  explicit Client(int port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    const sockaddr_in address = Loopback(port);
    connected_ =
        ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
  }
  ~Client() { ::close(socket_); }

  bool connected() const { return connected_; }
  void Send(const std::string& text) { ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL); }

  // What arrives within `limit`; "<closed>" at the end of the connection, "" for nothing.
  std::string Receive(milliseconds limit) {
    pollfd polled{.fd = socket_, .events = POLLIN, .revents = 0};
    if (::poll(&polled, 1, static_cast<int>(limit.count())) <= 0) return "";
    char buffer[256];
    const ssize_t count = ::recv(socket_, buffer, sizeof(buffer), 0);
    return count <= 0 ? "<closed>" : std::string(buffer, static_cast<std::size_t>(count));
  }

 private:
  int socket_;
  bool connected_ = false;
};

constexpr milliseconds kLong{10'000};
constexpr milliseconds kShort{100};  // For what must not come.

class TcpProxyTest : public ::testing::Test {
 protected:
  EchoServer server_;
  TcpProxy proxy_{server_.port()};
};

TEST_F(TcpProxyTest, ForwardsBothWays) {
  Client client(proxy_.port());
  client.Send("a");

  EXPECT_EQ(client.Receive(kLong), "a!");
}

TEST_F(TcpProxyTest, RefusesConnectionsUntilOpenedAgainOnTheSamePort) {
  const int port = proxy_.port();
  proxy_.SetAdmission(Admission::kRefusing);
  EXPECT_FALSE(Client(port).connected());

  proxy_.SetAdmission(Admission::kOpen);
  Client client(port);
  client.Send("a");
  EXPECT_EQ(client.Receive(kLong), "a!");
}

TEST_F(TcpProxyTest, MuteAcceptsAndNeverAnswers) {
  proxy_.SetAdmission(Admission::kMute);
  Client client(proxy_.port());
  client.Send("a");

  EXPECT_TRUE(client.connected());
  EXPECT_EQ(client.Receive(kShort), "");
  EXPECT_EQ(server_.requests(), 0);
}

TEST_F(TcpProxyTest, CutToClientLosesTheAnswerOfWorkThatWasDone) {
  Client client(proxy_.port());
  client.Send("a");
  ASSERT_EQ(client.Receive(kLong), "a!");

  proxy_.CutAfter(Direction::kToClient, 0);
  client.Send("b");

  EXPECT_EQ(client.Receive(kLong), "<closed>");
  EXPECT_TRUE(proxy_.WaitForCuts(1, kLong));
  EXPECT_EQ(server_.requests(), 2);
}

TEST_F(TcpProxyTest, CutToServerLosesTheRequest) {
  Client client(proxy_.port());
  proxy_.CutAfter(Direction::kToServer, 0);
  client.Send("a");

  EXPECT_EQ(client.Receive(kLong), "<closed>");
  EXPECT_EQ(server_.requests(), 0);
}

TEST_F(TcpProxyTest, CutAfterSomeBytesForwardsThose) {
  Client client(proxy_.port());
  proxy_.CutAfter(Direction::kToServer, 2);
  client.Send("ab");
  ASSERT_EQ(client.Receive(kLong), "ab!");
  client.Send("c");

  EXPECT_EQ(client.Receive(kLong), "<closed>");
  EXPECT_EQ(server_.requests(), 1);
}

TEST_F(TcpProxyTest, HeldBytesArriveAfterRelease) {
  Client client(proxy_.port());
  proxy_.Hold(Direction::kToClient);
  client.Send("a");
  EXPECT_EQ(client.Receive(kShort), "");
  EXPECT_TRUE(WaitUntil(kLong, [this] { return server_.requests() == 1; }));

  proxy_.Release(Direction::kToClient);
  EXPECT_EQ(client.Receive(kLong), "a!");
}

TEST_F(TcpProxyTest, DelayedBytesArriveLater) {
  Client client(proxy_.port());
  proxy_.SetDelay(Direction::kToServer, milliseconds(150));
  const auto sent_at = std::chrono::steady_clock::now();
  client.Send("a");

  EXPECT_EQ(client.Receive(kLong), "a!");
  EXPECT_GE(std::chrono::steady_clock::now() - sent_at, milliseconds(150));
}

TEST_F(TcpProxyTest, CutNowResetsWhoIsConnectedAndNobodyElse) {
  Client before(proxy_.port());
  before.Send("a");
  ASSERT_EQ(before.Receive(kLong), "a!");

  proxy_.CutNow();
  Client after(proxy_.port());
  after.Send("b");

  EXPECT_EQ(before.Receive(kLong), "<closed>");
  EXPECT_EQ(after.Receive(kLong), "b!");
}

}  // namespace
}  // namespace saga::test
