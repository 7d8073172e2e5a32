// Walks and exceptions through stubs of every shape and pairing, on whatever host this runs.
//
// The functions that stubs call here either walk the stack up to Driver(), or throw.

#include "ffi_jit/unwind.h"

#include <gtest/gtest.h>
#include <unwind.h>

#include <bit>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "ffi_jit/code_cache.h"
#include "ffi_jit/fake_objects.h"
#include "ffi_jit/test_stub.h"
#include "ffi_jit/testing.h"

#if defined(__GLIBC__)
#include <execinfo.h>
#endif

namespace springboard::jit {
namespace {

using testing::Address;
using testing::Function;
using testing::Sig;
using testing::TestStub;

// What the functions behind the stubs do, and what came of it.
enum class Action { kWalk, kThrow };
Action action = Action::kWalk;
bool walk_reached_driver = false;
bool backtrace_reached_driver = false;
int returns = 0;

struct Thrown {
  int value;
};

using Body = void (*)(const void* stub);
[[gnu::noinline]] void Driver(Body body, const void* stub) {
  body(stub);
  ++returns;  // so that the call above is not a jump
}

bool IsInDriver(uintptr_t address) {
  return _Unwind_FindEnclosingFunction(std::bit_cast<void*>(address)) == Address(Driver);
}

_Unwind_Reason_Code LookAt(_Unwind_Context* context, void* frames) {
  if (IsInDriver(_Unwind_GetIP(context))) walk_reached_driver = true;
  return ++*static_cast<int*>(frames) < 100 ? _URC_NO_REASON : _URC_END_OF_STACK;
}

[[gnu::noinline]] void Act() {
  if (action == Action::kThrow) throw Thrown{42};
  int frames = 0;
  _Unwind_Backtrace(LookAt, &frames);
#if defined(__GLIBC__)
  void* addresses[100];
  const int count = backtrace(addresses, 100);
  for (int i = 0; i < count; ++i) {
    if (IsInDriver(std::bit_cast<uintptr_t>(addresses[i]))) backtrace_reached_driver = true;
  }
#else
  backtrace_reached_driver = walk_reached_driver;
#endif
}

int NativeTakes(int value) {
  Act();
  return value + 1;
}
void NativeVoid() {
  Act();
  ++returns;
}
void Handler(void*, const uint64_t* slots, void* result) {
  Act();
  const uint64_t value = slots[0] + 1;
  std::memcpy(result, &value, sizeof(value));
}

// Both actions inside `body`, which calls the stub.
void ExpectWalksAndExceptionsPass(Body body, const TestStub& stub) {
  ASSERT_NE(stub.entry(), nullptr);
  action = Action::kWalk;
  walk_reached_driver = backtrace_reached_driver = false;
  Driver(body, stub.entry());
  EXPECT_TRUE(walk_reached_driver);
  EXPECT_TRUE(backtrace_reached_driver);

  action = Action::kThrow;
  int caught = 0;
  try {
    Driver(body, stub.entry());
  } catch (const Thrown& thrown) {
    caught = thrown.value;
  }
  EXPECT_EQ(caught, 42);
}

const abi::Convention& Host() { return abi::HostConvention(); }

void CallWithTarget(const void* stub, const void* target) {
  const uint64_t slot = 41;
  int64_t result = 0;
  std::bit_cast<CallStub>(stub)(target, &slot, &result);
  EXPECT_EQ(result, 42);
}

TEST(Unwind, TailCallStub) {
  const TestStub stub(PlanCall(Sig("()void"), Host(), Host()));
  ASSERT_EQ(stub.shape(), UnwindShape::kTail);
  ExpectWalksAndExceptionsPass(
      [](const void* entry) {
        std::bit_cast<CallStub>(entry)(Address(NativeVoid), nullptr, nullptr);
      },
      stub);
}

TEST(Unwind, FramedCallStub) {
  const TestStub stub(PlanCall(Sig("(i32)i32"), Host(), Host()));
  ASSERT_EQ(stub.shape(), UnwindShape::kFramed);
  ExpectWalksAndExceptionsPass(
      [](const void* entry) { CallWithTarget(entry, Address(NativeTakes)); }, stub);
}

struct Large {
  char bytes[20000];
};
int64_t TakeLarge(int value, Large) { return NativeTakes(value); }

TEST(Unwind, FrameOfSeveralPages) {
  const TestStub stub(PlanCall(Sig("(i32,{[i8*20000]})i64"), Host(), Host()));
  ExpectWalksAndExceptionsPass(
      [](const void* entry) {
        static const Large kLarge = {};
        const uint64_t slots[] = {41, std::bit_cast<uint64_t>(&kLarge)};
        int64_t result = 0;
        std::bit_cast<CallStub>(entry)(Address(TakeLarge), slots, &result);
        EXPECT_EQ(result, 42);
      },
      stub);
}

// gcc notes that it passed this differently before version 4.6.
#pragma GCC diagnostic ignored "-Wpsabi"

struct alignas(64) Aligned {
  int64_t numbers[8];
};
int64_t TakeAligned(int value, Aligned) { return NativeTakes(value); }

TEST(Unwind, RealignedFrame) {
  const TestStub stub(PlanCall(Sig("(i32,{[i64*8]}align(64))i64"), Host(), Host()));
  ExpectWalksAndExceptionsPass(
      [](const void* entry) {
        static const Aligned kAligned = {};
        const uint64_t slots[] = {41, std::bit_cast<uint64_t>(&kAligned)};
        int64_t result = 0;
        std::bit_cast<CallStub>(entry)(Address(TakeAligned), slots, &result);
        EXPECT_EQ(result, 42);
      },
      stub);
}

TEST(Unwind, FramedFastStub) {
  FastShape shape;
  shape.entered = Sig("(pointer,i32)i32");
  shape.native = Sig("(i32)i16");
  const TestStub stub(PlanFast(shape, abi::HostFastConvention(), Host()),
                      {{PatchKind::kTarget, Address(NativeTakes)}});
  ASSERT_EQ(stub.shape(), UnwindShape::kFramed);
  ExpectWalksAndExceptionsPass(
      [](const void* entry) { EXPECT_EQ(Function<int(void*, int)>(entry)(nullptr, 41), 42); },
      stub);
}

// A stub that unwraps handles first, leaving by a jump.
TEST(Unwind, FastStubWithHandle) {
  static testing::FakeObjects fake;
  FastShape shape;
  shape.entered = Sig("(pointer,pointer)i32");
  shape.native = Sig("(i64)i32");
  shape.uses = {FastUse::kInteger};
  shape.layout = fake.layout();
  FastBlock block = {};
  const TestStub stub(PlanFast(shape, abi::HostFastConvention(), Host()),
                      {{PatchKind::kTarget, Address(NativeTakes)}, {PatchKind::kBlock, &block}});
  ASSERT_EQ(stub.shape(), UnwindShape::kTail);
  ExpectWalksAndExceptionsPass(
      [](const void* entry) {
        EXPECT_EQ(Function<int(void*, testing::Handle)>(entry)(nullptr, fake.Small(41)), 42);
      },
      stub);
}

// A stub that looks at the result's bytes again after the call.
struct Pair {
  int64_t a, b;
};
Pair NativePair(Pair pair) {
  pair.a = NativeTakes(static_cast<int>(pair.b));
  return pair;
}

TEST(Unwind, FastStubWithResultIntoBytes) {
  static testing::FakeObjects fake;
  FastShape shape;
  shape.entered = Sig("(pointer,pointer,pointer)void");
  shape.native = Sig("({i64,i64}){i64,i64}");
  shape.uses = {FastUse::kAggregate};
  shape.result = FastResult::kBytes;
  shape.layout = fake.layout();
  FastBlock block = {};
  const TestStub stub(PlanFast(shape, abi::HostFastConvention(), Host()),
                      {{PatchKind::kTarget, Address(NativePair)}, {PatchKind::kBlock, &block}});
  ASSERT_EQ(stub.shape(), UnwindShape::kFramed);
  ExpectWalksAndExceptionsPass(
      [](const void* entry) {
        Pair pair = {.a = 0, .b = 41};
        const testing::Handle handle = fake.Array(&pair, sizeof(pair));
        Function<void(void*, testing::Handle, testing::Handle)>(entry)(nullptr, handle, handle);
        EXPECT_EQ(pair.a, 42);
      },
      stub);
}

TEST(Unwind, ClosureStub) {
  const TestStub stub(PlanClosure(Sig("(i32)i32"), Host(), Host()),
                      {{PatchKind::kHandler, Address(Handler)}, {PatchKind::kContext, nullptr}});
  ExpectWalksAndExceptionsPass(
      [](const void* entry) { EXPECT_EQ(Function<int(int)>(entry)(41), 42); }, stub);
}

// Nothing to keep, so that the handler returns to the native caller.
TEST(Unwind, ClosureStubThatLeavesByJump) {
  static int context;
  const ClosureHandler handler = [](void* given, const uint64_t*, void* result) {
    EXPECT_EQ(given, &context);
    EXPECT_EQ(result, nullptr);
    const uint64_t slot = 41;
    int64_t returned = 0;
    Handler(nullptr, &slot, &returned);
    context = static_cast<int>(returned);
  };
  const TestStub stub(PlanClosure(Sig("()void"), Host(), Host()),
                      {{PatchKind::kHandler, std::bit_cast<const void*>(handler)},
                       {PatchKind::kContext, &context}});
  ASSERT_EQ(stub.shape(), UnwindShape::kTail);
  ExpectWalksAndExceptionsPass(
      [](const void* entry) {
        Function<void()>(entry)();
        EXPECT_EQ(context, 42);
      },
      stub);
}

#if defined(SPRINGBOARD_FOREIGN)

const abi::Convention& Foreign() { return testing::ForeignConvention(); }

// Saved registers lie between stubs entered by Win64 code and callees of System V.
UnwindShape ShapeOf(const abi::Convention& entered) {
  return &entered == &abi::Win64() ? UnwindShape::kFramedSaved : UnwindShape::kFramed;
}

// A closure stub stands for the foreign function: gcc for Windows makes no unwind data for
// functions marked sysv_abi, so that walks would end in a compiled one.
const void* foreign_function = nullptr;

TEST(UnwindPairing, CallStubIntoForeignCode) {
  const TestStub closure(PlanClosure(Sig("(i32)i32"), Foreign(), Host()),
                         {{PatchKind::kHandler, Address(Handler)}, {PatchKind::kContext, nullptr}});
  foreign_function = closure.entry();
  const TestStub stub(PlanCall(Sig("(i32)i32"), Foreign(), Host()));
  ASSERT_EQ(stub.shape(), ShapeOf(Host()));
  ExpectWalksAndExceptionsPass([](const void* entry) { CallWithTarget(entry, foreign_function); },
                               stub);
}

TEST(UnwindPairing, CallStubEnteredByForeignCode) {
  const TestStub stub(PlanCall(Sig("(i32)i32"), Host(), Foreign()));
  ASSERT_EQ(stub.shape(), ShapeOf(Foreign()));
  ExpectWalksAndExceptionsPass(
      [](const void* entry) {
        using ForeignCallStub = void SPRINGBOARD_FOREIGN(const void*, const uint64_t*, void*);
        const uint64_t slot = 41;
        int64_t result = 0;
        Function<ForeignCallStub>(entry)(Address(NativeTakes), &slot, &result);
        EXPECT_EQ(result, 42);
      },
      stub);
}

TEST(UnwindPairing, ClosureStubEnteredByForeignCode) {
  const TestStub stub(PlanClosure(Sig("(i32)i32"), Foreign(), Host()),
                      {{PatchKind::kHandler, Address(Handler)}, {PatchKind::kContext, nullptr}});
  ASSERT_EQ(stub.shape(), ShapeOf(Foreign()));
  ExpectWalksAndExceptionsPass(
      [](const void* entry) { EXPECT_EQ(Function<int SPRINGBOARD_FOREIGN(int)>(entry)(41), 42); },
      stub);
}

#endif

TEST(UnwindRecords, LiveAsLongAsTheCode) {
  ExecMemory memory;
  const std::vector<uint8_t> code(64, 0xCC);
  const void* first = *memory.Install(code, UnwindShape::kFramed);
  EXPECT_EQ(memory.unwind_records(), 1u);
  EXPECT_NE(
      _Unwind_FindEnclosingFunction(const_cast<uint8_t*>(static_cast<const uint8_t*>(first) + 1)),
      nullptr);
  const void* second = *memory.Install(code, UnwindShape::kFramed);
  const void* other = *memory.Install(code, UnwindShape::kTail);
  EXPECT_EQ(memory.unwind_records(), 2u);
  memory.Free(first);
  EXPECT_EQ(memory.unwind_records(), 2u);
  memory.Free(second);
  EXPECT_EQ(memory.unwind_records(), 1u);
  EXPECT_EQ(
      _Unwind_FindEnclosingFunction(const_cast<uint8_t*>(static_cast<const uint8_t*>(first) + 1)),
      nullptr);
  memory.Free(other);
  EXPECT_EQ(memory.unwind_records(), 0u);
  EXPECT_EQ(memory.bytes_used(), 0u);
}

TEST(UnwindRecords, ReturnAfterManyStubs) {
  CodeCache& cache = CodeCache::Process();
  const size_t before = cache.counts().unwind_records;
  {
    std::vector<StubCode> stubs;
    for (int i = 0; i < 10000; ++i) {
      StatusOr<StubCode> stub = cache.StampClosure(Sig("(i32)i32"), Host(), Handler, nullptr);
      ASSERT_TRUE(stub.ok()) << stub.status().message();
      stubs.push_back(*std::move(stub));
    }
    // One for each block.
    EXPECT_GT(cache.counts().unwind_records, before);
    EXPECT_LT(cache.counts().unwind_records, before + 10);
  }
  EXPECT_EQ(cache.counts().unwind_records, before);
}

}  // namespace
}  // namespace springboard::jit
