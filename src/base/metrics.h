// Metrics of the process: a small facade over prometheus-cpp. Finding a metric locks its family, so
// a caller keeps the reference; adding to it is one atomic operation.
//
//   static const Counter started = MetricCounter("sagad_sagas_started_total", "Sagas started.");
//   started.Add();
#pragma once

#include <map>
#include <string>
#include <vector>

namespace prometheus {
class Counter;
class Gauge;
class Histogram;
}  // namespace prometheus

namespace saga {

using MetricLabels = std::map<std::string, std::string>;

// Threads: any. Cheap to copy; valid for the life of the process.
class Counter {
 public:
  explicit Counter(prometheus::Counter& counter) : counter_(&counter) {}
  void Add(double count = 1) const;
  double value() const;

 private:
  prometheus::Counter* counter_;
};

// Threads: any. Cheap to copy; valid for the life of the process.
class Gauge {
 public:
  explicit Gauge(prometheus::Gauge& gauge) : gauge_(&gauge) {}
  void Set(double value) const;
  double value() const;

 private:
  prometheus::Gauge* gauge_;
};

// Threads: any. Cheap to copy; valid for the life of the process.
class Histogram {
 public:
  explicit Histogram(prometheus::Histogram& histogram) : histogram_(&histogram) {}
  void Observe(double value) const;

 private:
  prometheus::Histogram* histogram_;
};

// Makes the metric, or finds it: the same name and labels give the same metric. Labels come from
// closed sets only (definitions, steps, participants, codes), never from ids.
Counter MetricCounter(const std::string& name, const std::string& help,
                      const MetricLabels& labels = {});
Gauge MetricGauge(const std::string& name, const std::string& help,
                  const MetricLabels& labels = {});
Histogram MetricHistogram(const std::string& name, const std::string& help,
                          const std::vector<double>& bounds, const MetricLabels& labels = {});

// Bucket bounds: for durations in seconds, 0.1 ms to 10 s; for counts, 1 to 4096 by factors of two.
const std::vector<double>& SecondsBounds();
const std::vector<double>& CountBounds();

// All metrics in Prometheus' text format.
std::string RenderMetrics();

}  // namespace saga
