#include "base/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <unordered_map>

#include "base/mutex.h"

namespace saga {
namespace {

// Families are made once by name; the registry itself would refuse or double a second one.
struct Registry {
  prometheus::Registry registry;
  Mutex mutex;
  std::unordered_map<std::string, prometheus::Family<prometheus::Counter>*> counters
      SAGA_GUARDED_BY(mutex);
  std::unordered_map<std::string, prometheus::Family<prometheus::Gauge>*> gauges
      SAGA_GUARDED_BY(mutex);
  std::unordered_map<std::string, prometheus::Family<prometheus::Histogram>*> histograms
      SAGA_GUARDED_BY(mutex);
};

// Never destroyed: metrics are touched by threads that may outlive main.
Registry& TheRegistry() {
  static auto* registry = new Registry();
  return *registry;
}

template <typename Families, typename Builder>
auto& FamilyOf(Families& families, Builder builder, const std::string& name,
               const std::string& help, prometheus::Registry& registry) {
  auto it = families.find(name);
  if (it == families.end()) {
    it = families.emplace(name, &builder.Name(name).Help(help).Register(registry)).first;
  }
  return *it->second;
}

}  // namespace

void Counter::Add(double count) const { counter_->Increment(count); }
double Counter::value() const { return counter_->Value(); }
void Gauge::Set(double value) const { gauge_->Set(value); }
double Gauge::value() const { return gauge_->Value(); }
void Histogram::Observe(double value) const { histogram_->Observe(value); }

Counter MetricCounter(const std::string& name, const std::string& help,
                      const MetricLabels& labels) {
  Registry& all = TheRegistry();
  const MutexLock lock(all.mutex);
  return Counter(
      FamilyOf(all.counters, prometheus::BuildCounter(), name, help, all.registry).Add(labels));
}

Gauge MetricGauge(const std::string& name, const std::string& help, const MetricLabels& labels) {
  Registry& all = TheRegistry();
  const MutexLock lock(all.mutex);
  return Gauge(
      FamilyOf(all.gauges, prometheus::BuildGauge(), name, help, all.registry).Add(labels));
}

Histogram MetricHistogram(const std::string& name, const std::string& help,
                          const std::vector<double>& bounds, const MetricLabels& labels) {
  Registry& all = TheRegistry();
  const MutexLock lock(all.mutex);
  return Histogram(FamilyOf(all.histograms, prometheus::BuildHistogram(), name, help, all.registry)
                       .Add(labels, bounds));
}

const std::vector<double>& SecondsBounds() {
  static const std::vector<double> bounds = {0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005,
                                             0.01,   0.025,   0.05,   0.1,   0.25,   0.5,
                                             1,      2.5,     5,      10};
  return bounds;
}

const std::vector<double>& CountBounds() {
  static const std::vector<double> bounds = {1,   2,   4,   8,    16,   32,  64,
                                             128, 256, 512, 1024, 2048, 4096};
  return bounds;
}

std::string RenderMetrics() {
  return prometheus::TextSerializer().Serialize(TheRegistry().registry.Collect());
}

}  // namespace saga
