// Fast stubs that are entered with handles of arrays and integers: what each takes, what each
// refuses without calling anything, and that it takes it from registers and from the stack.

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "ffi_jit/code_cache.h"
#include "ffi_jit/fake_objects.h"
#include "ffi_jit/one_parameter.h"
#include "ffi_jit/testing.h"

namespace springboard::jit {
namespace {

using testing::Address;
using testing::calls;
using testing::FakeObjects;
using testing::Function;
using testing::Handle;
using testing::OneParameter;
using testing::Sig;

class HandleTest : public ::testing::Test {
 protected:
  FakeObjects fake_;
  std::vector<uint8_t> memory_ = std::vector<uint8_t>(64);
  uint64_t address_ = std::bit_cast<uint64_t>(memory_.data());
};

using Bytes = HandleTest;

TEST_F(Bytes, OfEveryKind) {
  OneParameter stub(FastUse::kBytes, "pointer", fake_.layout());
  EXPECT_EQ(stub(fake_.Array(memory_.data(), 64)), address_);
  EXPECT_EQ(stub(fake_.Array(memory_.data() + 3, 0)), address_ + 3);
  EXPECT_EQ(stub(fake_.Buffer(memory_.data(), 64)), address_);
  EXPECT_EQ(stub(fake_.View(memory_.data() + 5, 7)), address_ + 5);
  const int before = calls;
  EXPECT_EQ(stub(fake_.Null()), 0u);
  EXPECT_EQ(stub(fake_.Buffer(nullptr, 0)), 0u);
  EXPECT_EQ(calls, before + 4);
}

TEST_F(Bytes, AnythingElseIsDeclined) {
  OneParameter stub(FastUse::kBytes, "pointer", fake_.layout());
  EXPECT_TRUE(stub.Declines(fake_.Small(0)));
  EXPECT_TRUE(stub.Declines(fake_.Small(-1)));
  EXPECT_TRUE(stub.Declines(fake_.Undefined()));
  EXPECT_TRUE(stub.Declines(fake_.Number(1)));
  EXPECT_TRUE(stub.Declines(fake_.BigInt(1, false, 8)));
  EXPECT_TRUE(stub.Declines(fake_.HeapArray(memory_.data(), 64)));
  EXPECT_TRUE(stub.Declines(fake_.VariableArray(memory_.data(), 64)));
  for (const Handle view : {fake_.Array(memory_.data(), 64), fake_.View(memory_.data(), 64)}) {
    fake_.Detach(view);
    EXPECT_TRUE(stub.Declines(view));
  }
}

TEST_F(Bytes, MovableOnesWherePromised) {
  OneParameter stub(FastUse::kBytes, "pointer", fake_.layout(), true);
  EXPECT_EQ(stub(fake_.HeapArray(memory_.data() + 8, 16)), address_ + 8);
  EXPECT_EQ(stub(fake_.HeapArray(memory_.data() + 8, 1)), address_ + 8);
  EXPECT_TRUE(stub.Declines(fake_.HeapArray(memory_.data() + 8, 0)));
  EXPECT_EQ(stub(fake_.Array(memory_.data(), 64)), address_);
  EXPECT_EQ(stub(fake_.Null()), 0u);
  EXPECT_TRUE(stub.Declines(fake_.VariableArray(memory_.data(), 64)));
  const Handle detached = fake_.Array(memory_.data(), 64);
  fake_.Detach(detached);
  EXPECT_TRUE(stub.Declines(detached));
}

using Integers = HandleTest;

constexpr uint64_t kLeast = uint64_t{1} << 63;
constexpr double kTwo63 = 9223372036854775808.0;
constexpr double kTwo53 = 9007199254740992.0;
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

uint64_t Bits(int64_t value) { return static_cast<uint64_t>(value); }

TEST_F(Integers, AreTakenModulo) {
  for (const char* type : {"i64", "u64"}) {
    OneParameter stub(FastUse::kInteger, type, fake_.layout());
    for (const int32_t value : {0, 1, -1, 0x7FFFFFFF, -0x7FFFFFFF - 1}) {
      EXPECT_EQ(stub(fake_.Small(value)), Bits(value));
    }
    EXPECT_EQ(stub(fake_.BigInt(0, false, 77)), 0u);
    EXPECT_EQ(stub(fake_.BigInt(1, false, 77)), 77u);
    EXPECT_EQ(stub(fake_.BigInt(1, true, 77)), Bits(-77));
    EXPECT_EQ(stub(fake_.BigInt(1, false, ~uint64_t{0})), ~uint64_t{0});
    EXPECT_EQ(stub(fake_.BigInt(1, true, kLeast)), kLeast);
    EXPECT_EQ(stub(fake_.BigInt(2, false, 5)), 5u);
    EXPECT_EQ(stub(fake_.BigInt(3, true, 5)), Bits(-5));
    for (const double value : {0.0, -0.0, 1.0, 4e9, -4e9, kTwo53, -kTwo63 * 0.75, 2.75, -2.75}) {
      EXPECT_EQ(stub(fake_.Number(value)), Bits(static_cast<int64_t>(value))) << value;
    }
    for (const double value : {kNaN, kInfinity, -kInfinity, kTwo63, -kTwo63, 2 * kTwo63, 1e300}) {
      EXPECT_TRUE(stub.Declines(fake_.Number(value))) << value;
    }
    EXPECT_EQ(stub(fake_.Number(std::nextafter(kTwo63, 0))), 0x7FFFFFFFFFFFFC00u);
    EXPECT_EQ(stub(fake_.Number(std::nextafter(-kTwo63, 0))), 0x8000000000000400u);
    EXPECT_TRUE(stub.Declines(fake_.Undefined()));
    EXPECT_TRUE(stub.Declines(fake_.Null()));
    EXPECT_TRUE(stub.Declines(fake_.Array(memory_.data(), 64)));
  }
}

TEST_F(Integers, ExactSigned) {
  OneParameter stub(FastUse::kExactInteger, "i64", fake_.layout());
  EXPECT_EQ(stub(fake_.Small(-5)), Bits(-5));
  EXPECT_EQ(stub(fake_.Number(-0.0)), 0u);
  EXPECT_EQ(stub(fake_.Number(-4e9)), Bits(-4000000000));
  EXPECT_EQ(stub(fake_.Number(-kTwo63)), kLeast);
  EXPECT_EQ(stub(fake_.BigInt(0, false, 77)), 0u);
  EXPECT_EQ(stub(fake_.BigInt(1, false, kLeast - 1)), kLeast - 1);
  EXPECT_EQ(stub(fake_.BigInt(1, true, 1)), Bits(-1));
  EXPECT_EQ(stub(fake_.BigInt(1, true, kLeast)), kLeast);
  for (const double value : {0.5, -2.75, kNaN, kInfinity, -kInfinity, kTwo63, 2 * kTwo63,
                             std::nextafter(-kTwo63, -kInfinity)}) {
    EXPECT_TRUE(stub.Declines(fake_.Number(value))) << value;
  }
  EXPECT_TRUE(stub.Declines(fake_.BigInt(1, false, kLeast)));
  EXPECT_TRUE(stub.Declines(fake_.BigInt(1, true, kLeast + 1)));
  EXPECT_TRUE(stub.Declines(fake_.BigInt(1, true, ~uint64_t{0})));
  EXPECT_TRUE(stub.Declines(fake_.BigInt(2, false, 1)));
  EXPECT_TRUE(stub.Declines(fake_.BigInt(2, true, 1)));
  EXPECT_TRUE(stub.Declines(fake_.Null()));
}

TEST_F(Integers, ExactUnsigned) {
  OneParameter stub(FastUse::kExactInteger, "u64", fake_.layout());
  EXPECT_EQ(stub(fake_.Small(0x7FFFFFFF)), 0x7FFFFFFFu);
  EXPECT_EQ(stub(fake_.Number(-0.0)), 0u);
  EXPECT_EQ(stub(fake_.Number(4e9)), 4000000000u);
  EXPECT_EQ(stub(fake_.BigInt(0, false, 77)), 0u);
  EXPECT_EQ(stub(fake_.BigInt(1, false, ~uint64_t{0})), ~uint64_t{0});
  // 2^63 and more as a number is left to the embedder.
  for (const double value : {-1.0, 0.5, kNaN, kInfinity, -kInfinity, kTwo63, -kTwo63}) {
    EXPECT_TRUE(stub.Declines(fake_.Number(value))) << value;
  }
  EXPECT_TRUE(stub.Declines(fake_.Small(-1)));
  EXPECT_TRUE(stub.Declines(fake_.BigInt(1, true, 1)));
  EXPECT_TRUE(stub.Declines(fake_.BigInt(2, false, 1)));
}

TEST_F(Integers, Safe) {
  OneParameter number(FastUse::kSafeInteger, "i64", fake_.layout());
  OneParameter magnitude(FastUse::kSafeInteger, "u64", fake_.layout());
  for (const double value : {0.0, -0.0, 1.0, 4e9, kTwo53 - 1}) {
    EXPECT_EQ(number(value), Bits(static_cast<int64_t>(value)));
    EXPECT_EQ(magnitude(value), Bits(static_cast<int64_t>(value)));
  }
  for (const double value : {-1.0, 1 - kTwo53}) {
    EXPECT_EQ(number(value), Bits(static_cast<int64_t>(value)));
    EXPECT_TRUE(magnitude.Declines(value));
  }
  for (const double value : {0.5, -1.5, kNaN, kInfinity, -kInfinity, kTwo53, -kTwo53, kTwo63,
                             -kTwo63, 2 * kTwo63, 1e300, 5e-324}) {
    EXPECT_TRUE(number.Declines(value)) << value;
    EXPECT_TRUE(magnitude.Declines(value)) << value;
  }
}

class SafeResult : public ::testing::TestWithParam<FastResult> {};

// Boundaries of results that are handed over as f64.
TEST_P(SafeResult, AtTheBoundaries) {
  const bool to_block = GetParam() == FastResult::kBlock;
  FastBlock block = {};
  for (const bool is_signed : {true, false}) {
    FastShape shape;
    shape.entered = Sig(to_block ? "(pointer,i64)void" : "(pointer,i64)f64");
    shape.native = Sig(is_signed ? "(i64)i64" : "(i64)u64");
    shape.result = GetParam();
    shape.safe_result = true;
    const StatusOr<StubCode> stub = testing::StampOne(
        shape, abi::HostFastConvention(), Address(+[](int64_t value) { return value; }), &block);
    ASSERT_TRUE(stub.ok()) << stub.status().message();
    const auto enter = [&](int64_t value) {
      block = {};
      if (!to_block) return Function<double(void*, int64_t)>(stub->entry())(nullptr, value);
      Function<void(void*, int64_t)>(stub->entry())(nullptr, value);
      return std::bit_cast<double>(block.result);
    };
    constexpr int64_t kMost = (int64_t{1} << 53) - 1;
    for (const int64_t value : {int64_t{0}, int64_t{1}, int64_t{4000000000}, kMost}) {
      EXPECT_EQ(enter(value), static_cast<double>(value));
      EXPECT_EQ(block.status, FastStatus::kDone);
      const int64_t negative = -value;
      const double result = enter(negative);
      if (is_signed || value == 0) {
        EXPECT_EQ(result, static_cast<double>(negative));
        EXPECT_EQ(block.status, FastStatus::kDone);
      } else {
        EXPECT_EQ(block.status, FastStatus::kUnsafe);
        EXPECT_EQ(block.result, Bits(negative));
      }
    }
    for (const int64_t value : {kMost + 1, -kMost - 1, std::numeric_limits<int64_t>::max(),
                                std::numeric_limits<int64_t>::min()}) {
      enter(value);
      EXPECT_EQ(block.status, FastStatus::kUnsafe) << value;
      EXPECT_EQ(block.result, Bits(value));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Results, SafeResult,
                         ::testing::Values(FastResult::kReturn, FastResult::kBlock),
                         [](const auto& info) {
                           return std::string(info.param == FastResult::kBlock ? "Block"
                                                                               : "Return");
                         });

TEST(HandleShapes, UnsoundOnesAreAStatus) {
  struct {
    const char* entered;
    const char* native;
    std::vector<FastUse> uses;
    FastResult result;
    bool safe;
  } const rows[] = {
      {"(pointer,i64)void", "(pointer)void", {FastUse::kBytes}, FastResult::kReturn, false},
      {"(pointer,pointer)void", "(i64)void", {FastUse::kBytes}, FastResult::kReturn, false},
      {"(pointer,pointer)void", "(i64)void", {FastUse::kAggregate}, FastResult::kReturn, false},
      {"(pointer,pointer)void", "(i32)void", {FastUse::kInteger}, FastResult::kReturn, false},
      {"(pointer,f64)void", "(i64)void", {FastUse::kExactInteger}, FastResult::kReturn, false},
      {"(pointer,i64)void", "(i64)void", {FastUse::kSafeInteger}, FastResult::kReturn, false},
      {"(pointer,f64)void", "(f64)void", {FastUse::kSafeInteger}, FastResult::kReturn, false},
      {"(pointer,f64)void",
       "(f64)void",
       {FastUse::kValue, FastUse::kValue},
       FastResult::kReturn,
       false},
      {"(pointer)void", "(){i64}", {}, FastResult::kBytes, false},
      {"(pointer,pointer)void", "()i64", {}, FastResult::kBytes, false},
      {"(pointer,pointer)i64", "(){i64}", {}, FastResult::kBytes, false},
      {"(pointer)i64", "()i64", {}, FastResult::kReturn, true},
      {"(pointer)f64", "()i32", {}, FastResult::kReturn, true},
      {"(pointer)f64", "()f64", {}, FastResult::kReturn, true}};
  for (const auto& row : rows) {
    FastShape shape;
    shape.entered = Sig(row.entered);
    shape.native = Sig(row.native);
    shape.uses = row.uses;
    shape.result = row.result;
    shape.safe_result = row.safe;
    EXPECT_FALSE(CodeCache::Process()
                     .GetFastTemplate(shape, abi::HostFastConvention(), abi::HostConvention())
                     .ok())
        << row.entered << " to " << row.native;
  }
}

TEST(HandleShapes, LayoutsHaveTemplatesOfTheirOwn) {
  FastShape shape;
  shape.entered = Sig("(pointer,pointer)void");
  shape.native = Sig("(pointer)void");
  shape.uses = {FastUse::kBytes};
  const auto find = [&] {
    return *CodeCache::Process().GetFastTemplate(shape, abi::HostFastConvention(),
                                                 abi::HostConvention());
  };
  const FastTemplate* const first = find();
  EXPECT_EQ(find(), first);
  shape.layout.big_int_digit = 8;
  const FastTemplate* const second = find();
  EXPECT_NE(second, first);
  shape.movable_bytes = true;
  EXPECT_NE(find(), second);
  shape.uses.clear();
  EXPECT_NE(find(), first);
}

}  // namespace
}  // namespace springboard::jit
