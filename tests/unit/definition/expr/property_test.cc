// What must hold for every expression, shown on random ones.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "conformance.h"
#include "random_expression.h"
#include "world.h"

namespace saga::expr::test {
namespace {

constexpr std::uint64_t kSeeds = 20'000;

TEST(PropertyTest, WellTypedExpressionsCompileAndKeepTheirTypes) {
  std::size_t values = 0;
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    const std::string text = RandomExpression(seed).Typed();
    const CompileResult compiled = Compile(text, SharedWorld().environment());
    if (const auto* error = std::get_if<CompileError>(&compiled)) {
      // What is too large is no mistake of the types.
      EXPECT_EQ(error->kind, CompileErrorKind::kLimit) << text << "\n" << error->ToString(text);
      continue;
    }
    const auto& program = std::get<Program>(compiled);
    const auto value = program.Evaluate(SharedWorld().bindings());
    if (!value.ok()) {
      EXPECT_EQ(value.status().reason(), "EXPRESSION_FAILED") << text;
      continue;
    }
    ++values;
    EXPECT_TRUE(Conforms(program.type(), *value))
        << text << " is " << program.type().ToString() << " but " << ToText(*value);
  }
  EXPECT_GT(values, kSeeds / 4) << "the expressions say too little";
}

TEST(PropertyTest, AnyTextIsAnsweredAndItsErrorsAreInsideIt) {
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    RandomExpression random(seed);
    const std::string text = seed % 3 == 0   ? random.Mutated()
                             : seed % 3 == 1 ? random.Words()
                                             : random.Bytes();
    const CompileResult compiled = Compile(text, SharedWorld().environment());
    if (const auto* error = std::get_if<CompileError>(&compiled)) {
      EXPECT_LE(error->offset, text.size()) << text;
      EXPECT_FALSE(error->message.empty()) << text;
      continue;
    }
    const auto& program = std::get<Program>(compiled);
    const auto value = program.Evaluate(SharedWorld().bindings());
    if (value.ok()) {
      EXPECT_TRUE(Conforms(program.type(), *value)) << text;
    }
  }
}

TEST(PropertyTest, EvaluationDependsOnNothingElse) {
  for (std::uint64_t seed = 0; seed < 2'000; ++seed) {
    const std::string text = RandomExpression(seed).Typed();
    EXPECT_EQ(Outcome(text, SharedWorld()), Outcome(text, SharedWorld())) << text;
  }
}

// An expression over ints and truth values, with what an evaluation of its own says about it:
// nothing = it fails.
struct Judged {
  std::string text;
  std::optional<std::int64_t> value;  // A truth value is 0 or 1.
};

class Judge {
 public:
  explicit Judge(std::uint64_t seed) : random_(seed) {}

  Judged Int(int depth) {
    if (depth == 0 || random_.Below(6) == 0) return Number();
    const Judged a = Int(depth - 1);
    const Judged b = Int(depth - 1);
    switch (random_.Below(6)) {
      case 0:
        return {fmt::format("({} + {})", a.text, b.text), Narrow(a, b, Sum(a, b))};
      case 1:
        return {fmt::format("({} - {})", a.text, b.text), Narrow(a, b, Sum(a, Negated(b)))};
      case 2:
        return {fmt::format("({} * {})", a.text, b.text), Narrow(a, b, Product(a, b))};
      case 3:
        return Divided(a, b);
      case 4:
        return Chosen(Bool(depth - 1), a, b);
      default:
        return {fmt::format("[{}, {}][1]", a.text, b.text), a.value ? b.value : std::nullopt};
    }
  }

  Judged Bool(int depth) {
    if (depth == 0) return random_.Below(2) == 0 ? Judged{"true", 1} : Judged{"false", 0};
    switch (random_.Below(5)) {
      case 0:
        return And(Bool(depth - 1), Bool(depth - 1));
      case 1:
        return Or(Bool(depth - 1), Bool(depth - 1));
      case 2: {
        const Judged a = Bool(depth - 1);
        return {fmt::format("!({})", a.text), a.value ? std::optional(1 - *a.value) : std::nullopt};
      }
      case 3: {
        const Judged a = Int(depth - 1);
        const Judged b = Int(depth - 1);
        return {fmt::format("({} < {})", a.text, b.text), Both(a, b, Less(a, b))};
      }
      default: {
        const Judged a = Int(depth - 1);
        const Judged b = Int(depth - 1);
        return {fmt::format("({} in [{}])", a.text, b.text), Both(a, b, a.value == b.value)};
      }
    }
  }

 private:
  __extension__ using Wide = __int128;

  Judged Number() {
    static constexpr std::int64_t kNumbers[] = {
        0, 1, -1, 2, 3, 7, -10, 1'000'000'007, INT64_MAX, INT64_MIN, INT64_MAX - 1};
    const std::int64_t number = kNumbers[random_.Below(std::size(kNumbers))];
    return {fmt::format("({})", number), number};
  }
  static std::optional<std::int64_t> Both(const Judged& a, const Judged& b, bool value) {
    return a.value && b.value ? std::optional<std::int64_t>(value ? 1 : 0) : std::nullopt;
  }
  static bool Less(const Judged& a, const Judged& b) {
    return a.value.value_or(0) < b.value.value_or(0);
  }
  static Wide Of(const Judged& a) { return a.value.value_or(0); }
  static Wide Sum(const Judged& a, Wide b) { return Of(a) + b; }
  static Wide Sum(const Judged& a, const Judged& b) { return Of(a) + Of(b); }
  static Wide Negated(const Judged& a) { return -Of(a); }
  static Wide Product(const Judged& a, const Judged& b) { return Of(a) * Of(b); }
  static std::optional<std::int64_t> Narrow(const Judged& a, const Judged& b, Wide wide) {
    if (!a.value || !b.value || wide > INT64_MAX || wide < INT64_MIN) return std::nullopt;
    return static_cast<std::int64_t>(wide);
  }
  static Judged Divided(const Judged& a, const Judged& b) {
    Judged result{fmt::format("({} / {})", a.text, b.text), std::nullopt};
    if (b.value && *b.value != 0) result.value = Narrow(a, b, Of(a) / Of(b));
    return result;
  }
  static Judged Chosen(const Judged& condition, const Judged& a, const Judged& b) {
    Judged result{fmt::format("({} ? {} : {})", condition.text, a.text, b.text), std::nullopt};
    if (condition.value) result.value = *condition.value == 1 ? a.value : b.value;
    return result;
  }
  static Judged And(const Judged& a, const Judged& b) {
    Judged result{fmt::format("({} && {})", a.text, b.text), std::nullopt};
    if (a.value && b.value) result.value = *a.value * *b.value;
    if (a.value == 0 || b.value == 0) result.value = 0;
    return result;
  }
  static Judged Or(const Judged& a, const Judged& b) {
    Judged result{fmt::format("({} || {})", a.text, b.text), std::nullopt};
    if (a.value && b.value) result.value = *a.value + *b.value > 0 ? 1 : 0;
    if (a.value == 1 || b.value == 1) result.value = 1;
    return result;
  }

  RandomExpression random_;
};

TEST(PropertyTest, AnIndependentEvaluationAgrees) {
  std::size_t failures = 0;
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    Judge judge(seed);
    const bool truth = seed % 2 == 0;
    const Judged judged = truth ? judge.Bool(4) : judge.Int(4);
    const CompileResult compiled = Compile(judged.text, SharedWorld().environment());
    ASSERT_TRUE(std::holds_alternative<Program>(compiled)) << judged.text;

    const auto value = std::get<Program>(compiled).Evaluate(SharedWorld().bindings());

    ASSERT_EQ(value.ok(), judged.value.has_value()) << judged.text;
    if (!value.ok()) {
      ++failures;
    } else if (truth) {
      ASSERT_EQ(value->AsBool(), *judged.value == 1) << judged.text;
    } else {
      ASSERT_EQ(value->AsInt(), *judged.value) << judged.text;
    }
  }
  EXPECT_GT(failures, kSeeds / 20) << "errors are hardly met";
  EXPECT_LT(failures, kSeeds / 2) << "values are hardly met";
}

}  // namespace
}  // namespace saga::expr::test
