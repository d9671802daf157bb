// Text for terminals: widths as they are displayed, foreign text made harmless, words for numbers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace saga::admin {

// Columns that `text` takes on a terminal: wide characters count two, combining ones none.
std::size_t DisplayWidth(std::string_view text);

// Foreign text on one line: line breaks become spaces; other control characters, direction marks
// and broken UTF-8 become '?', so that a participant's message cannot steer the terminal.
std::string Clean(std::string_view text);

// At most `width` columns; a text that is cut ends in "..".
std::string Shorten(std::string_view text, std::size_t width);

std::string PadRight(std::string_view text, std::size_t width);
std::string PadLeft(std::string_view text, std::size_t width);

// "18,204".
std::string Thousands(std::int64_t number);
// "1 saga", "1,214 sagas".
std::string Counted(std::int64_t number, std::string_view one, std::string_view many);

// Words of `text` in lines of at most `width` columns; a word that is longer keeps its own line.
std::vector<std::string> Wrap(std::string_view text, std::size_t width);

// `text` as a word of a POSIX shell: as it is when it needs no quotes.
std::string ShellWord(std::string_view text);

std::string Join(const std::vector<std::string>& parts, std::string_view separator);
std::string Lower(std::string_view text);
std::string Upper(std::string_view text);
// Without white space at both ends.
std::string_view Trim(std::string_view text);

}  // namespace saga::admin
