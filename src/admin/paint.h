// Colours. They only repeat what the text says already.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace saga::admin {

enum class Tone : std::uint8_t { kPlain, kGood, kWarn, kBad, kDim, kStrong };

// Puts ANSI colours around text, or does not.
class Paint {
 public:
  static Paint On() { return Paint(true); }
  static Paint Off() { return Paint(false); }

  std::string operator()(Tone tone, std::string_view text) const;

 private:
  explicit Paint(bool on) : on_(on) {}
  bool on_;
};

}  // namespace saga::admin
