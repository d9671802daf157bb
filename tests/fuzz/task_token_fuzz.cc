// Task tokens that participants send back. A key cannot be guessed by mutation, so the input is
// also taken as a change of a good token: nobody but the cluster makes one.
#include <string>

#include "base/base64url.h"
#include "fuzz/require.h"
#include "orchestrator/task_token.h"

namespace saga::fuzz {
namespace {

const TaskTokens& Tokens() {
  static const TaskTokens kTokens("a secret of thirty-two characters");
  return kTokens;
}

// Forged bytes are refused; only the token itself is read.
void Forge(std::string_view change) {
  static const TaskName kTask{SagaId("default", "ord-1"), StepIndex{258}, Operation::kUndo};
  static const std::string kToken = Tokens().Make(kTask);
  static const std::string kBytes = *FromBase64Url(kToken);

  std::string forged = kBytes;
  // Pairs of a place and what is added to the byte there; the rest is appended.
  while (change.size() >= 2) {
    const std::size_t at = static_cast<unsigned char>(change[0]);
    if (at >= forged.size()) break;
    forged[at] = static_cast<char>(forged[at] ^ change[1]);
    change.remove_prefix(2);
  }
  forged += change;
  const auto task = Tokens().Read(ToBase64Url(forged));
  Require(task.ok() == (forged == kBytes));
  if (task.ok()) Require(*task == kTask);
}

// libFuzzer sees the bytes that are compared and may well repeat a good token, but no other.
void ReadAsItIs(std::string_view text) {
  for (const std::string& token : {std::string(text), ToBase64Url(std::string(text))}) {
    const auto task = Tokens().Read(token);
    if (task.ok()) {
      Require(Tokens().Make(*task) == token);
    } else {
      Require(task.status().reason() == "TASK_TOKEN_INVALID");
    }
  }
  const auto bytes = FromBase64Url(text);
  if (bytes) Require(FromBase64Url(ToBase64Url(*bytes)) == bytes);
}

}  // namespace
}  // namespace saga::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = saga::fuzz::ToText(data, size);
  saga::fuzz::ReadAsItIs(text);
  saga::fuzz::Forge(text);
  return 0;
}
