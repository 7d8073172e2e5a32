// The cache shares code by signature, survives hash collisions, and frees what is dropped.

#include "ffi_jit/code_cache.h"

#include <gtest/gtest.h>

#include <cstring>
#include <thread>
#include <utility>
#include <vector>

#include "ffi_jit/exec_memory.h"
#include "ffi_jit/keyed_cache.h"
#include "ffi_jit/testing.h"

namespace springboard::jit {
namespace {

using testing::Sig;

FastShape AddShape() {
  FastShape shape;
  shape.entered = Sig("(pointer,i32,i32)i32");
  shape.native = Sig("(i32,i32)i32");
  return shape;
}

StatusOr<StubCode> Add(const void* target) {
  return testing::StampOne(AddShape(), abi::HostConvention(), target, nullptr);
}

const void* Plus() {
  return std::bit_cast<const void*>(+[](int a, int b) { return a + b; });
}
const void* Minus() {
  return std::bit_cast<const void*>(+[](int a, int b) { return a - b; });
}

int Call(const StubCode& code, int a, int b) {
  return testing::Function<int(void*, int, int)>(code.entry())(nullptr, a, b);
}

TEST(CodeCache, CallStubsAreSharedBySignature) {
  CodeCache& cache = CodeCache::Process();
  const StatusOr<CallStub> first = cache.GetCallStub(Sig("(i32,u16)i32"), abi::HostConvention());
  const size_t stubs = cache.counts().call_stubs;
  const StatusOr<CallStub> again = cache.GetCallStub(Sig("(i32, u16) i32"), abi::HostConvention());
  const StatusOr<CallStub> other = cache.GetCallStub(Sig("(i32,i16)i32"), abi::HostConvention());
  ASSERT_TRUE(first.ok() && again.ok() && other.ok());
  EXPECT_EQ(*first, *again);
  EXPECT_NE(*first, *other);
  EXPECT_EQ(cache.counts().call_stubs, stubs + 1);
}

TEST(CodeCache, StampedStubsShareATemplate) {
  const StatusOr<StubCode> plus = Add(Plus());
  const CodeCache::Counts counts = CodeCache::Process().counts();
  const StatusOr<StubCode> minus = Add(Minus());
  ASSERT_TRUE(plus.ok() && minus.ok());
  EXPECT_EQ(Call(*plus, 30, 12), 42);
  EXPECT_EQ(Call(*minus, 30, 12), 18);
  EXPECT_EQ(CodeCache::Process().counts().templates, counts.templates);
  EXPECT_EQ(CodeCache::Process().counts().live_stubs, counts.live_stubs + 1);
}

TEST(CodeCache, ABatchIsInOrderAndFreedOneByOne) {
  CodeCache& cache = CodeCache::Process();
  const StatusOr<const FastTemplate*> code =
      cache.GetFastTemplate(AddShape(), abi::HostConvention(), abi::HostConvention());
  ASSERT_TRUE(code.ok()) << code.status().message();
  const CodeCache::Counts before = cache.counts();
  {
    const void* const targets[] = {Plus(), Minus(), Plus()};
    StatusOr<std::vector<StubCode>> stubs = cache.StampFast(**code, targets, nullptr);
    ASSERT_TRUE(stubs.ok()) << stubs.status().message();
    ASSERT_EQ(stubs->size(), 3u);
    (*stubs)[0] = StubCode();
    EXPECT_EQ(cache.counts().live_stubs, before.live_stubs + 2);
    EXPECT_EQ(Call((*stubs)[1], 30, 12), 18);
    EXPECT_EQ(Call((*stubs)[2], 30, 12), 42);
  }
  EXPECT_EQ(cache.counts().live_stubs, before.live_stubs);
  EXPECT_EQ(cache.counts().code_bytes_used, before.code_bytes_used);
}

TEST(CodeCache, TemplatesAreKeptByTheWholeShape) {
  CodeCache& cache = CodeCache::Process();
  const auto find = [&](const FastShape& shape) {
    const StatusOr<const FastTemplate*> code =
        cache.GetFastTemplate(shape, abi::HostConvention(), abi::HostConvention());
    EXPECT_TRUE(code.ok()) << code.status().message();
    return code.ok() ? *code : nullptr;
  };
  EXPECT_EQ(find(AddShape()), find(AddShape()));
  FastShape values = AddShape();
  values.uses = {FastUse::kValue, FastUse::kValue};
  EXPECT_EQ(find(values), find(AddShape()));
  FastShape other_layout = AddShape();
  other_layout.layout.null_value = 1;
  EXPECT_EQ(find(other_layout), find(AddShape()));
  FastShape into_block = AddShape();
  into_block.entered = Sig("(pointer,i32,i32)void");
  FastShape dropped = into_block;
  into_block.result = FastResult::kBlock;
  EXPECT_NE(find(into_block), find(dropped));
}

TEST(CodeCache, OnlyStubsThatWriteABlockNeedOne) {
  FastShape shape = AddShape();
  shape.entered = Sig("(pointer,i32,i32)void");
  EXPECT_TRUE(testing::StampOne(shape, abi::HostConvention(), Plus(), nullptr).ok());
  shape.result = FastResult::kBlock;
  EXPECT_FALSE(testing::StampOne(shape, abi::HostConvention(), Plus(), nullptr).ok());
}

TEST(CodeCache, DroppedStubsAreFreed) {
  const CodeCache::Counts before = CodeCache::Process().counts();
  {
    std::vector<StubCode> stubs;
    for (int i = 0; i < 1000; ++i) {
      StatusOr<StubCode> stub = Add(Plus());
      ASSERT_TRUE(stub.ok());
      stubs.push_back(*std::move(stub));
    }
    EXPECT_EQ(CodeCache::Process().counts().live_stubs, before.live_stubs + 1000);
    EXPECT_EQ(Call(stubs[999], 1, 2), 3);
  }
  EXPECT_EQ(CodeCache::Process().counts().live_stubs, before.live_stubs);
  EXPECT_EQ(CodeCache::Process().counts().code_bytes_used, before.code_bytes_used);
}

TEST(CodeCache, StubsMove) {
  const size_t live = CodeCache::Process().counts().live_stubs;
  StubCode first = *Add(Plus());
  StubCode second = std::move(first);
  EXPECT_EQ(first.entry(), nullptr);  // NOLINT(bugprone-use-after-move): moved-from is empty
  second = *Add(Minus());
  EXPECT_EQ(CodeCache::Process().counts().live_stubs, live + 1);
  EXPECT_EQ(Call(second, 5, 3), 2);
  second = StubCode();
  EXPECT_EQ(CodeCache::Process().counts().live_stubs, live);
}

TEST(CodeCache, ManyThreads) {
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([] {
      for (int i = 0; i < 200; ++i) {
        const StatusOr<StubCode> stub = Add(Plus());
        ASSERT_TRUE(stub.ok());
        EXPECT_EQ(Call(*stub, i, 1), i + 1);
        EXPECT_TRUE(CodeCache::Process()
                        .GetCallStub(Sig("({[i8*" + std::to_string(i + 1) + "]})void"),
                                     abi::HostConvention())
                        .ok());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(KeyedCache, CollisionsDoNotMix) {
  KeyedCache<int> cache(+[](std::string_view) -> uint64_t { return 42; });
  EXPECT_EQ(cache.Insert("(i32)void", 1), 1);
  EXPECT_EQ(cache.Find("(f32)void"), nullptr);
  EXPECT_EQ(cache.Insert("(f32)void", 2), 2);
  ASSERT_NE(cache.Find("(i32)void"), nullptr);
  EXPECT_EQ(*cache.Find("(i32)void"), 1);
  EXPECT_EQ(*cache.Find("(f32)void"), 2);
  EXPECT_EQ(cache.Find("(i64)void"), nullptr);
  EXPECT_EQ(cache.size(), 2u);
}

TEST(ExecMemory, CodeIsNotWritableWhereItRuns) {
  ExecMemory memory;
  const bool x64 = abi::HostConvention().architecture == abi::Architecture::kX64;
  const std::vector<uint8_t> code =
      x64 ? std::vector<uint8_t>{0xB8, 0x2A, 0, 0, 0, 0xC3}                  // mov eax, 42; ret
          : std::vector<uint8_t>{0x40, 5, 0x80, 0x52, 0xC0, 3, 0x5F, 0xD6};  // mov w0, 42; ret
  const StatusOr<const void*> installed = memory.Install(code, UnwindShape::kTail);
  ASSERT_TRUE(installed.ok()) << installed.status().message();
  EXPECT_EQ(testing::Function<int()>(*installed)(), 42);
  EXPECT_NE(memory.WritableView(*installed), nullptr);
  EXPECT_NE(memory.WritableView(*installed), *installed);
  EXPECT_DEATH(*static_cast<volatile uint8_t*>(const_cast<void*>(*installed)) = 0xCC, "");
  memory.Free(*installed);
  EXPECT_EQ(memory.bytes_used(), 0u);
}

TEST(ExecMemory, ShortCodeOfEveryShapeLiesApartFromItsRecord) {
  ExecMemory memory;
  std::vector<std::pair<const void*, std::vector<uint8_t>>> installed;
  for (const UnwindShape shape :
       {UnwindShape::kTail, UnwindShape::kFramed, UnwindShape::kFramedSaved}) {
    const bool x64 = abi::HostConvention().architecture == abi::Architecture::kX64;
    if (shape == UnwindShape::kFramedSaved && !x64) continue;  // AArch64 has no such stubs
    for (uint8_t fill = 1; fill <= 5; ++fill) {
      const std::vector<uint8_t> code(16, fill);
      const StatusOr<const void*> one = memory.Install(code, shape);
      ASSERT_TRUE(one.ok()) << one.status().message();
      installed.emplace_back(*one, code);
    }
  }
  for (const auto& [code, bytes] : installed) {
    EXPECT_EQ(std::memcmp(code, bytes.data(), bytes.size()), 0);
  }
}

}  // namespace
}  // namespace springboard::jit
