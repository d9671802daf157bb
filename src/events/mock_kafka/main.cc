// saga-mock-kafka: the development broker in a process of its own, until SIGTERM.
#include <fmt/format.h>
#include <signal.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include "events/mock_kafka/mock_kafka.h"

namespace saga::events {
namespace {

struct Options {
  std::string topics;
  std::filesystem::path address_file;
};

// Whole or not at all: whoever waits for the file finds the complete address in it.
bool WriteAddress(const std::filesystem::path& file, const std::string& address) {
  std::filesystem::path unfinished = file;
  unfinished += ".new";
  if (!(std::ofstream(unfinished) << address << '\n')) return false;
  std::error_code error;
  std::filesystem::rename(unfinished, file, error);
  return !error;
}

int Fail(const std::string& message) {
  fmt::print(stderr, "saga-mock-kafka: {}\n", message);
  return 1;
}

int Run(const Options& options) {
  // Blocked before any thread is made, so that only sigwait sees them.
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);

  const Result<std::vector<MockTopic>> topics = ParseMockTopics(options.topics);
  if (!topics.ok()) return Fail(topics.status().ToString());
  const Result<std::unique_ptr<MockKafka>> kafka = MockKafka::Start(*topics);
  if (!kafka.ok()) return Fail(kafka.status().ToString());
  const std::string& address = (*kafka)->address();
  if (!options.address_file.empty() && !WriteAddress(options.address_file, address)) {
    return Fail(fmt::format("cannot write {}", options.address_file.string()));
  }
  fmt::print("listening on {} (memory only)\n", address);
  std::fflush(stdout);

  int signal = 0;
  sigwait(&ends, &signal);
  return 0;
}

}  // namespace
}  // namespace saga::events

int main(int argc, char** argv) {
  saga::events::Options options;
  CLI::App app("A Kafka broker for development: memory only, ends with its process.",
               "saga-mock-kafka");
  app.add_option("--topics", options.topics, "NAME:PARTITIONS,...")->required();
  app.add_option("--address-file", options.address_file, "where host:port is written");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  return saga::events::Run(options);
}
