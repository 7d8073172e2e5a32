// The machine code of a few AArch64 stubs, byte for byte, beside its assembly, on every host. A
// change here is a change of every call that a user makes: read the difference before accepting it.
// "hint 34" is "bti c".

#include <gtest/gtest.h>

#include <string_view>

#include "ffi_jit/emitter.h"
#include "ffi_jit/stub_plan.h"
#include "ffi_jit/test_bytes.h"
#include "ffi_jit/testing.h"

namespace springboard::jit {
namespace {

using testing::ExpectBytes;
using testing::Hex;
using testing::Shape;
using testing::Sig;

StatusOr<StubPlan> Call(std::string_view signature) {
  return PlanCall(Sig(signature), abi::Aapcs64(), abi::Aapcs64());
}

StatusOr<StubPlan> Fast(const FastShape& shape) {
  return PlanFast(shape, abi::V8Arm64(), abi::Aapcs64());
}

StatusOr<StubPlan> Closure(std::string_view signature) {
  return PlanClosure(Sig(signature), abi::Aapcs64(), abi::Aapcs64());
}

TEST(StubBytesA64, CallNop) {
  ExpectBytes(Call("()void"), R"(hint 34
mov x17, x0
br x17
)",
              "5F2403D5F10300AA20021FD6");
}

TEST(StubBytesA64, CallTwoIntegers) {
  ExpectBytes(Call("(i32,i32)i32"), R"(hint 34
stp x29, x30, [sp, -16]!
mov x29, sp
sub sp, sp, 16
mov x17, x0
stur x2, [x29, -16]
ldr w0, [x1]
ldr w1, [x1, 8]
blr x17
ldur x17, [x29, -16]
sxtw x16, w0
str x16, [x17]
mov sp, x29
ldp x29, x30, [sp], 16
ret x30
)",
              "5F2403D5FD7BBFA9FD030091FF4300D1F10300AAA2031FF8200040B9210840B920023FD6B1035FF8"
              "107C4093300200F9BF030091FD7BC1A8C0035FD6");
}

TEST(StubBytesA64, CallHomogeneousAggregates) {
  ExpectBytes(Call("({f32,f32,f32},{i64,[i8*3]}){f64,f64}"), R"(hint 34
stp x29, x30, [sp, -16]!
mov x29, sp
sub sp, sp, 16
mov x17, x0
stur x2, [x29, -16]
ldr x9, [x1]
ldr s0, [x9]
ldr s1, [x9, 4]
ldr s2, [x9, 8]
ldr x9, [x1, 8]
ldr x0, [x9]
ldr x1, [x9, 8]
blr x17
ldur x17, [x29, -16]
str d0, [x17]
str d1, [x17, 8]
mov sp, x29
ldp x29, x30, [sp], 16
ret x30
)",
              "5F2403D5FD7BBFA9FD030091FF4300D1F10300AAA2031FF8290040F9200140BD210540BD220940BD"
              "290440F9200140F9210540F920023FD6B1035FF8200200FD210600FDBF030091FD7BC1A8C0035FD6");
}

TEST(StubBytesA64, CallWithResultByX8) {
  ExpectBytes(Call("(i64){[i64*3]}"), R"(hint 34
mov x17, x0
mov x8, x2
ldr x0, [x1]
br x17
)",
              "5F2403D5F10300AAE80302AA200040F920021FD6");
}

TEST(StubBytesA64, CallCopiesInALoopAndTouchesPages) {
  ExpectBytes(Call("({[i8*5000]})void"), R"(hint 34
stp x29, x30, [sp, -16]!
mov x29, sp
sub sp, sp, 912
str xzr, [sp]
mov w9, 1
L0:
sub sp, sp, 4096
str xzr, [sp]
subs w9, w9, 1
b.ne L0
mov x17, x0
ldr x9, [x1]
add x10, x9, 0
sub x16, x29, 4096
sub x16, x16, 912
add x9, x10, 4096
add x9, x9, 896
L1:
ldr q31, [x10], 16
str q31, [x16], 16
cmp x10, x9
b.ne L1
ldur q31, [x10, -8]
stur q31, [x16, -8]
sub x0, x29, 4096
sub x0, x0, 912
blr x17
mov sp, x29
ldp x29, x30, [sp], 16
ret x30
)",
              "5F2403D5FD7BBFA9FD030091FF430ED1FF0300F929008052FF0740D1FF0300F929050071A1FFFF54"
              "F10300AA290040F92A010091B00740D110420ED14905409129010E915F05C13C1F06813C5F0109EB"
              "A1FFFF545F81DF3C1F829F3CA00740D100400ED120023FD6BF030091FD7BC1A8C0035FD6");
}

TEST(StubBytesA64, CallVariadic) {
  ExpectBytes(Call("(pointer,...,f64)void"), R"(hint 34
mov x17, x0
ldr x0, [x1]
ldr d0, [x1, 8]
br x17
)",
              "5F2403D5F10300AA200040F9200440FD20021FD6");
}

TEST(StubBytesA64, FastNop) {
  ExpectBytes(Fast(Shape("(pointer)void", "()void")), R"(hint 34
ldr x17, [L0]
br x17
align 8
L0:
.xword 0x5350524E47424F44
)",
              "5F2403D57100005820021FD600000000444F42474E525053");
}

TEST(StubBytesA64, FastTwoIntegers) {
  ExpectBytes(Fast(Shape("(pointer,i32,i32)i32", "(i32,i32)i32")), R"(hint 34
mov w0, w1
mov w1, w2
ldr x17, [L0]
br x17
align 8
L0:
.xword 0x5350524E47424F44
)",
              "5F2403D5E003012AE103022A7100005820021FD600000000444F42474E525053");
}

TEST(StubBytesA64, FastNarrow) {
  ExpectBytes(Fast(Shape("(pointer,i32)i32", "(i8)i16")), R"(hint 34
stp x29, x30, [sp, -16]!
mov x29, sp
sxtb w0, w1
ldr x17, [L0]
blr x17
sxth w0, w0
ldp x29, x30, [sp], 16
ret x30
align 8
L0:
.xword 0x5350524E47424F44
)",
              "5F2403D5FD7BBFA9FD030091201C0013D100005820023FD6003C0013FD7BC1A8C0035FD600000000"
              "444F42474E525053");
}

TEST(StubBytesA64, FastStackArguments) {
  ExpectBytes(Fast(Shape("(pointer,i64,i64,i64,i64,i64,i64,i64,i32,i64)void",
                         "(i64,i64,i64,i64,i64,i64,i64,i8,i64)void")),
              R"(hint 34
mov x0, x1
mov x1, x2
mov x2, x3
mov x3, x4
mov x4, x5
mov x5, x6
mov x6, x7
ldrsb w7, [sp]
ldr d31, [sp, 8]
str d31, [sp]
ldr x17, [L0]
br x17
align 8
L0:
.xword 0x5350524E47424F44
)",
              "5F2403D5E00301AAE10302AAE20303AAE30304AAE40305AAE50306AAE60307AAE703C039FF0740FD"
              "FF0300FD7100005820021FD600000000444F42474E525053");
}

TEST(StubBytesA64, FastIntoBlock) {
  ExpectBytes(Fast(Shape("(pointer,bool)void", "(bool)bool", true)), R"(hint 34
stp x29, x30, [sp, -16]!
mov x29, sp
uxtb w0, w1
ldr x17, [L0]
blr x17
ldr x17, [L1]
tst w0, 255
cset w16, 3
str x16, [x17, 8]
ldp x29, x30, [sp], 16
ret x30
L0:
.xword 0x5350524E47424F44
L1:
.xword 0x5350524E47424F44
)",
              "5F2403D5FD7BBFA9FD030091201C00531101005820023FD6110100581F1C0072F0079F1A300600F9"
              "FD7BC1A8C0035FD6444F42474E525053444F42474E525053");
}

TEST(StubBytesA64, ClosureNop) {
  ExpectBytes(Closure("()void"), R"(hint 34
ldr x0, [L0]
mov x2, xzr
ldr x17, [L1]
br x17
align 8
L0:
.xword 0x5350524E47424F44
L1:
.xword 0x5350524E47424F44
)",
              "5F2403D5A0000058E2031FAAB100005820021FD600000000444F42474E525053444F42474E525053");
}

TEST(StubBytesA64, Closure) {
  ExpectBytes(Closure("(i8,f32)f64"), R"(hint 34
stp x29, x30, [sp, -16]!
mov x29, sp
sub sp, sp, 32
sxtb x16, w0
stur x16, [x29, -32]
stur s0, [x29, -24]
ldr x0, [L0]
sub x1, x29, 32
stur xzr, [x29, -16]
sub x2, x29, 16
ldr x17, [L1]
blr x17
ldur d0, [x29, -16]
mov sp, x29
ldp x29, x30, [sp], 16
ret x30
align 8
L0:
.xword 0x5350524E47424F44
L1:
.xword 0x5350524E47424F44
)",
              "5F2403D5FD7BBFA9FD030091FF8300D1101C4093B0031EF8A0831EBC60010058A18300D1BF031FF8"
              "A24300D13101005820023FD6A0035FFCBF030091FD7BC1A8C0035FD600000000444F42474E525053"
              "444F42474E525053");
}

TEST(StubBytesA64, ClosureWithAggregates) {
  ExpectBytes(Closure("({f32,f32,f32},{[i8*7]}){f64,f64}"), R"(hint 34
stp x29, x30, [sp, -16]!
mov x29, sp
sub sp, sp, 64
stur s0, [x29, -48]
stur s1, [x29, -44]
stur s2, [x29, -40]
sub x16, x29, 48
stur x16, [x29, -64]
stur x0, [x29, -32]
sub x16, x29, 32
stur x16, [x29, -56]
ldr x0, [L0]
sub x1, x29, 64
movi v31.2d, 0
stur q31, [x29, -16]
sub x2, x29, 16
ldr x17, [L1]
blr x17
ldur d0, [x29, -16]
ldur d1, [x29, -8]
mov sp, x29
ldp x29, x30, [sp], 16
ret x30
L0:
.xword 0x5350524E47424F44
L1:
.xword 0x5350524E47424F44
)",
              "5F2403D5FD7BBFA9FD030091FF0301D1A0031DBCA1431DBCA2831DBCB0C300D1B0031CF8A0031EF8"
              "B08300D1B0831CF880010058A10301D11FE4006FBF039F3CA24300D13101005820023FD6A0035FFC"
              "A1835FFCBF030091FD7BC1A8C0035FD6444F42474E525053444F42474E525053");
}

TEST(StubBytesA64, ClosureZeroesResultByX8) {
  ExpectBytes(Closure("(i64){[i8*143]}"), R"(hint 34
stp x29, x30, [sp, -16]!
mov x29, sp
sub sp, sp, 16
stur x0, [x29, -16]
ldr x0, [L0]
sub x1, x29, 16
movi v31.2d, 0
add x10, x8, 0
add x16, x10, 128
L1:
str q31, [x10], 16
cmp x10, x16
b.ne L1
stur q31, [x10, -1]
mov x2, x8
ldr x17, [L2]
blr x17
mov sp, x29
ldp x29, x30, [sp], 16
ret x30
L0:
.xword 0x5350524E47424F44
L2:
.xword 0x5350524E47424F44
)",
              "5F2403D5FD7BBFA9FD030091FF4300D1A0031FF8E0010058A14300D11FE4006F0A01009150010291"
              "5F05813C5F0110EBC1FFFF545FF19F3CE20308AAF100005820023FD6BF030091FD7BC1A8C0035FD6"
              "444F42474E525053444F42474E525053");
}

TEST(StubBytesA64, PatchesAreAlignedEightByteLiterals) {
  const StatusOr<StubPlan> plan = Fast(Shape("(pointer)void", "()i8", true));
  ASSERT_TRUE(plan.ok());
  const StatusOr<StubTemplate> stub = Emit(*plan);
  ASSERT_TRUE(stub.ok());
  ASSERT_EQ(stub->patches.size(), 2u);
  EXPECT_EQ(stub->patches[0].kind, PatchKind::kTarget);
  EXPECT_EQ(stub->patches[1].kind, PatchKind::kBlock);
  for (const PatchPoint& point : stub->patches) {
    EXPECT_EQ(point.offset % 8, 0u);
    EXPECT_EQ(Hex(stub->bytes).substr(point.offset * 2, 16), "444F42474E525053");
  }
}

}  // namespace
}  // namespace springboard::jit
