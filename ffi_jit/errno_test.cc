// errno of fast stubs: zero on entry, stored before anything else can change it, by both emitters.

#include <gtest/gtest.h>

#include <cerrno>
#include <cstdint>
#include <optional>
#include <string>
#include <thread>
#include <utility>

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
              R"(endbr64
push rbp
mov rbp, rsp
mov edi, esi
mov esi, edx
mov dword ptr fs:[-64], 0
movabs r11, 6003388799441325892
call r11
mov r10d, dword ptr fs:[-64]
movabs r11, 6003388799441325892
mov dword ptr [r11+4], r10d
pop rbp
ret
)",
              "F30F1EFA554889E589F789D664C70425C0FFFFFF0000000049BB444F42474E52505341FFD364448B"
              "1425C0FFFFFF49BB444F42474E525053458953045DC3");
}

// 56962 is tpidr_el0.
TEST(Errno, MachineCodeOfA64) {
  ExpectBytes(PlanFast(KeepsErrno(testing::TwoIntegersShape(), 64), abi::V8Arm64(), abi::Aapcs64()),
              R"(hint 34
stp x29, x30, [sp, -16]!
mov x29, sp
mov w0, w1
mov w1, w2
mrs x16, 56962
mov x17, 64
str wzr, [x16, x17]
ldr x17, [L0]
blr x17
mrs x16, 56962
mov x17, 64
ldr w16, [x16, x17]
ldr x17, [L1]
str w16, [x17, 4]
ldp x29, x30, [sp], 16
ret x30
align 8
L0:
.xword 0x5350524E47424F44
L1:
.xword 0x5350524E47424F44
)",
              "5F2403D5FD7BBFA9FD030091E003012AE103022A50D03BD5110880D21F6A31B85101005820023FD6"
              "50D03BD5110880D2106A71B8F1000058300600B9FD7BC1A8C0035FD600000000444F42474E525053"
              "444F42474E525053");
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
