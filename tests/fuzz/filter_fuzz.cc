// Filters of lists, watches and the audit, as callers send them.
#include "api/filter.h"
#include "fuzz/require.h"

namespace saga::fuzz {
namespace {

void Judge(const Status& status) { Require(status.ok() || status.reason() == "FILTER_INVALID"); }

void ReadFilter(std::string_view text) {
  const auto comparisons = api::ParseComparisons(text);
  Judge(comparisons.status());
  const auto rows = api::ParseRowFilter(text, api::FilterScope::kRows);
  Judge(rows.status());
  const auto watched = api::ParseRowFilter(text, api::FilterScope::kWatch);
  Judge(watched.status());
  Judge(api::ParseAuditFilter(text, "default").status());

  if (rows.ok()) Require(comparisons.ok() && rows->size() == comparisons->size());
  // What may be watched may be listed, too.
  if (watched.ok()) {
    Require(rows.ok());
    (void)api::Matches(*watched, SagaHeader{});
  }
  if (!comparisons.ok()) return;
  for (const api::RawComparison& comparison : *comparisons) {
    Require(comparison.field_column <= text.size() && comparison.value_column <= text.size());
  }
}

}  // namespace
}  // namespace saga::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  saga::fuzz::ReadFilter(saga::fuzz::ToText(data, size));
  return 0;
}
