// saga-demo-participant: one of the demo shop's services.
#include <fmt/format.h>
#include <signal.h>
#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>

#include "base/log.h"
#include "participants/demo/limits.h"
#include "participants/demo/participant.h"
#include "participants/demo/probe.h"

namespace saga::demo {
namespace {

constexpr int kFailed = 1;
constexpr int kUsage = 2;

// Blocked in all threads, so that main alone takes them. Must run before any thread is started.
sigset_t BlockSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

int Run(ParticipantOptions options) {
  const sigset_t signals = BlockSignals();
  const char* const name = options.service->name;
  Participant participant(std::move(options));
  if (const Status started = participant.Start(); !started.ok()) {
    spdlog::error("service={} cannot start: {}", name, started.ToString());
    return kFailed;
  }
  spdlog::info("service={} port={} ready", name, participant.port());
  int signal = 0;
  sigwait(&signals, &signal);
  spdlog::info("service={} stopping", name);
  participant.Stop();
  spdlog::info("service={} stopped", name);
  return 0;
}

int Probe(const std::string& address) {
  const Status serving = AskHealth(address);
  if (serving.ok()) return 0;
  fmt::print(stderr, "{}\n", serving.message());
  return kFailed;
}

int Main(int argc, char** argv) {
  if (argc == 3 && std::string_view(argv[1]) == "probe") return Probe(argv[2]);
  CLI::App app("One of the demo shop's services: a gRPC server with health and reflection.");
  app.footer("`saga-demo-participant probe HOST:PORT` asks a running one whether it serves.");
  ParticipantOptions options;
  std::string service;
  std::string log_level = "info";
  app.add_option("--service", service, ServiceNames())
      ->required()
      ->check([](const std::string& name) {
        return FindService(name) != nullptr
                   ? std::string()
                   : fmt::format("no service '{}'; there are {}", name, ServiceNames());
      });
  app.add_option("--listen", options.listen, "HOST:PORT; port 0 = any free one")->required();
  app.add_option("--database", options.database,
                 "libpq conninfo; a schema of its own is made there")
      ->required();
  app.add_option("--faults-file", options.faults_file,
                 "read again whenever it changes; see docs/reference/demo.md");
  app.add_option("--connections", options.connections, "database connections")
      ->check(CLI::Range(std::size_t{1}, kConnectionsMax))
      ->capture_default_str();
  app.add_option("--sagad", options.sagad, "HOST:PORT, where outcomes are reported")
      ->capture_default_str();
  std::int64_t outcome_ms = options.settings.outcome_after.count();
  std::int64_t late_ms = options.settings.late_after.count();
  std::int64_t quote_ms = options.settings.quote_valid.count();
  const CLI::Range time(std::int64_t{0}, std::int64_t{kDelayMax.count()});
  app.add_option("--outcome-ms", outcome_ms, "accepted work takes so long")
      ->check(time)
      ->capture_default_str();
  app.add_option("--late-ms", late_ms, "cashier: a late payment comes then")
      ->check(time)
      ->capture_default_str();
  app.add_option("--quote-ms", quote_ms, "transfers: a quote is good for so long")
      ->check(time)
      ->capture_default_str();
  std::string fees;
  app.add_option("--fees", fees, "transfers: file with the network's fees, one a line");
  app.add_option("--log-level", log_level, "debug, info, warn or error")->capture_default_str();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kUsage;
  }
  if (const Status logging = SetUpLogging(log_level, LogFormat::kText); !logging.ok()) {
    fmt::print(stderr, "{}\n", logging.ToString());
    return kUsage;
  }
  options.service = FindService(service);
  options.settings.outcome_after = std::chrono::milliseconds(outcome_ms);
  options.settings.late_after = std::chrono::milliseconds(late_ms);
  options.settings.quote_valid = std::chrono::milliseconds(quote_ms);
  if (!fees.empty()) {
    Result<std::vector<std::int64_t>> read = ReadFees(fees);
    if (!read.ok()) {
      fmt::print(stderr, "saga-demo-participant: {}\n", read.status().ToString());
      return kUsage;
    }
    options.settings.fees = std::move(read).value();
  }
  return Run(std::move(options));
}

}  // namespace
}  // namespace saga::demo

int main(int argc, char** argv) { return saga::demo::Main(argc, argv); }
