#include "server/service_manager.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstdlib>
#include <string>

namespace saga::server {
namespace {

// What systemd listens on.
class NotifySocket {
 public:
  explicit NotifySocket(const std::string& name) : socket_(::socket(AF_UNIX, SOCK_DGRAM, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    name.copy(static_cast<char*>(address.sun_path), name.size());
    if (name.front() == '@') address.sun_path[0] = '\0';
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
    bound_ = bind(socket_, reinterpret_cast<const sockaddr*>(&address), size) == 0;
  }
  ~NotifySocket() { close(socket_); }
  NotifySocket(const NotifySocket&) = delete;
  NotifySocket& operator=(const NotifySocket&) = delete;

  bool bound() const { return bound_; }
  std::string Read() const {
    char text[64];
    const ssize_t size = recv(socket_, static_cast<char*>(text), sizeof(text), MSG_DONTWAIT);
    return size < 0 ? "nothing"
                    : std::string(static_cast<char*>(text), static_cast<std::size_t>(size));
  }

 private:
  int socket_;
  bool bound_ = false;
};

class ServiceManagerTest : public ::testing::Test {
 protected:
  void TearDown() override { unsetenv("NOTIFY_SOCKET"); }
};

TEST_F(ServiceManagerTest, WithoutAServiceManagerNothingHappens) {
  unsetenv("NOTIFY_SOCKET");
  EXPECT_TRUE(TellServiceManager(kServiceReady).ok());
}

TEST_F(ServiceManagerTest, TheStateReachesASocketOfEitherKind) {
  const std::string unique = std::to_string(getpid());
  const std::string path = ::testing::TempDir() + "notify-" + unique;
  for (const std::string& name : {path, "@sagad-notify-" + unique}) {
    const NotifySocket manager(name);
    ASSERT_TRUE(manager.bound()) << name;
    setenv("NOTIFY_SOCKET", name.c_str(), 1);

    EXPECT_TRUE(TellServiceManager(kServiceReady).ok());
    EXPECT_EQ(manager.Read(), "READY=1");
    EXPECT_TRUE(TellServiceManager(kServiceStopping).ok());
    EXPECT_EQ(manager.Read(), "STOPPING=1");
  }
  unlink(path.c_str());
}

TEST_F(ServiceManagerTest, ASocketThatIsNotThereIsAnErrorThatHarmsNobody) {
  setenv("NOTIFY_SOCKET", "/nowhere/notify", 1);
  EXPECT_EQ(TellServiceManager(kServiceReady).reason(), "NOTIFY_FAILED");
}

}  // namespace
}  // namespace saga::server
