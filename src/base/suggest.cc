#include "base/suggest.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace saga {
namespace {

std::size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substitute = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substitute});
    }
  }
  return row[b.size()];
}

}  // namespace

std::string Suggest(std::string_view name, const std::vector<std::string>& candidates) {
  // Long names allow more slips; a very long one is no slip of anything, and comparing it costs.
  if (name.empty() || name.size() > 128) return {};
  std::size_t best_distance = std::max<std::size_t>(2, name.size() / 3) + 1;
  std::string best;
  for (const std::string& candidate : candidates) {
    const std::size_t distance = EditDistance(name, candidate);
    if (distance >= best_distance || distance >= candidate.size()) continue;
    best_distance = distance;
    best = candidate;
  }
  return best;
}

std::string DidYouMean(std::string_view name, const std::vector<std::string>& candidates) {
  const std::string suggestion = Suggest(name, candidates);
  return suggestion.empty() ? std::string() : fmt::format("; did you mean '{}'?", suggestion);
}

std::string DidYouMeanOrThereIs(std::string_view name, const std::vector<std::string>& candidates) {
  constexpr std::size_t kShownMax = 12;
  std::string meant = DidYouMean(name, candidates);
  if (!meant.empty()) return meant;
  if (candidates.empty()) return "; there is none";
  std::string all;
  for (std::size_t i = 0; i < candidates.size() && i < kShownMax; ++i) {
    all += (i == 0 ? "" : ", ") + candidates[i];
  }
  return fmt::format("; there is {}{}", all, candidates.size() > kShownMax ? ", …" : "");
}

}  // namespace saga
