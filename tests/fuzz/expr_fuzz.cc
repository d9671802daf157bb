// Expressions from anywhere, on inputs from anywhere: for libFuzzer. The text ends at the first
// zero byte; what follows is JSON up to the second, then a shop.Order.
#include <google/protobuf/stubs/logging.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <string_view>
#include <variant>

#include "conformance.h"
#include "definition/expr/program.h"
#include "fuzz/require.h"
#include "world.h"

namespace saga::expr::test {
namespace {

using fuzz::Require;

std::string_view TakePart(std::string_view& rest) {
  const std::size_t end = std::min(rest.find('\0'), rest.size());
  const std::string_view part = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return part;
}

void Evaluate(const Program& program, std::string_view json_text, std::string_view order_bytes) {
  const World& world = SharedWorld();
  Bindings bindings = world.bindings();
  nlohmann::json json = nlohmann::json::parse(json_text, nullptr, false);
  if (json.is_discarded()) json = nullptr;
  bindings.Set(*world.environment().Find("json"), Value::Json(json));
  const std::unique_ptr<google::protobuf::Message> order = world.New("shop.Order");
  (void)order->ParsePartialFromArray(order_bytes.data(), static_cast<int>(order_bytes.size()));
  bindings.Set(*world.environment().Find("order"), Value::Message(*order));

  const auto value = program.Evaluate(bindings);
  if (!value.ok()) {
    Require(!CodeOf(value.status()).empty());
    return;
  }
  Require(Conforms(program.type(), *value));
  Require(!ToText(*value).empty());
}

}  // namespace
}  // namespace saga::expr::test

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using saga::expr::CompileError;
  using saga::expr::Program;
  static const bool kQuiet = [] {
    google::protobuf::SetLogHandler(nullptr);
    return true;
  }();
  (void)kQuiet;
  std::string_view rest = saga::fuzz::ToText(data, size);
  const std::string_view text = saga::expr::test::TakePart(rest);
  const std::string_view json = saga::expr::test::TakePart(rest);
  const auto compiled = saga::expr::Compile(text, saga::expr::test::SharedWorld().environment());
  if (const auto* error = std::get_if<CompileError>(&compiled)) {
    saga::fuzz::Require(error->offset <= text.size());
    return 0;
  }
  saga::expr::test::Evaluate(std::get<Program>(compiled), json, rest);
  return 0;
}
