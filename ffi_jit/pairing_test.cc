// Stubs between the two conventions of x86-64: what the entering side relies on survives.
//
// Values are checked by stub_conformance_test.cc and tests/conformance; here are the registers that
// Win64 code expects preserved and System V code changes, and the limits.

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string>

#include "ffi_jit/code_cache.h"
#include "ffi_jit/fake_objects.h"
#include "ffi_jit/saved_registers.h"
#include "ffi_jit/test_stub.h"
#include "ffi_jit/testing.h"

namespace springboard::jit {
namespace {

using testing::Function;
using testing::Sig;
using testing::TestStub;

TEST(Pairing, ConventionsOfTwoProcessorsAreAStatus) {
  const StatusOr<StubPlan> call = PlanCall(Sig("()void"), abi::Aapcs64(), abi::SysvX64());
  ASSERT_FALSE(call.ok());
  EXPECT_EQ(call.status().message(),
            "no stub leads from sysv_x64 to aapcs64, code of another processor");
  EXPECT_FALSE(PlanClosure(Sig("()void"), abi::Win64(), abi::Aapcs64()).ok());
  FastShape shape;
  shape.entered = Sig("(pointer)void");
  shape.native = Sig("()void");
  EXPECT_FALSE(PlanFast(shape, abi::V8X64(), abi::Aapcs64()).ok());
}

TEST(Pairing, CodeOfAnotherProcessorIsAStatus) {
  const bool x64 = abi::HostConvention().architecture == abi::Architecture::kX64;
  const abi::Convention& other = x64 ? abi::AppleArm64() : abi::Win64();
  CodeCache& cache = CodeCache::Process();
  const StatusOr<CallStub> call = cache.GetCallStub(Sig("()void"), other);
  ASSERT_FALSE(call.ok());
  EXPECT_EQ(call.status().message(), "code of " + std::string(other.name) +
                                         " is code of another processor and cannot be called here");
  const auto handler = +[](void*, const uint64_t*, void*) {};
  EXPECT_FALSE(cache.StampClosure(Sig("()void"), other, handler, nullptr).ok());
  FastShape shape;
  shape.entered = Sig("(pointer)void");
  shape.native = Sig("()void");
  EXPECT_FALSE(cache.GetFastTemplate(shape, other, other).ok());
}

TEST(Pairing, OnlyWin64CallersNeedSavedRegisters) {
  for (const abi::Convention* entered : abi::AllConventions()) {
    for (const abi::Convention* native : abi::AllConventions()) {
      if (entered->architecture != native->architecture) continue;
      const bool expected = (entered == &abi::Win64() || entered == &abi::V8Win64()) &&
                            (native == &abi::SysvX64() || native == &abi::V8X64());
      EXPECT_EQ(!SavedRegisters(*entered, *native).empty(), expected)
          << entered->name << " to " << native->name;
    }
  }
}

// gcc for Windows crashes where Win64 code calls a function marked sysv_abi: these are for hosts of
// System V.
#if defined(__x86_64__) && defined(__linux__)

// What Win64 code may rely on over a call: rbx, rdi, rsi, r12-r15, and xmm6-xmm15 as halves.
struct Preserved {
  std::array<uint64_t, 7> general;
  std::array<uint64_t, 20> vector;
  bool operator==(const Preserved&) const = default;
};

// Calls function(a, b, c) as Win64 code does, with `values` in those registers, and stores what it
// finds there afterwards into `values`. Below.
extern "C" void SpringboardCallWithLiveRegisters(const void* function, Preserved* values,
                                                 uint64_t a, uint64_t b, uint64_t c);
asm(R"(
    .text
    .globl SpringboardCallWithLiveRegisters
SpringboardCallWithLiveRegisters:
    push %rbx
    push %rbp
    push %r12
    push %r13
    push %r14
    push %r15
    sub $56, %rsp
    mov %rsi, 32(%rsp)
    mov %rdi, %rax
    mov %rsi, %r10
    xchg %rcx, %rdx
    mov 0(%r10), %rbx
    mov 8(%r10), %rdi
    mov 16(%r10), %rsi
    mov 24(%r10), %r12
    mov 32(%r10), %r13
    mov 40(%r10), %r14
    mov 48(%r10), %r15
    .set springboard_at, 56
    .irp n, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    movups springboard_at(%r10), %xmm\n
    .set springboard_at, springboard_at + 16
    .endr
    call *%rax
    mov 32(%rsp), %r10
    mov %rbx, 0(%r10)
    mov %rdi, 8(%r10)
    mov %rsi, 16(%r10)
    mov %r12, 24(%r10)
    mov %r13, 32(%r10)
    mov %r14, 40(%r10)
    mov %r15, 48(%r10)
    .set springboard_at, 56
    .irp n, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    movups %xmm\n, springboard_at(%r10)
    .set springboard_at, springboard_at + 16
    .endr
    add $56, %rsp
    pop %r15
    pop %r14
    pop %r13
    pop %r12
    pop %rbp
    pop %rbx
    ret
)");

void ExpectRegistersSurvive(const TestStub& stub, uint64_t a, uint64_t b, uint64_t c) {
  ASSERT_NE(stub.entry(), nullptr);
  EXPECT_EQ(stub.shape(), UnwindShape::kFramedSaved);
  Preserved values;
  uint64_t next = 0x1111111111111111;
  for (uint64_t& value : values.general) value = next *= 3;
  for (uint64_t& value : values.vector) value = next *= 3;
  const Preserved before = values;
  SpringboardCallWithLiveRegisters(stub.entry(), &values, a, b, c);
  EXPECT_TRUE(values == before);
}

// Changes every register that System V code may change.
void Clobber() {
  asm volatile(
      "xor %%edi, %%edi\n\t"
      "xor %%esi, %%esi\n\t"
      ".irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15\n\t"
      "xorps %%xmm\\n, %%xmm\\n\n\t"
      ".endr"
      :
      :
      : "rax", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "xmm0", "xmm1", "xmm2", "xmm3",
        "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14",
        "xmm15");
}

struct Large {
  uint64_t words[600];  // more than a page
};

double Native(int64_t a, Large large, double b) {
  const double sum = static_cast<double>(a) + static_cast<double>(large.words[599]) + b;
  Clobber();
  return sum;
}

TEST(SavedRegisters, CallStub) {
  // Copies the aggregate through scratch registers that the caller relies on.
  const TestStub stub(PlanCall(Sig("(i64,{[u64*600]},f64)f64"), abi::SysvX64(), abi::Win64()));
  Large large = {};
  large.words[599] = 1000;
  const uint64_t slots[] = {1, std::bit_cast<uint64_t>(&large), std::bit_cast<uint64_t>(0.5)};
  double result = 0;
  ExpectRegistersSurvive(stub, std::bit_cast<uint64_t>(&Native), std::bit_cast<uint64_t>(&slots[0]),
                         std::bit_cast<uint64_t>(&result));
  EXPECT_EQ(result, 1001.5);
}

void Handle(void* context, const uint64_t* slots, void* result) {
  const std::array<uint64_t, 3> seen = {slots[0], slots[1], slots[2]};
  std::memcpy(context, &seen, sizeof(seen));
  std::memset(result, 0x5A, 48);
  Clobber();
}

TEST(SavedRegisters, ClosureStub) {
  std::array<uint64_t, 3> seen = {};
  const TestStub stub(
      PlanClosure(Sig("(i64,i64){[i64*6]}"), abi::Win64(), abi::SysvX64()),
      {{PatchKind::kHandler, std::bit_cast<const void*>(&Handle)}, {PatchKind::kContext, &seen}});
  std::array<uint64_t, 6> result = {};
  ExpectRegistersSurvive(stub, std::bit_cast<uint64_t>(&result), 11, 12);
  EXPECT_EQ(seen[0], 11u);
  EXPECT_EQ(seen[1], 12u);
  EXPECT_EQ(result[5], 0x5A5A5A5A5A5A5A5Au);
}

int64_t Count(int64_t a, int64_t b) {
  Clobber();
  return a - b;
}

TEST(SavedRegisters, FastStub) {
  FastShape shape;
  shape.entered = Sig("(pointer,i64,i64)void");
  shape.native = Sig("(i64,i64)i64");
  shape.result = FastResult::kBlock;
  FastBlock block = {};
  const TestStub stub(
      PlanFast(shape, abi::V8Win64(), abi::SysvX64()),
      {{PatchKind::kTarget, std::bit_cast<const void*>(&Count)}, {PatchKind::kBlock, &block}});
  ExpectRegistersSurvive(stub, 0, 50, 8);
  EXPECT_EQ(block.result, 42u);
}

// As a function of the entering side it may use the home bytes above its return address; by then it
// needs no parameter, which it may have there.
__attribute__((ms_abi)) void Keep(FastBlock* block, const char* text, const char* frame_end) {
  block->result = reinterpret_cast<uintptr_t>(text) + (frame_end == nullptr ? 0 : 1000);
  auto* home = static_cast<volatile uint64_t*>(__builtin_frame_address(0)) + 2;
  for (uint32_t i = 0; i < abi::Win64().home_bytes / sizeof(*home); ++i) home[i] = ~0ull;
  Clobber();
}
const char* Back(const char* text) {
  Clobber();
  return text;
}

TEST(SavedRegisters, FastStubThatKeepsText) {
  FastShape shape;
  shape.entered = Sig("(pointer,pointer)void");
  shape.native = Sig("(pointer)pointer");
  shape.result = FastResult::kText;
  FastBlock block = {};
  const TestStub stub(PlanFast(shape, abi::V8Win64(), abi::SysvX64()),
                      {{PatchKind::kTarget, std::bit_cast<const void*>(&Back)},
                       {PatchKind::kBlock, &block},
                       {PatchKind::kHandler, std::bit_cast<const void*>(&Keep)}});
  ExpectRegistersSurvive(stub, 0, 50, 0);
  EXPECT_EQ(block.result, 1050u);
}

struct Three {
  int64_t a, b, c;
};
void (*meanwhile)() = nullptr;
Three Rotate(Three value) {
  if (meanwhile != nullptr) meanwhile();
  Clobber();
  return {value.b, value.c, value.a};
}

// Registers survive, too, where the stub ends early: before the call and after it.
TEST(SavedRegisters, FastStubWithHandles) {
  testing::FakeObjects fake;
  FastShape shape;
  shape.entered = Sig("(pointer,pointer,pointer)void");
  shape.native = Sig("({i64,i64,i64}){i64,i64,i64}");
  shape.uses = {FastUse::kAggregate};
  shape.result = FastResult::kBytes;
  shape.layout = fake.layout();
  FastBlock block = {};
  const TestStub stub(
      PlanFast(shape, abi::V8Win64(), abi::SysvX64()),
      {{PatchKind::kTarget, std::bit_cast<const void*>(&Rotate)}, {PatchKind::kBlock, &block}});
  Three value = {1, 2, 3};
  const testing::Handle good = fake.Array(&value, sizeof(value));
  const auto enter = [&](testing::Handle in, testing::Handle out) {
    block = {};
    ExpectRegistersSurvive(stub, 0, std::bit_cast<uint64_t>(in), std::bit_cast<uint64_t>(out));
    return block.status;
  };
  EXPECT_EQ(enter(good, good), FastStatus::kDone);
  EXPECT_EQ(value.a + 10 * value.b + 100 * value.c, 2 + 30 + 100);
  EXPECT_EQ(enter(fake.Small(1), good), FastStatus::kDeclined);
  // The callee takes the bytes away.
  static testing::FakeObjects* objects;
  static testing::Handle gone;
  objects = &fake;
  gone = fake.Array(&value, sizeof(value));
  meanwhile = [] { objects->Detach(gone); };
  EXPECT_EQ(enter(good, gone), FastStatus::kLost);
  meanwhile = nullptr;
}

// A variadic function of Win64 finds floating arguments where general ones would be.
__attribute__((ms_abi)) double SumOfDoubles(int count, ...) {
  __builtin_ms_va_list list;
  __builtin_ms_va_start(list, count);
  double sum = 0;
  for (int i = 0; i < count; ++i) sum += __builtin_va_arg(list, double);
  __builtin_ms_va_end(list);
  return sum;
}

TEST(Pairing, VariadicDoublesTravelTwice) {
  const StatusOr<CallStub> stub =
      CodeCache::Process().GetCallStub(Sig("(i32,...,f64,f64,f64,f64,f64)f64"), abi::Win64());
  ASSERT_TRUE(stub.ok()) << stub.status().message();
  const uint64_t slots[] = {5,
                            std::bit_cast<uint64_t>(1.5),
                            std::bit_cast<uint64_t>(2.5),
                            std::bit_cast<uint64_t>(3.5),
                            std::bit_cast<uint64_t>(4.5),
                            std::bit_cast<uint64_t>(5.5)};
  double result = 0;
  (*stub)(std::bit_cast<const void*>(&SumOfDoubles), slots, &result);
  EXPECT_EQ(result, 17.5);

  FastShape shape;
  shape.entered = Sig("(pointer,i32,f64,f64)f64");
  shape.native = Sig("(i32,...,f64,f64)f64");
  const TestStub fast(PlanFast(shape, abi::V8X64(), abi::Win64()),
                      {{PatchKind::kTarget, std::bit_cast<const void*>(&SumOfDoubles)}});
  EXPECT_EQ((Function<double(void*, int, double, double)>(fast.entry())(nullptr, 2, 0.25, 0.5)),
            0.75);
}

// A scribbling callee must not reach the caller's values, and finds its copy where it may rely on
// the type's alignment.
struct alignas(64) Aligned {
  int64_t numbers[8];
};
__attribute__((ms_abi)) int64_t Scribble(Aligned first, int a, Aligned second) {
  // The compiler takes the alignment for granted, and must not see what is computed.
  uint64_t bits = std::bit_cast<uint64_t>(&first) | std::bit_cast<uint64_t>(&second);
  asm("" : "+r"(bits));
  const auto misaligned = static_cast<int64_t>(bits % 64);
  const int64_t sum = first.numbers[7] + second.numbers[7] + a;
  std::memset(&first, 0, sizeof(first));
  std::memset(&second, 0, sizeof(second));
  return sum + 1000 * misaligned;
}

TEST(Pairing, CopiesOfOverAlignedAggregates) {
  const StatusOr<CallStub> stub = CodeCache::Process().GetCallStub(
      Sig("({[i64*8]}align(64),i32,{[i64*8]}align(64))i64"), abi::Win64());
  ASSERT_TRUE(stub.ok()) << stub.status().message();
  const Aligned value = {{1, 2, 3, 4, 5, 6, 7, 20}};
  const uint64_t slots[] = {std::bit_cast<uint64_t>(&value), 2, std::bit_cast<uint64_t>(&value)};
  int64_t result = 0;
  (*stub)(std::bit_cast<const void*>(&Scribble), slots, &result);
  EXPECT_EQ(result, 42);
  EXPECT_EQ(value.numbers[7], 20);
}

#endif

}  // namespace
}  // namespace springboard::jit
