// errno of fast stubs: zero on entry, stored before anything else can change it, by both emitters.

#include <gtest/gtest.h>

#include <cerrno>
#include <thread>

#include "ffi_jit/code_cache.h"
#include "ffi_jit/errno_place.h"
#include "ffi_jit/stub_plan.h"
#include "ffi_jit/test_bytes.h"
#include "ffi_jit/test_shapes.h"
#include "ffi_jit/testing.h"

namespace springboard::jit {
namespace {

using testing::Address;
using testing::ExpectBytes;
using testing::Function;

FastShape KeepsErrno(FastShape shape, std::optional<int32_t> offset) {
  shape.errno_offset = offset;
  return shape;
}

TEST(Errno, MachineCodeOfX64) {
  ExpectBytes(PlanFast(KeepsErrno(testing::TwoIntegersShape(), -64), abi::V8X64(), abi::SysvX64()),
              R"()", "");
}

TEST(Errno, MachineCodeOfA64) {
  ExpectBytes(
      PlanFast(KeepsErrno(testing::TwoIntegersShape(), 64), abi::V8Arm64(), abi::Aapcs64()), R"()",
      "");
}

TEST(Errno, IsPartOfThePlan) {
  const StatusOr<StubPlan> plan =
      PlanFast(KeepsErrno(testing::NopShape(), 8), abi::V8X64(), abi::SysvX64());
  ASSERT_TRUE(plan.ok());
  EXPECT_NE(plan->Text().find("errno at thread pointer 8"), std::string::npos) << plan->Text();
  EXPECT_FALSE(plan->is_tail());
}

int FailWith(int number, int result) {
  const int before = errno;
  errno = number;
  return result + before;
}

// A stub that keeps errno in `block`.
StubCode Failing(FastBlock* block) {
  StatusOr<StubCode> stub =
      testing::StampOne(KeepsErrno(testing::TwoIntegersShape(), ErrnoOffset()),
                        abi::HostConvention(), Address(FailWith), block);
  EXPECT_TRUE(stub.ok());
  return stub.ok() ? *std::move(stub) : StubCode();
}

TEST(Errno, IsZeroOnEntryAndStored) {
  if (!ErrnoOffset()) GTEST_SKIP() << "errno is not found from a thread pointer here";
  FastBlock block = {};
  const StubCode stub = Failing(&block);
  errno = 99;
  EXPECT_EQ((Function<int(void*, int, int)>(stub.entry())(nullptr, 2, -1)), -1);
  errno = 77;
  EXPECT_EQ(block.error, 2);
  EXPECT_EQ(block.status, FastStatus::kDone);
}

TEST(Errno, IsTheThreadsOwn) {
  if (!ErrnoOffset()) GTEST_SKIP() << "errno is not found from a thread pointer here";
  FastBlock here = {};
  FastBlock there = {};
  const StubCode mine = Failing(&here);
  const StubCode theirs = Failing(&there);
  errno = 5;
  std::thread other([&] {
    for (int i = 0; i < 10000; ++i) {
      EXPECT_EQ((Function<int(void*, int, int)>(theirs.entry())(nullptr, 7, i)), i);
      EXPECT_EQ(there.error, 7);
    }
  });
  for (int i = 0; i < 10000; ++i) {
    EXPECT_EQ((Function<int(void*, int, int)>(mine.entry())(nullptr, 3, i)), i);
    EXPECT_EQ(here.error, 3);
  }
  other.join();
}

TEST(Errno, NeedsABlock) {
  if (!ErrnoOffset()) GTEST_SKIP() << "errno is not found from a thread pointer here";
  EXPECT_FALSE(testing::StampOne(KeepsErrno(testing::NopShape(), ErrnoOffset()),
                                 abi::HostConvention(), Address(FailWith), nullptr)
                   .ok());
}

}  // namespace
}  // namespace springboard::jit
