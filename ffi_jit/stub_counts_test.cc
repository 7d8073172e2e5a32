// How many instructions and bytes a stub has, for each signature that the benchmarks measure and
// each kind of handle: all of it, and up to where it leaves, which is what runs when nothing is out
// of the ordinary.

#include <gtest/gtest.h>

#include <sstream>
#include <string>

#include "ffi_jit/emitter.h"
#include "ffi_jit/stub_plan.h"
#include "ffi_jit/test_shapes.h"
#include "ffi_jit/testing.h"

namespace springboard::jit {
namespace {

struct Counts {
  size_t straight;  // instructions up to the jump to the target, or the return
  size_t instructions;
  size_t bytes;  // with the literals of AArch64
  bool operator==(const Counts&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Counts& counts) {
  return out << "{" << counts.straight << ", " << counts.instructions << ", " << counts.bytes
             << "}";
}

bool Leaves(const std::string& line) {
  return line == "ret" || line == "ret x30" || line == "jmp r11" || line == "br x17";
}

Counts CountsOf(const StatusOr<StubPlan>& plan) {
  if (!plan.ok()) return {};
  std::string listing;
  const StatusOr<StubTemplate> stub = Emit(*plan, &listing);
  if (!stub.ok()) return {};
  Counts counts = {.straight = 0, .instructions = 0, .bytes = stub->bytes.size()};
  std::istringstream lines(listing);
  for (std::string line; std::getline(lines, line);) {
    if (line.back() == ':' || line.starts_with(".") || line.starts_with("align")) continue;
    ++counts.instructions;
    if (counts.straight == 0 && Leaves(line)) counts.straight = counts.instructions;
  }
  return counts;
}

struct Row {
  const char* name;
  FastShape shape;
  Counts x64, a64;
};

TEST(StubCounts, FastStubs) {
  const Row rows[] = {
      {"nop", testing::NopShape(), {3, 3, 17}, {3, 3, 24}},
      {"two i32", testing::TwoIntegersShape(), {5, 5, 21}, {5, 5, 32}},
      {"two f64", testing::TwoDoublesShape(), {3, 3, 17}, {3, 3, 24}},
      {"six mixed", testing::SixMixedShape(), {7, 7, 28}, {7, 7, 40}},
      {"twelve i32", testing::TwelveIntegersShape(), {21, 21, 94}, {19, 19, 88}},
      {"two structs", testing::TwoStructsShape(), {87, 161, 768}, {95, 175, 728}},
      {"large struct", testing::LargeStructShape(), {34, 55, 253}, {38, 61, 264}},
      {"buffer", testing::BufferShape(), {19, 39, 181}, {20, 44, 192}},
      {"listed buffer", testing::ListedBufferShape(), {35, 56, 250}, {36, 62, 280}},
      {"integer", testing::IntegerShape(), {18, 36, 150}, {17, 39, 176}},
      {"safe integers", testing::SafeIntegersShape(), {34, 43, 190}, {28, 39, 184}},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(CountsOf(PlanFast(row.shape, abi::V8X64(), abi::SysvX64())), row.x64) << row.name;
    EXPECT_EQ(CountsOf(PlanFast(row.shape, abi::V8Arm64(), abi::Aapcs64())), row.a64) << row.name;
  }
}

TEST(StubCounts, VariadicCallStub) {
  const abi::Signature signature = testing::Sig(testing::VariadicSignature());
  EXPECT_EQ(CountsOf(PlanCall(signature, abi::SysvX64(), abi::SysvX64())), (Counts{16, 16, 50}));
  EXPECT_EQ(CountsOf(PlanCall(signature, abi::Aapcs64(), abi::Aapcs64())), (Counts{16, 16, 64}));
}

}  // namespace
}  // namespace springboard::jit
