// "Did you mean …?" for names that people mistype.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace saga {

// The candidate nearest to `name` by edit distance, or empty when none is near enough to be meant.
std::string Suggest(std::string_view name, const std::vector<std::string>& candidates);

// "; did you mean 'x'?", or empty: to be put behind a message.
std::string DidYouMean(std::string_view name, const std::vector<std::string>& candidates);

// The same, or else what there is: "; there is a, b, c"; of many, the first ones.
std::string DidYouMeanOrThereIs(std::string_view name, const std::vector<std::string>& candidates);

}  // namespace saga
