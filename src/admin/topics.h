// Pages of `sagactl help` that are not about a command.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace saga::admin {

std::vector<std::string> TopicNames();
// Empty when there is no such topic.
std::string TopicText(std::string_view topic);

// The page of one reason; empty when it is not known.
std::string ReasonPage(std::string_view reason, std::string_view argv0, std::size_t width);

}  // namespace saga::admin
