// What headers of abi/ and ffi_jit/ promise to any thread, with several at once: ThreadSanitizer
// looks at this in ./dev test. Every thread also checks what it gets.

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstring>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "abi/convention.h"
#include "abi/layout.h"
#include "abi/placement.h"
#include "ffi_jit/code_cache.h"
#include "ffi_jit/exec_memory.h"
#include "ffi_jit/testing.h"
#include "ffi_jit/unwind.h"

namespace springboard::jit {
namespace {

using testing::Address;
using testing::Sig;

constexpr int kThreads = 4;

// body(thread, round), from kThreads threads that begin every round together.
template <typename Body>
void RunTogether(int rounds, Body body) {
  std::atomic<int> arrived = 0;
  std::vector<std::thread> threads;
  threads.reserve(kThreads);
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      for (int round = 0; round < rounds; ++round) {
        ++arrived;
        while (arrived < (round + 1) * kThreads) std::this_thread::yield();
        body(thread, round);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

int32_t AddOne(int32_t value) { return value + 1; }

[[noreturn]] int32_t Throw(int32_t value) { throw value; }

int32_t CallThrough(CallStub stub, const void* target, int32_t value) {
  uint64_t slots[1] = {};
  std::memcpy(slots, &value, sizeof(value));
  uint64_t result = 0;
  stub(target, slots, &result);
  return static_cast<int32_t>(result);
}

TEST(Concurrency, OneTypeAndOneLayoutForAll) {
  std::vector<std::vector<const abi::Type*>> made(kThreads);
  RunTogether(60, [&](int thread, int round) {
    const std::string text = "({i8,[f64*" + std::to_string(round + 1) + "]})i32";
    const abi::Type* type = Sig(text).parameters[0];
    made[static_cast<size_t>(thread)].push_back(type);
    // The first to ask keeps the layout for the others.
    for (const std::string_view name : {"sysv_x64", "win64", "aapcs64"}) {
      const StatusOr<abi::Layout> layout = abi::LayoutOf(type, **abi::ConventionNamed(name));
      ASSERT_TRUE(layout.ok());
      EXPECT_EQ(layout->size, 8u + 8u * static_cast<size_t>(round + 1)) << name;
    }
  });
  for (const auto& types : made) EXPECT_EQ(types, made[0]);
}

TEST(Concurrency, PlacementIsTheSameForAll) {
  std::vector<std::vector<std::string>> placed(kThreads);
  RunTogether(40, [&](int thread, int round) {
    const std::string count = std::to_string(round % 20 + 1);
    const abi::Signature signature = Sig("({f32,[i16*" + count + "]},f64,i32){i64,i64}");
    for (const std::string_view name : {"sysv_x64", "win64", "aapcs64", "apple_arm64"}) {
      const StatusOr<abi::Placement> placement =
          abi::Place(signature, **abi::ConventionNamed(name));
      ASSERT_TRUE(placement.ok()) << placement.status().message();
      placed[static_cast<size_t>(thread)].push_back(placement->Text());
    }
  });
  for (const auto& texts : placed) EXPECT_EQ(texts, placed[0]);
}

TEST(Concurrency, MemoryIsNobodyElses) {
  ExecMemory memory;
  RunTogether(20, [&](int thread, int round) {
    std::vector<std::pair<const void*, std::vector<uint8_t>>> installed;
    for (int i = 0; i < 30; ++i) {
      const auto fill = static_cast<uint8_t>(thread * 50 + i);
      const std::vector<uint8_t> code(static_cast<size_t>(16 + (i * 37 + round) % 200), fill);
      const UnwindShape shape = i % 2 == 0 ? UnwindShape::kTail : UnwindShape::kFramed;
      const StatusOr<const void*> one = memory.Install(code, shape);
      ASSERT_TRUE(one.ok()) << one.status().message();
      EXPECT_NE(memory.WritableView(*one), nullptr);
      EXPECT_GE(memory.bytes_mapped(), memory.bytes_used());
      installed.emplace_back(*one, code);
    }
    for (const auto& [code, bytes] : installed) {
      EXPECT_EQ(std::memcmp(code, bytes.data(), bytes.size()), 0);
      memory.Free(code);
    }
  });
  EXPECT_EQ(memory.bytes_used(), 0u);
  EXPECT_EQ(memory.unwind_records(), 0u);
}

// What one thread leaves for the next to call and free.
class Table {
 public:
  StubCode Exchange(size_t place, StubCode code) {
    const std::lock_guard<std::mutex> lock(mutex_);
    std::swap(codes_[place], code);
    return code;
  }

 private:
  std::mutex mutex_;
  StubCode codes_[7];
};

TEST(Concurrency, StubsAreCalledAndFreedByOtherThreads) {
  CodeCache& cache = CodeCache::Process();
  const size_t before = cache.counts().live_stubs;
  FastShape shape;
  shape.entered = Sig("(pointer,i32)i32");
  shape.native = Sig("(i32)i32");
  {
    Table table;
    RunTogether(200, [&](int thread, int round) {
      StatusOr<StubCode> made =
          testing::StampOne(shape, abi::HostConvention(), Address(AddOne), nullptr);
      ASSERT_TRUE(made.ok()) << made.status().message();
      const StubCode got =
          table.Exchange(static_cast<size_t>(thread + round) % 7, *std::move(made));
      EXPECT_GT(cache.counts().live_stubs, 0u);
      if (got.entry() == nullptr) return;
      EXPECT_EQ(testing::Function<int32_t(void*, int32_t)>(got.entry())(nullptr, round), round + 1);
    });
  }
  EXPECT_EQ(cache.counts().live_stubs, before);
}

// What a closure of this test is told by its context.
void AddContext(void* context, const uint64_t* slots, void* result) {
  const uint64_t sum = static_cast<uint32_t>(slots[0]) + *static_cast<const uint32_t*>(context);
  std::memcpy(result, &sum, sizeof(sum));
}

TEST(Concurrency, ClosuresKnowTheirOwn) {
  const size_t before = CodeCache::Process().counts().live_stubs;
  RunTogether(100, [&](int thread, int round) {
    uint32_t context = static_cast<uint32_t>(thread * 1000);
    // A signature of each round's own: who comes first makes the template.
    const abi::Signature signature = Sig("(i32,{[i32*" + std::to_string(round % 30 + 1) + "]})i32");
    StatusOr<StubCode> code =
        CodeCache::Process().StampClosure(signature, abi::HostConvention(), AddContext, &context);
    ASSERT_TRUE(code.ok()) << code.status().message();
    const StatusOr<CallStub> stub =
        CodeCache::Process().GetCallStub(signature, abi::HostConvention());
    ASSERT_TRUE(stub.ok()) << stub.status().message();
    uint32_t aggregate[30] = {};
    uint64_t slots[2] = {static_cast<uint64_t>(round), std::bit_cast<uint64_t>(&aggregate[0])};
    uint64_t result = 0;
    (*stub)(code->entry(), slots, &result);
    EXPECT_EQ(static_cast<uint32_t>(result), static_cast<uint32_t>(round + thread * 1000));
  });
  EXPECT_EQ(CodeCache::Process().counts().live_stubs, before);
}

// Unwind records come and go while others are walked.
TEST(Concurrency, ExceptionsPassWhileRecordsComeAndGo) {
  const StatusOr<CallStub> stub =
      CodeCache::Process().GetCallStub(Sig("(i32)i32"), abi::HostConvention());
  ASSERT_TRUE(stub.ok());
  std::atomic<int> caught = 0;
  RunTogether(100, [&](int thread, int round) {
    if (thread == 0) {
      ExecMemory memory;
      const std::vector<uint8_t> code(64, 0xCC);
      ASSERT_TRUE(memory.Install(code, UnwindShape::kFramed).ok());
      ASSERT_TRUE(memory.Install(code, UnwindShape::kTail).ok());
      return;
    }
    EXPECT_EQ(CallThrough(*stub, Address(AddOne), round), round + 1);
    try {
      CallThrough(*stub, Address(Throw), round);
      ADD_FAILURE() << "nothing was thrown";
    } catch (int32_t value) {
      EXPECT_EQ(value, round);
      ++caught;
    }
  });
  EXPECT_EQ(caught, 100 * (kThreads - 1));
}

}  // namespace
}  // namespace springboard::jit
