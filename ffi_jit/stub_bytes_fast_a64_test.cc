// The machine code of fast stubs on AArch64, byte for byte, beside its assembly: of the signatures
// that the benchmarks measure, and of one of each kind of handle. A change here is a change of
// every call that a user makes: read the difference before accepting it. "hint 34" is "bti c".

#include <gtest/gtest.h>

#include <string_view>

#include "ffi_jit/stub_plan.h"
#include "ffi_jit/test_bytes.h"
#include "ffi_jit/test_shapes.h"
#include "ffi_jit/testing.h"

namespace springboard::jit {
namespace {

using testing::ExpectBytes;

StatusOr<StubPlan> Fast(const FastShape& shape) {
  return PlanFast(shape, abi::V8Arm64(), abi::Aapcs64());
}

StatusOr<StubPlan> Call(std::string_view signature) {
  return PlanCall(testing::Sig(signature), abi::Aapcs64(), abi::Aapcs64());
}

TEST(StubBytesFastA64, TwoDoubles) {
  ExpectBytes(Fast(testing::TwoDoublesShape()), R"(hint 34
ldr x17, [L0]
br x17
align 8
L0:
.xword 0x5350524E47424F44
)",
              "5F2403D57100005820021FD600000000444F42474E525053");
}

TEST(StubBytesFastA64, SixMixed) {
  ExpectBytes(Fast(testing::SixMixedShape()), R"(hint 34
mov w0, w1
mov x1, x2
uxtb w2, w3
mov x3, x4
ldr x17, [L0]
br x17
align 8
L0:
.xword 0x5350524E47424F44
)",
              "5F2403D5E003012AE10302AA621C0053E30304AA7100005820021FD600000000444F42474E525053");
}

TEST(StubBytesFastA64, TwelveIntegers) {
  ExpectBytes(Fast(testing::TwelveIntegersShape()), R"(hint 34
mov w0, w1
mov w1, w2
mov w2, w3
mov w3, w4
mov w4, w5
mov w5, w6
mov w6, w7
ldr w7, [sp]
ldr s31, [sp, 8]
str s31, [sp]
ldr s31, [sp, 16]
str s31, [sp, 8]
ldr s31, [sp, 24]
str s31, [sp, 16]
ldr s31, [sp, 32]
str s31, [sp, 24]
ldr x17, [L0]
br x17
align 8
L0:
.xword 0x5350524E47424F44
)",
              "5F2403D5E003012AE103022AE203032AE303042AE403052AE503062AE603072AE70340B9FF0B40BD"
              "FF0300BDFF1340BDFF0B00BDFF1B40BDFF1300BDFF2340BDFF1B00BD7100005820021FD600000000"
              "444F42474E525053");
}

TEST(StubBytesFastA64, Variadic) {
  ExpectBytes(Call(testing::VariadicSignature()), R"(hint 34
stp x29, x30, [sp, -16]!
mov x29, sp
sub sp, sp, 16
mov x17, x0
stur x2, [x29, -16]
ldr x0, [x1]
ldr d0, [x1, 16]
ldr w1, [x1, 8]
blr x17
ldur x17, [x29, -16]
sxtw x16, w0
str x16, [x17]
mov sp, x29
ldp x29, x30, [sp], 16
ret x30
)",
              "5F2403D5FD7BBFA9FD030091FF4300D1F10300AAA2031FF8200040F9200840FD210840B920023FD6"
              "B1035FF8107C4093300200F9BF030091FD7BC1A8C0035FD6");
}

TEST(StubBytesFastA64, Buffer) {
  ExpectBytes(Fast(testing::BufferShape()), R"(hint 34
ldr x8, [x1]
tst w8, 1
b.eq L0
ldur x9, [x8, -1]
ldurh w9, [x9, 11]
cmp w9, 2101
b.ne L2
ldur x9, [x8, 63]
cbnz x9, L0
ldrb w9, [x8, 47]
tst w9, 3
b.ne L0
ldur x9, [x8, 23]
ldur x9, [x9, 39]
cbz x9, L0
ldur x1, [x8, 55]
L1:
mov x0, x1
ldr x17, [L3]
br x17
L2:
cmp w9, 2099
b.ne L4
ldur x1, [x8, 39]
b L1
L4:
cmp w9, 2102
b.ne L5
ldur x9, [x8, 23]
ldur x9, [x9, 39]
cbz x9, L0
ldur x1, [x8, 55]
b L1
L5:
movz x9, 57073
movk x9, 39612, 16
movk x9, 22136, 32
movk x9, 4660, 48
cmp x8, x9
b.ne L0
mov x1, xzr
b L1
L0:
ldr x10, [L6]
mov w8, 1
str w8, [x10]
mov x0, xzr
ret x30
L3:
.xword 0x5350524E47424F44
L6:
.xword 0x5350524E47424F44
)",
              "5F2403D5280040F91F0100728004005409F15FF829B140783FD52071A101005409F143F8C90300B5"
              "09BD40393F05007261030054097141F8297142F8090300B4017143F8E00301AA5103005820021FD6"
              "3FCD207161000054017142F8FAFFFF173FD92071C1000054097141F8297142F8690100B4017143F8"
              "F3FFFF1729DE9BD28957B3F209CFCAF28946E2F21F0109EB61000054E1031FAAEBFFFF17EA000058"
              "28008052480100B9E0031FAAC0035FD6444F42474E525053444F42474E525053");
}

TEST(StubBytesFastA64, ListedBuffer) {
  ExpectBytes(Fast(testing::ListedBufferShape()), R"(hint 34
stp x29, x30, [sp, -16]!
mov x29, sp
sub sp, sp, 32
stur x1, [x29, -24]
ldr x8, [x1]
tst w8, 1
b.eq L0
ldur x9, [x8, -1]
ldurh w9, [x9, 11]
cmp w9, 2101
b.ne L2
ldur x9, [x8, 63]
cbnz x9, L0
ldrb w9, [x8, 47]
tst w9, 3
b.ne L0
ldur x9, [x8, 23]
ldur x9, [x9, 39]
cbz x9, L0
ldur x1, [x8, 55]
L1:
mov x0, x1
stur xzr, [x29, -16]
ldr x17, [L3]
ldr d31, [x17, 16]
stur d31, [x29, -32]
sub x16, x29, 32
str x16, [x17, 16]
ldr x17, [L4]
blr x17
ldr x17, [L5]
ldur d31, [x29, -32]
str d31, [x17, 16]
mov sp, x29
ldp x29, x30, [sp], 16
ret x30
L2:
cmp w9, 2099
b.ne L6
ldur x1, [x8, 39]
b L1
L6:
cmp w9, 2102
b.ne L7
ldur x9, [x8, 23]
ldur x9, [x9, 39]
cbz x9, L0
ldur x1, [x8, 55]
b L1
L7:
movz x9, 57073
movk x9, 39612, 16
movk x9, 22136, 32
movk x9, 4660, 48
cmp x8, x9
b.ne L0
mov x1, xzr
b L1
L0:
ldr x10, [L8]
mov w8, 1
str w8, [x10]
mov x0, xzr
mov sp, x29
ldp x29, x30, [sp], 16
ret x30
L3:
.xword 0x5350524E47424F44
L4:
.xword 0x5350524E47424F44
L5:
.xword 0x5350524E47424F44
L8:
.xword 0x5350524E47424F44
)",
              "5F2403D5FD7BBFA9FD030091FF8300D1A1831EF8280040F91F0100720006005409F15FF829B14078"
              "3FD520712103005409F143F8490500B509BD40393F050072E1040054097141F8297142F8890400B4"
              "017143F8E00301AABF031FF8F10400583F0A40FDBF031EFCB08300D1300A00F99104005820023FD6"
              "91040058BF035EFC3F0A00FDBF030091FD7BC1A8C0035FD63FCD207161000054017142F8EEFFFF17"
              "3FD92071C1000054097141F8297142F8690100B4017143F8E7FFFF1729DE9BD28957B3F209CFCAF2"
              "8946E2F21F0109EB61000054E1031FAADFFFFF17AA01005828008052480100B9E0031FAABF030091"
              "FD7BC1A8C0035FD6444F42474E525053444F42474E525053444F42474E525053444F42474E525053");
}

TEST(StubBytesFastA64, Integer) {
  ExpectBytes(Fast(testing::IntegerShape()), R"(hint 34
ldr x8, [x1]
tst w8, 1
b.ne L2
asr x1, x8, 32
b L1
L2:
ldur x9, [x8, -1]
ldurh w9, [x9, 11]
cmp w9, 129
b.ne L3
ldur w9, [x8, 7]
cmp w9, 2
b.ne L4
ldur x1, [x8, 15]
L1:
mov x0, x1
ldr x17, [L5]
br x17
L3:
cmp w9, 130
b.ne L0
ldur d16, [x8, 7]
fcvtzs x1, d16
eor x9, x1, x1, 63
cmn x9, 1
b.vs L0
fcmp d16, d16
b.vs L0
b L1
L4:
mov x1, xzr
b.cc L1
ldur x1, [x8, 15]
tst w9, 1
b.eq L1
negs x1, x1
b L1
L0:
ldr x10, [L6]
mov w8, 1
str w8, [x10]
mov x0, xzr
ret x30
align 8
L5:
.xword 0x5350524E47424F44
L6:
.xword 0x5350524E47424F44
)",
              "5F2403D5280040F91F0100726100005401FD60930900001409F15FF829B140783F05027101010054"
              "097140B83F090071E101005401F140F8E00301AA3103005820021FD63F09027101020054107140FC"
              "0102789E29FC81CA3F0500B1660100540022701E26010054F4FFFF17E1031FAA43FEFF5401F140F8"
              "3F010072E0FDFF54E10301EBEDFFFF170A01005828008052480100B9E0031FAAC0035FD600000000"
              "444F42474E525053444F42474E525053");
}

TEST(StubBytesFastA64, Text) {
  ExpectBytes(Fast(testing::TextShape()), R"(hint 34
stp x29, x30, [sp, -16]!
mov x29, sp
mov x0, x1
mov w1, w2
ldr x17, [L0]
blr x17
mov x1, x0
ldr x0, [L1]
add x2, x29, 16
ldr x17, [L2]
blr x17
ldp x29, x30, [sp], 16
ret x30
L0:
.xword 0x5350524E47424F44
L1:
.xword 0x5350524E47424F44
L2:
.xword 0x5350524E47424F44
)",
              "5F2403D5FD7BBFA9FD030091E00301AAE103022A3101005820023FD6E10300AA00010058A2430091"
              "1101005820023FD6FD7BC1A8C0035FD6444F42474E525053444F42474E525053444F42474E525053");
}

TEST(StubBytesFastA64, SafeIntegers) {
  ExpectBytes(Fast(testing::SafeIntegersShape()), R"(hint 34
fcvtzs x8, d0
scvtf d17, x8
fcmp d17, d0
b.ne L0
cmp x8, 0
cneg x9, x8, 13
lsr x9, x9, 53
cbnz x9, L0
fcvtzs x8, d1
scvtf d17, x8
fcmp d17, d1
b.ne L0
lsr x9, x8, 53
cbnz x9, L0
stp x29, x30, [sp, -16]!
mov x29, sp
fcvtzs x0, d0
fcvtzs x1, d1
ldr x17, [L3]
blr x17
cmp x0, 0
cneg x2, x0, 13
lsr x2, x2, 53
cbnz x2, L5
scvtf d0, x0
L4:
ldp x29, x30, [sp], 16
ret x30
L0:
ldr x10, [L6]
mov w8, 1
str w8, [x10]
movi v0.2d, 0
ret x30
L5:
ldr x4, [L7]
mov w2, 2
str w2, [x4]
movi v0.2d, 0
str x0, [x4, 8]
b L4
align 8
L3:
.xword 0x5350524E47424F44
L6:
.xword 0x5350524E47424F44
L7:
.xword 0x5350524E47424F44
)",
              "5F2403D50800789E1101629E2022601E010300541F0100F109A588DA29FD75D3890200B52800789E"
              "1101629E2022611E0102005409FD75D3C90100B5FD7BBFA9FD0300910000789E2100789EB1020058"
              "20023FD61F0000F102A480DA42FC75D3220100B50000629EFD7BC1A8C0035FD6CA01005828008052"
              "480100B900E4006FC0035FD66401005842008052820000B900E4006F800400F9F4FFFF1700000000"
              "444F42474E525053444F42474E525053444F42474E525053");
}

}  // namespace
}  // namespace springboard::jit
