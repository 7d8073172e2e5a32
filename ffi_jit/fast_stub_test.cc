// Fast stubs, called as V8's optimised code calls them: the receiver first, then the arguments in
// the widths that V8 has. Native functions see exactly what C promises them.

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "ffi_jit/code_cache.h"
#include "ffi_jit/testdata/callees.h"
#include "ffi_jit/testing.h"

namespace springboard::jit {
namespace {

using testing::Address;
using testing::Function;
using testing::Sig;

StatusOr<StubCode> Stamp(std::string_view entered, std::string_view native, const void* target,
                         FastBlock* block = nullptr) {
  FastShape shape;
  shape.entered = Sig(entered);
  shape.native = Sig(native);
  shape.result = block != nullptr ? FastResult::kBlock : FastResult::kReturn;
  return testing::StampOne(shape, abi::HostConvention(), target, block);
}

StubCode Fast(std::string_view entered, std::string_view native, const void* target,
              FastBlock* block = nullptr) {
  StatusOr<StubCode> stub = Stamp(entered, native, target, block);
  EXPECT_TRUE(stub.ok()) << (stub.ok() ? "" : stub.status().message());
  return stub.ok() ? *std::move(stub) : StubCode();
}

void* const kReceiver = std::bit_cast<void*>(uint64_t{0x1122334455667788});

int calls = 0;
void Count() { ++calls; }

TEST(FastStub, Nop) {
  const StubCode stub = Fast("(pointer)void", "()void", Address(Count));
  calls = 0;
  Function<void(void*)>(stub.entry())(kReceiver);
  EXPECT_EQ(calls, 1);
}

TEST(FastStub, DropsTheReceiver) {
  const StubCode add =
      Fast("(pointer,i32,i32)i32", "(i32,i32)i32", Address(+[](int a, int b) { return a - b; }));
  EXPECT_EQ((Function<int(void*, int, int)>(add.entry())(kReceiver, 50, 8)), 42);
  const StubCode mixed =
      Fast("(pointer,f64,i32,f32,i64,pointer)f64", "(f64,i32,f32,i64,pointer)f64",
           Address(+[](double a, int b, float c, long d, const double* e) {
             return a + b + static_cast<double>(c) + static_cast<double>(d) + *e;
           }));
  const double last = 0.0625;
  EXPECT_EQ((Function<double(void*, double, int, float, long, const double*)>(mixed.entry())(
                kReceiver, 0.5, 1, 0.25f, 1L << 40, &last)),
            0.5 + 1 + 0.25 + 1099511627776.0 + 0.0625);
}

class FastNarrow : public ::testing::TestWithParam<const CalleeTable*> {};

struct Narrow {
  const char* type;
  const char* entered;
  int64_t (*wrap)(uint32_t);
};
const Narrow kNarrow[5] = {
    {"i8", "i32", [](uint32_t value) { return int64_t{static_cast<int8_t>(value)}; }},
    {"u8", "u32", [](uint32_t value) { return int64_t{static_cast<uint8_t>(value)}; }},
    {"i16", "i32", [](uint32_t value) { return int64_t{static_cast<int16_t>(value)}; }},
    {"u16", "u32", [](uint32_t value) { return int64_t{static_cast<uint16_t>(value)}; }},
    {"bool", "bool", [](uint32_t value) { return int64_t{value & 1}; }}};
const uint32_t kValues[] = {0, 1, 127, 128, 255, 256, 32767, 32768, 65535, 65536, 0x80000000, ~0u};

TEST_P(FastNarrow, ArgumentsWrapAndExtend) {
  for (int kind = 0; kind < 5; ++kind) {
    const std::string entered = kNarrow[kind].entered, type = kNarrow[kind].type;
    const StubCode in_register =
        Fast("(pointer," + entered + ")i64", "(" + type + ")i64", Address(GetParam()->widen[kind]));
    const StubCode on_stack =
        Fast("(pointer,i64,i64,i64,i64,i64,i64," + entered + ")i64",
             "(i64,i64,i64,i64,i64,i64," + type + ")i64", Address(GetParam()->widen_stack[kind]));
    for (uint32_t value : kValues) {
      if (type == "bool") value &= 1;
      const int64_t expected = kNarrow[kind].wrap(value);
      EXPECT_EQ((Function<long(void*, uint32_t)>(in_register.entry())(kReceiver, value)), expected);
      EXPECT_EQ((Function<long(void*, long, long, long, long, long, long, uint32_t)>(
                    on_stack.entry())(kReceiver, 1, 2, 3, 4, 5, 6, value)),
                expected)
          << type << " on the stack";
    }
  }
}

TEST_P(FastNarrow, ResultsAreExtended) {
  for (int kind = 0; kind < 5; ++kind) {
    const std::string entered = kNarrow[kind].entered, type = kNarrow[kind].type;
    const StubCode stub =
        Fast("(pointer,i64)" + entered, "(i64)" + type, Address(GetParam()->narrow[kind]));
    FastBlock block = {};
    const StubCode stores =
        Fast("(pointer,i64)void", "(i64)" + type, Address(GetParam()->narrow[kind]), &block);
    for (uint32_t value : kValues) {
      if (type == "bool") value &= 1;
      const int64_t expected = kNarrow[kind].wrap(value);
      const long argument = type == "bool" ? value : long{value} + 0x12345600000000;
      EXPECT_EQ((Function<int(void*, long)>(stub.entry())(kReceiver, argument)),
                static_cast<int>(expected));
      block.result = 0x5A5A5A5A5A5A5A5A;
      Function<void(void*, long)>(stores.entry())(kReceiver, argument);
      EXPECT_EQ(static_cast<int64_t>(block.result), expected) << type << " in the block";
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Compilers, FastNarrow, ::testing::Values(gcc_callees(), clang_callees()),
                         [](const auto& info) {
                           return std::string(info.param == gcc_callees() ? "Gcc" : "Clang");
                         });

TEST(FastStub, BoolResultLooksAtTheLowByte) {
  const StubCode stub =
      Fast("(pointer,i64)bool", "(i64)bool", Address(+[](long value) { return value; }));
  auto* call = Function<int(void*, long)>(stub.entry());
  EXPECT_EQ(call(kReceiver, 0xFFFFFF00), 0);
  EXPECT_EQ(call(kReceiver, 0xABCD01), 1);
  EXPECT_EQ(call(kReceiver, 0x80), 1);
}

// Twelve numbers, each of its own weight, so that any two arguments exchanged show.
int Weighted(int a, int b, int c, int d, int e, int f, int g, int h, int i, int j, int k, int l) {
  return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g + 8 * h + 9 * i + 10 * j + 11 * k +
         12 * l;
}

std::string Repeated(const char* type, int count) {
  std::string text = type;
  for (int i = 1; i < count; ++i) text += std::string(",") + type;
  return text;
}

TEST(FastStub, StackArguments) {
  using Entered = int(void*, int, int, int, int, int, int, int, int, int, int, int, int);
  const std::string twelve = Repeated("i32", 12);
  const StubCode stub =
      Fast("(pointer," + twelve + ")i32", "(" + twelve + ")i32", Address(Weighted));
  EXPECT_EQ(Function<Entered>(stub.entry())(kReceiver, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12), 650);

  // The void variant needs a frame and outgoing arguments of its own.
  FastBlock block = {};
  const StubCode stores =
      Fast("(pointer," + twelve + ")void", "(" + twelve + ")i32", Address(Weighted), &block);
  Function<Entered>(stores.entry())(kReceiver, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, -12);
  EXPECT_EQ(static_cast<int64_t>(block.result), 650 - 288);
}

TEST(FastStub, FloatsOnTheStack) {
  using Native = double(double, double, double, double, double, double, double, double, float, long,
                        long, long, long, long, long, double, int);
  Native* weighted = [](double a, double b, double c, double d, double e, double f, double g,
                        double h, float i, long j, long k, long l, long m, long n, long o, double p,
                        int q) {
    return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g + 8 * h + 9 * double{i} +
           static_cast<double>(10 * j + 11 * k + 12 * l + 13 * m + 14 * n + 15 * o) + 16 * p +
           17 * q;
  };
  const std::string types = Repeated("f64", 8) + ",f32," + Repeated("i64", 6) + ",f64,i32";
  const StubCode stub = Fast("(pointer," + types + ")f64", "(" + types + ")f64", Address(weighted));
  auto* call =
      Function<double(void*, double, double, double, double, double, double, double, double, float,
                      long, long, long, long, long, long, double, int)>(stub.entry());
  EXPECT_EQ(call(kReceiver, 1, 2, 3, 4, 5, 6, 7, 8, 9.5f, 10, 11, 12, 13, 14, 15, 16.5, -17),
            weighted(1, 2, 3, 4, 5, 6, 7, 8, 9.5f, 10, 11, 12, 13, 14, 15, 16.5, -17));
}

TEST(FastStub, WidensAndNarrowsIntegers) {
  const StubCode stub =
      Fast("(pointer,i32,u32,i64)i64", "(i64,u64,i32)i64",
           Address(+[](long a, unsigned long b, int c) { return a + static_cast<long>(b) + c; }));
  auto* call = Function<long(void*, int, unsigned, long)>(stub.entry());
  EXPECT_EQ(call(kReceiver, -1, 0xFFFFFFFF, 0x7FFFFFFF00000003), -1 + 0xFFFFFFFFL + 3);
}

TEST(FastStub, BlockTakesFloats) {
  FastBlock block = {};
  const StubCode f32 =
      Fast("(pointer,f32)void", "(f32)f32", Address(+[](float a) { return a * 2; }), &block);
  Function<void(void*, float)>(f32.entry())(kReceiver, 1.25f);
  EXPECT_EQ(std::bit_cast<float>(static_cast<uint32_t>(block.result)), 2.5f);
  const StubCode f64 =
      Fast("(pointer,f64)void", "(f64)f64", Address(+[](double a) { return a * 2; }), &block);
  Function<void(void*, double)>(f64.entry())(kReceiver, 1.25);
  EXPECT_EQ(std::bit_cast<double>(block.result), 2.5);
}

TEST(FastStub, RefusesWhatItCannotCarry) {
  struct {
    const char* entered;
    const char* native;
  } const rows[] = {{"(pointer,pointer)void", "({f64,f64})void"},
                    {"(pointer)pointer", "(){f64,f64}"},
                    {"(pointer,f64)void", "(f32)void"},
                    {"(pointer,f64)void", "(i64)void"},
                    {"(i32)void", "(i32)void"},
                    {"(pointer)void", "()longdouble"},
                    {"(pointer)i32", "()void"}};
  for (const auto& row : rows) {
    const StatusOr<StubCode> stub = Stamp(row.entered, row.native, Address(Count));
    EXPECT_FALSE(stub.ok()) << row.entered << " to " << row.native;
  }
}

}  // namespace
}  // namespace springboard::jit
