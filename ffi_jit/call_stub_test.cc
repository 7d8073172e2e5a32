// Call stubs and closures where the conformance table does not look: narrow integers as widening
// code sees them, variadic calls, large frames, limits.

#include <gtest/gtest.h>

#include <bit>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "ffi_jit/code_cache.h"
#include "ffi_jit/guarded_bytes.h"
#include "ffi_jit/testdata/callees.h"
#include "ffi_jit/testing.h"

namespace springboard::jit {
namespace {

using testing::Address;
using testing::Sig;

CallStub Stub(std::string_view signature) {
  const StatusOr<CallStub> stub =
      CodeCache::Process().GetCallStub(Sig(signature), abi::HostConvention());
  EXPECT_TRUE(stub.ok()) << (stub.ok() ? "" : stub.status().message());
  return *stub;
}

struct Narrow {
  const char* type;
  std::vector<int64_t> values;
};
const Narrow kNarrow[5] = {{"i8", {0, 1, -1, 127, -128}},
                           {"u8", {0, 1, 127, 128, 255}},
                           {"i16", {0, 1, -1, 32767, -32768}},
                           {"u16", {0, 1, 32767, 32768, 65535}},
                           {"bool", {0, 1}}};

class NarrowIntegers : public ::testing::TestWithParam<const CalleeTable*> {};

TEST_P(NarrowIntegers, ArgumentsAreExtended) {
  for (int kind = 0; kind < 5; ++kind) {
    const std::string type = kNarrow[kind].type;
    const CallStub in_register = Stub("(" + type + ")i64");
    const CallStub on_stack = Stub("(i64,i64,i64,i64,i64,i64," + type + ")i64");
    for (const int64_t value : kNarrow[kind].values) {
      // Garbage above the value must not reach the callee.
      const uint64_t mask = type == "i16" || type == "u16" ? 0xFFFF : 0xFF;
      const uint64_t slot = (static_cast<uint64_t>(value) & mask) | (0xDEADBEEFCAFEF00D & ~mask);
      const uint64_t slots[7] = {slot, 1, 2, 3, 4, 5, slot};
      int64_t result = 0;
      in_register(Address(GetParam()->widen[kind]), slots, &result);
      EXPECT_EQ(result, value) << type;
      result = 0;
      on_stack(Address(GetParam()->widen_stack[kind]), slots, &result);
      EXPECT_EQ(result, value) << type << " on the stack";
    }
  }
}

TEST_P(NarrowIntegers, ResultsAreExtended) {
  for (int kind = 0; kind < 5; ++kind) {
    const std::string type = kNarrow[kind].type;
    const CallStub stub = Stub("(i64)" + type);
    for (const int64_t value : kNarrow[kind].values) {
      // gcc and clang leave the argument's upper bits in the register of a narrow result.
      const uint64_t slot = type == "bool" ? static_cast<uint64_t>(value)
                                           : static_cast<uint64_t>(value) + 0x12345670000;
      int64_t result = 0x5A5A5A5A5A5A5A5A;
      stub(Address(GetParam()->narrow[kind]), &slot, &result);
      EXPECT_EQ(result, value) << type;
    }
  }
}

void ReturnContext(void* context, const uint64_t*, void* result) {
  std::memcpy(result, context, 8);
}

TEST_P(NarrowIntegers, ClosureResultsReachWideningCallers) {
  for (int kind = 0; kind < 5; ++kind) {
    const std::string type = kNarrow[kind].type;
    for (const int64_t value : kNarrow[kind].values) {
      int64_t context = value;
      const StatusOr<StubCode> closure = CodeCache::Process().StampClosure(
          Sig("(i64)" + type), abi::HostConvention(), ReturnContext, &context);
      ASSERT_TRUE(closure.ok());
      using Caller = long(void (*)(), long);
      auto* caller = std::bit_cast<Caller*>(GetParam()->call_narrow[kind]);
      EXPECT_EQ(caller(testing::Function<void()>(closure->entry()), 0), value) << type;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Compilers, NarrowIntegers,
                         ::testing::Values(gcc_callees(), clang_callees()), [](const auto& info) {
                           return std::string(info.param == gcc_callees() ? "Gcc" : "Clang");
                         });

TEST(CallStub, BoolResultLooksAtTheLowByte) {
  const CallStub stub = Stub("(i64)bool");
  const auto returns = +[](int64_t value) { return value; };
  for (const auto& [raw, expected] : std::vector<std::pair<uint64_t, uint64_t>>{
           {0xFFFFFF00, 0}, {0xABCD01, 1}, {0x80, 1}, {0, 0}}) {
    uint64_t result = ~uint64_t{0};
    stub(Address(returns), &raw, &result);
    EXPECT_EQ(result, expected);
  }
}

TEST(CallStub, VariadicDoublesReachSnprintf) {
  char text[100];
  const char* format = "%d %.2f %s %.1f %ld";
  const char* word = "word";
  const uint64_t slots[] = {
      std::bit_cast<uint64_t>(&text[0]), sizeof(text),
      std::bit_cast<uint64_t>(format),   static_cast<uint64_t>(-7),
      std::bit_cast<uint64_t>(3.25),     std::bit_cast<uint64_t>(word),
      std::bit_cast<uint64_t>(-0.5),     static_cast<uint64_t>(1234567890123)};
  int64_t written = 0;
  Stub("(pointer,u64,pointer,...,i32,f64,pointer,f64,i64)i32")(Address(snprintf), slots, &written);
  EXPECT_STREQ(text, "-7 3.25 word -0.5 1234567890123");
  EXPECT_EQ(written, 31);
}

double SumOfDoubles(int count, ...) {
  va_list list;
  va_start(list, count);
  double sum = 0;
  for (int i = 0; i < count; ++i) sum += va_arg(list, double);
  va_end(list);
  return sum;
}

TEST(CallStub, VariadicBeyondTheVectorRegisters) {
  constexpr int kCount = 20;
  std::string signature = "(i32,...";
  std::vector<uint64_t> slots = {kCount};
  double expected = 0;
  for (int i = 0; i < kCount; ++i) {
    signature += ",f64";
    slots.push_back(std::bit_cast<uint64_t>(i * 1.5));
    expected += i * 1.5;
  }
  double result = 0;
  Stub(signature + ")f64")(Address(SumOfDoubles), slots.data(), &result);
  EXPECT_EQ(result, expected);
}

void TakeLast(void*, const uint64_t* slots, void* result) {
  std::memcpy(result, &slots[254], sizeof(slots[254]));
}

TEST(CallStub, AsManyParametersAsThereMayBe) {
  std::string signature = "(i64";
  for (int i = 1; i < 255; ++i) signature += ",i64";
  signature += ")i64";
  std::vector<uint64_t> slots(255);
  for (uint64_t i = 0; i < slots.size(); ++i) slots[i] = i * i;
  const StatusOr<StubCode> closure =
      CodeCache::Process().StampClosure(Sig(signature), abi::HostConvention(), TakeLast, nullptr);
  ASSERT_TRUE(closure.ok());
  int64_t result = 0;
  Stub(signature)(closure->entry(), slots.data(), &result);
  EXPECT_EQ(result, 254 * 254);
}

// A handler that fills the result, and expects one where the signature has one.
void FillResult(void* size, const uint64_t* slots, void* result) {
  ASSERT_NE(result, nullptr);
  std::memcpy(result, std::bit_cast<const void*>(slots[0]), *static_cast<size_t*>(size));
}

// Classes without members: alone they may travel nowhere, and beside others they make sizes that no
// register has.
TEST(CallStub, EmptyClassesKeepToTheirBytes) {
  for (const char* type : {"{}class", "{{}class}", "{f32,{}class}packed(1)",
                           "{f16,{}class}packed(1)", "{f64,f16,{}class}packed(1)",
                           "{f16,f16,f16,{}class}packed(1)", "<f32,[{}class*5]>packed(1)"}) {
    SCOPED_TRACE(type);
    const std::string text = "(" + std::string(type) + ")" + type;
    const abi::Signature signature = Sig(text);
    size_t size = testing::LayoutOf(signature.result).size;
    const StatusOr<StubCode> closure =
        CodeCache::Process().StampClosure(signature, abi::HostConvention(), FillResult, &size);
    ASSERT_TRUE(closure.ok()) << closure.status().message();
    testing::GuardedBytes argument(size);
    testing::GuardedBytes result(size);
    for (size_t i = 0; i < size; ++i) argument.data()[i] = static_cast<uint8_t>(i + 1);
    const auto slot = std::bit_cast<uint64_t>(argument.data());
    Stub(text)(closure->entry(), &slot, result.data());
    EXPECT_TRUE(result.FrontIsIntact());
    EXPECT_EQ(testing::Difference(signature.result, argument.data(), result.data()), "");
  }
}

TEST(CallStub, TooMuchStackIsAStatus) {
  std::string signature = "({[i8*65536]}";
  for (int i = 1; i < 20; ++i) signature += ",{[i8*65536]}";
  const StatusOr<CallStub> stub =
      CodeCache::Process().GetCallStub(Sig(signature + ")void"), abi::HostConvention());
  ASSERT_FALSE(stub.ok());
  // AArch64 passes the copies' addresses, eight of them in registers.
  const bool x64 = abi::HostConvention().architecture == abi::Architecture::kX64;
  const uint32_t bytes = 20 * 65536 + (x64 ? 0 : 12 * 8);
  EXPECT_EQ(stub.status().message(),
            "the call needs " + std::to_string(bytes) + " bytes of stack; the limit is 1048576");
}

TEST(CallStub, UnplaceableSignatureIsAStatus) {
  abi::Signature signature;
  signature.parameters = {abi::Type::Scalar(abi::TypeKind::kVoid)};
  EXPECT_FALSE(CodeCache::Process().GetCallStub(signature, abi::HostConvention()).ok());
  EXPECT_FALSE(CodeCache::Process()
                   .StampClosure(signature, abi::HostConvention(), ReturnContext, nullptr)
                   .ok());
}

}  // namespace
}  // namespace springboard::jit
