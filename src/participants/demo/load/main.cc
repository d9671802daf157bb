// saga-demo-load: starts checkouts of the demo shop and tells how they ended.
#include <fmt/format.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>

#include "participants/demo/load/starter.h"
#include "participants/demo/load/waiter.h"

namespace saga::demo {
namespace {

constexpr int kNotAll = 1;
constexpr int kUsage = 2;
constexpr std::size_t kExamplesMax = 5;
constexpr std::chrono::seconds kLiveEvery{2};
constexpr int kReconnectMillis = 300;  // The server may be killed and come back: try again soon.

struct Options {
  std::string server = "127.0.0.1:7070";
  StartOptions start;
  int wait_seconds = 300;
  bool live = false;
};

double Millis(const std::vector<std::chrono::microseconds>& sorted, double share) {
  if (sorted.empty()) return 0;
  const auto index = static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1));
  return static_cast<double>(sorted[index].count()) / 1000;
}

void PrintStarts(StartSummary& starts) {
  std::ranges::sort(starts.times);
  fmt::print("{} acknowledged, {} refused, {} repeated calls; start p50 {:.1f} ms p99 {:.1f} ms\n",
             starts.acknowledged.size(), starts.refused.size(), starts.repeats,
             Millis(starts.times, 0.5), Millis(starts.times, 0.99));
  for (std::size_t i = 0; i < std::min(kExamplesMax, starts.refused.size()); ++i) {
    fmt::print("  {}\n", starts.refused[i]);
  }
  std::fflush(stdout);
}

// One line that changes on a terminal, a line now and then elsewhere.
class LiveLine {
 public:
  void Show(const RestSummary& so_far) {
    const auto now = std::chrono::steady_clock::now();
    const bool terminal = isatty(STDOUT_FILENO) == 1;
    if (!terminal && now - shown_ < kLiveEvery) return;
    shown_ = now;
    fmt::print("{}{} running, {} succeeded, {} compensated, {} wait for a person{}",
               terminal ? "\r\033[K" : "", so_far.unfinished, so_far.succeeded, so_far.compensated,
               so_far.waiting, terminal && so_far.unfinished > 0 ? "" : "\n");
    std::fflush(stdout);
  }

 private:
  std::chrono::steady_clock::time_point shown_;
};

int Run(const Options& options) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, kReconnectMillis);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, kReconnectMillis);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kReconnectMillis);
  const auto stub = saga::v1::SagaService::NewStub(
      grpc::CreateCustomChannel(options.server, grpc::InsecureChannelCredentials(), arguments));
  const auto began = std::chrono::steady_clock::now();
  Result<StartSummary> starts = StartSagas(*stub, options.start);
  if (!starts.ok()) {
    fmt::print(stderr, "saga-demo-load: {}\n", starts.status().ToString());
    return kUsage;
  }
  PrintStarts(*starts);
  if (options.wait_seconds == 0) return starts->refused.empty() ? 0 : kNotAll;
  LiveLine line;
  const RestSummary rest = WaitForRest(
      *stub, starts->acknowledged, std::chrono::seconds(options.wait_seconds),
      options.live ? [&line](const RestSummary& so_far) { line.Show(so_far); } : OnRound());
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  fmt::print(
      "{} succeeded, {} compensated, {} resolved, {} wait for a person, {} unfinished, in {:.1f} "
      "s\n",
      rest.succeeded, rest.compensated, rest.resolved, rest.waiting, rest.unfinished, took.count());
  return starts->refused.empty() && rest.unfinished == 0 ? 0 : kNotAll;
}

int Main(int argc, char** argv) {
  CLI::App app("Starts checkouts of the demo shop and tells how they ended.");
  Options options;
  StartOptions& start = options.start;
  app.add_option("--server", options.server, "sagad")->capture_default_str();
  app.add_option("--sagas", start.sagas, "how many")->capture_default_str();
  app.add_option("--concurrency", start.concurrency, "starts at once")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  app.add_option("--rate", start.per_second, "starts a second; 0 = as fast as they are taken")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  app.add_option("--prefix", start.prefix, "of the saga ids")->capture_default_str();
  auto* definition =
      app.add_option("--definition", start.definition, "what to start")->capture_default_str();
  std::string flow;
  app.add_option("--flow", flow, "orders of a flagship flow: " + FlowNames())
      ->excludes(definition)
      ->check([](const std::string& name) {
        return FindFlow(name) != nullptr
                   ? std::string()
                   : fmt::format("no flow '{}'; there are {}", name, FlowNames());
      });
  app.add_option("--article", start.article, "what the orders of --flow checkout are for");
  app.add_flag("--live", options.live, "show how many have come to rest");
  const CLI::Range share(0.0, 1.0);
  app.add_option("--declined", start.mix.declined, "share without money")->check(share);
  app.add_option("--out-of-stock", start.mix.out_of_stock, "share without goods")->check(share);
  app.add_option("--unknown-customer", start.mix.unknown_customer, "share of strangers")
      ->check(share);
  app.add_option("--undeliverable", start.mix.undeliverable, "share that gets stuck at the end")
      ->check(share);
  app.add_option("--seed", start.mix.seed, "of the mix")->capture_default_str();
  app.add_option("--acknowledged", start.acknowledged_file,
                 "file for the ids of acknowledged starts, one a line");
  app.add_option("--wait", options.wait_seconds, "seconds for all to come to rest; 0 = do not wait")
      ->check(CLI::Range(0, 86'400))
      ->capture_default_str();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kUsage;
  }
  if (!flow.empty()) {
    start.flow = FindFlow(flow);
    start.definition = start.flow->definition;
  }
  return Run(options);
}

}  // namespace
}  // namespace saga::demo

int main(int argc, char** argv) { return saga::demo::Main(argc, argv); }
