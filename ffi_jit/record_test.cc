// Fast stubs that list the handles of bytes while the native function runs: the function finds them
// in the order of its parameters, wherever they were passed and whatever becomes of its result, and
// they are listed no longer than that.

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ffi_jit/fake_objects.h"
#include "ffi_jit/test_stub.h"
#include "ffi_jit/testing.h"

namespace springboard::jit {
namespace {

using testing::Address;
using testing::FakeObjects;
using testing::Function;
using testing::Handle;
using testing::Sig;
using testing::TestStub;
using Listed = std::vector<std::vector<Handle>>;

constexpr FastUse kBytes = FastUse::kBytes, kValue = FastUse::kValue,
                  kAggregate = FastUse::kAggregate;

// What the running stubs list, the innermost first.
Listed ListedBy(const FastBlock& block) {
  Listed listed;
  for (const FastRecord* record = block.running; record != nullptr; record = record->outer) {
    std::vector<Handle>& handles = listed.emplace_back();
    for (size_t i = 0; record->handles[i] != nullptr; ++i) {
      handles.push_back(std::bit_cast<Handle>(record->handles[i]));
    }
  }
  return listed;
}

FastBlock block;
std::optional<Listed> seen;  // by the native function that ran last
void (*meanwhile)() = nullptr;

void Look() {
  EXPECT_EQ(block.status, FastStatus::kDone);
  seen = ListedBy(block);
  if (meanwhile != nullptr) meanwhile();
}

class Records : public ::testing::Test {
 protected:
  Records() {
    block = {};
    seen.reset();
  }
  void TearDown() override {
    meanwhile = nullptr;
    EXPECT_EQ(block.running, nullptr);
  }

  FastShape Shape(const char* entered, const char* native, std::vector<FastUse> uses,
                  FastResult result = FastResult::kReturn) {
    FastShape shape;
    shape.entered = Sig(entered);
    shape.native = Sig(native);
    shape.uses = std::move(uses);
    shape.result = result;
    shape.lists_bytes = true;
    shape.layout = fake_.layout();
    return shape;
  }
  static StatusOr<StubPlan> Plan(const FastShape& shape) {
    return PlanFast(shape, abi::HostFastConvention(), abi::HostConvention());
  }
  Handle Array() { return fake_.Array(memory_, sizeof(memory_)); }

  uint8_t memory_[64] = {};
  FakeObjects fake_;
};

// A stub of the host's convention.
struct Stub : TestStub {
  Stub(const StatusOr<StubPlan>& plan, const void* target)
      : TestStub(plan, {{PatchKind::kTarget, target}, {PatchKind::kBlock, &block}}) {}
};

TEST_F(Records, TwoOfFour) {
  const Stub stub(Plan(Shape("(pointer,pointer,f64,pointer,i32)f64", "(pointer,f64,pointer,i32)f64",
                             {kBytes, kValue, kBytes, kValue})),
                  Address(+[](uint8_t* a, double b, uint8_t* c, int32_t d) {
                    Look();
                    *a = 1;
                    return b + static_cast<double>(c - a) + d;
                  }));
  const Handle first = Array();
  const Handle second = fake_.View(memory_ + 3, 1);
  auto* enter = Function<double(void*, Handle, double, Handle, int32_t)>(stub.entry());
  EXPECT_EQ(enter(nullptr, first, 0.5, second, 7), 10.5);
  EXPECT_EQ(seen, (Listed{{first, second}}));
  EXPECT_EQ(block.running, nullptr);
  EXPECT_EQ(memory_[0], 1);
}

TEST_F(Records, NullIsListedToo) {
  const Stub stub(Plan(Shape("(pointer,pointer)void", "(pointer)void", {kBytes})),
                  Address(+[](uint8_t* bytes) {
                    Look();
                    EXPECT_EQ(bytes, nullptr);
                  }));
  const Handle null = fake_.Null();
  Function<void(void*, Handle)>(stub.entry())(nullptr, null);
  EXPECT_EQ(seen, (Listed{{null}}));
}

TEST_F(Records, OnTheStack) {
  const std::string native =
      "(pointer,i64,f64,i64,f64,i64,f64,i64,f64,i64,f64,i64,f64,f64,f64,f64,pointer,i32,pointer)"
      "i64";
  std::vector<FastUse> uses(19, kValue);
  uses[0] = uses[16] = uses[18] = kBytes;
  const Stub stub(
      Plan(Shape(("(pointer," + native.substr(1)).c_str(), native.c_str(), uses)),
      Address(+[](uint8_t* first, int64_t a, double b, int64_t c, double d, int64_t e, double f,
                  int64_t g, double h, int64_t i, double j, int64_t k, double l, double m, double n,
                  double o, uint8_t* second, int32_t p, uint8_t* third) -> int64_t {
        Look();
        const double sum =
            static_cast<double>(a + c + e + g + i + k + p) + b + d + f + h + j + l + m + n + o;
        EXPECT_EQ(second - first, 5);
        EXPECT_EQ(third - first, 9);
        return static_cast<int64_t>(sum);
      }));
  const Handle a = Array(), b = fake_.Buffer(memory_ + 5, 4), c = fake_.View(memory_ + 9, 4);
  auto* enter = Function<int64_t(void*, Handle, int64_t, double, int64_t, double, int64_t, double,
                                 int64_t, double, int64_t, double, int64_t, double, double, double,
                                 double, Handle, int32_t, Handle)>(stub.entry());
  EXPECT_EQ(enter(nullptr, a, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, b, 16, c), 136);
  EXPECT_EQ(seen, (Listed{{a, b, c}}));
  // What is refused last leaves no trace, nor do the others.
  seen.reset();
  EXPECT_EQ(
      enter(nullptr, a, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, b, 16, fake_.Small(1)),
      0);
  EXPECT_EQ(block.status, FastStatus::kDeclined);
  EXPECT_FALSE(seen.has_value());
  EXPECT_EQ(block.running, nullptr);
}

TEST_F(Records, DecliningKeepsWhatRuns) {
  FastRecord* const outer = std::bit_cast<FastRecord*>(&memory_);
  const Stub stub(Plan(Shape("(pointer,pointer,f64)f64", "(pointer,f64)f64", {kBytes, kValue})),
                  Address(+[](uint8_t*, double value) {
                    Look();
                    return value;
                  }));
  block.running = outer;
  EXPECT_EQ((Function<double(void*, Handle, double)>(stub.entry())(nullptr, fake_.Number(1), 2)),
            0);
  EXPECT_EQ(block.status, FastStatus::kDeclined);
  EXPECT_EQ(block.running, outer);
  EXPECT_FALSE(seen.has_value());
  block.running = nullptr;
}

TEST_F(Records, WithoutBytesThereIsNone) {
  FastShape shape = Shape("(pointer,i32)i32", "(i32)i32", {kValue});
  EXPECT_TRUE(Plan(shape)->is_tail());
  shape = Shape("(pointer,pointer)i32", "({i32})i32", {kAggregate});
  EXPECT_TRUE(Plan(shape)->is_tail());
}

TEST_F(Records, TemplatesOfTheirOwn) {
  FastShape shape = Shape("(pointer,pointer)void", "(pointer)void", {kBytes});
  const auto find = [&] {
    return *CodeCache::Process().GetFastTemplate(shape, abi::HostFastConvention(),
                                                 abi::HostConvention());
  };
  const FastTemplate* const listing = find();
  EXPECT_EQ(find(), listing);
  shape.lists_bytes = false;
  EXPECT_NE(find(), listing);
}

// A stub within a stub, five times.
TEST_F(Records, Nested) {
  struct Level {
    const void* entry;
    std::vector<Handle> handles;
    size_t depth;
  };
  static Level level;
  const Stub stub(Plan(Shape("(pointer,pointer,pointer,i32)i32", "(pointer,pointer,i32)i32",
                             {kBytes, kBytes, kValue})),
                  Address(+[](uint8_t*, uint8_t*, int32_t left) -> int32_t {
                    const size_t depth = ++level.depth;
                    const auto check = [&] {
                      const Listed listed = ListedBy(block);
                      ASSERT_EQ(listed.size(), depth);
                      for (size_t i = 0; i < depth; ++i) {
                        const size_t first = depth - 1 - i;
                        EXPECT_EQ(listed[i], (std::vector<Handle>{level.handles[first],
                                                                  level.handles[first + 1]}));
                      }
                    };
                    check();
                    int32_t inner = 0;
                    if (left > 0) {
                      inner = Function<int32_t(void*, Handle, Handle, int32_t)>(level.entry)(
                          nullptr, level.handles[depth], level.handles[depth + 1], left - 1);
                    }
                    check();
                    return inner + 1;
                  }));
  level = {stub.entry(), {}, 0};
  for (int i = 0; i < 6; ++i) level.handles.push_back(Array());
  EXPECT_EQ((Function<int32_t(void*, Handle, Handle, int32_t)>(stub.entry())(
                nullptr, level.handles[0], level.handles[1], 4)),
            5);
}

struct Large {
  int64_t words[5];
};

// Results of each kind, stored in bytes, with an aggregate among the arguments.
template <typename T>
void CheckBytesResult(const FastShape& shape, FakeObjects& fake, uint8_t* memory) {
  const Stub stub(PlanFast(shape, abi::HostFastConvention(), abi::HostConvention()),
                  Address(+[](T value, uint8_t* bytes, double by) {
                    Look();
                    *bytes = static_cast<uint8_t>(by);
                    return value;
                  }));
  T in, out = {};
  std::memset(&in, 0x5A, sizeof(in));
  const Handle bytes = fake.Array(memory, 8);
  static FakeObjects* objects;
  static Handle taken;
  objects = &fake;
  taken = fake.Array(&out, sizeof(out));
  const auto enter = [&] {
    block = {};
    memory[0] = 0;
    Function<void(void*, Handle, Handle, double, Handle)>(stub.entry())(
        nullptr, fake.Array(&in, sizeof(in)), bytes, 42, taken);
    EXPECT_EQ(memory[0], 42);
    EXPECT_EQ(seen, (Listed{{bytes}}));
    EXPECT_EQ(block.running, nullptr);
    return block.status;
  };
  EXPECT_EQ(enter(), FastStatus::kDone);
  using AllBytes = std::array<unsigned char, sizeof(T)>;
  EXPECT_EQ(std::bit_cast<AllBytes>(in), std::bit_cast<AllBytes>(out));
  meanwhile = [] { objects->Detach(taken); };
  EXPECT_EQ(enter(), FastStatus::kLost);
  meanwhile = nullptr;
}

TEST_F(Records, ResultsInBytes) {
  const auto shape = [&](const std::string& type) {
    return Shape("(pointer,pointer,pointer,f64,pointer)void",
                 ("(" + type + ",pointer,f64)" + type).c_str(), {kAggregate, kBytes, kValue},
                 FastResult::kBytes);
  };
  CheckBytesResult<Large>(shape("{[i64*5]}"), fake_, memory_);
  struct Pair {
    double a, b;
  };
  CheckBytesResult<Pair>(shape("{f64,f64}"), fake_, memory_);
  struct alignas(64) Aligned {
    int64_t words[8];
  };
  CheckBytesResult<Aligned>(shape("{[i64*8]}align(64)"), fake_, memory_);
}

TEST_F(Records, ResultsInTheBlock) {
  const Stub stub(
      Plan(Shape("(pointer,pointer)void", "(pointer)i64", {kBytes}, FastResult::kBlock)),
      Address(+[](uint8_t*) -> int64_t {
        Look();
        return -5;
      }));
  const Handle bytes = Array();
  Function<void(void*, Handle)>(stub.entry())(nullptr, bytes);
  EXPECT_EQ(static_cast<int64_t>(block.result), -5);
  EXPECT_EQ(seen, (Listed{{bytes}}));
}

TEST_F(Records, SafeResults) {
  for (const FastResult result : {FastResult::kReturn, FastResult::kBlock}) {
    const bool returns = result == FastResult::kReturn;
    FastShape shape = Shape(returns ? "(pointer,pointer,i64)f64" : "(pointer,pointer,i64)void",
                            "(pointer,i64)i64", {kBytes, kValue}, result);
    shape.safe_result = true;
    const Stub stub(Plan(shape), Address(+[](uint8_t*, int64_t value) {
                      Look();
                      return value;
                    }));
    const Handle bytes = Array();
    for (const int64_t value : {int64_t{7}, int64_t{1} << 60}) {
      block = {};
      seen.reset();
      if (returns) {
        Function<double(void*, Handle, int64_t)>(stub.entry())(nullptr, bytes, value);
      } else {
        Function<void(void*, Handle, int64_t)>(stub.entry())(nullptr, bytes, value);
      }
      EXPECT_EQ(block.status, value == 7 ? FastStatus::kDone : FastStatus::kUnsafe);
      EXPECT_EQ(seen, (Listed{{bytes}}));
      EXPECT_EQ(block.running, nullptr);
    }
  }
}

#if defined(SPRINGBOARD_FOREIGN)

// A function of the processor's other convention.
TEST_F(Records, ForeignFunctions) {
  const FastShape shape =
      Shape("(pointer,pointer,f64,i32,i32,i32,pointer)i64", "(pointer,f64,i32,i32,i32,pointer)i64",
            {kBytes, kValue, kValue, kValue, kValue, kBytes});
  const Stub stub(PlanFast(shape, abi::HostFastConvention(), testing::ForeignConvention()),
                  Address(+[](uint8_t* a, double b, int32_t c, int32_t d, int32_t e, uint8_t* f)
                               SPRINGBOARD_FOREIGN -> int64_t {
                    Look();
                    return (f - a) + static_cast<int64_t>(b) + c + d + e;
                  }));
  const Handle first = Array(), second = fake_.View(memory_ + 1, 1);
  auto* enter =
      Function<int64_t(void*, Handle, double, int32_t, int32_t, int32_t, Handle)>(stub.entry());
  EXPECT_EQ(enter(nullptr, first, 10, 100, 1000, 10000, second), 11111);
  EXPECT_EQ(seen, (Listed{{first, second}}));
  EXPECT_EQ(block.running, nullptr);
  EXPECT_EQ(enter(nullptr, first, 10, 100, 1000, 10000, fake_.Small(3)), 0);
  EXPECT_EQ(block.status, FastStatus::kDeclined);
}

#endif

}  // namespace
}  // namespace springboard::jit
