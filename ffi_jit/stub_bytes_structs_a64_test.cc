// The machine code of fast stubs on AArch64, byte for byte, beside its assembly: of the signatures
// with aggregates that the benchmarks measure. A change here is a change of
// every call that a user makes: read the difference before accepting it. "hint 34" is "bti c".

#include <gtest/gtest.h>

#include "ffi_jit/stub_plan.h"
#include "ffi_jit/test_bytes.h"
#include "ffi_jit/test_shapes.h"

namespace springboard::jit {
namespace {

using testing::ExpectBytes;

StatusOr<StubPlan> Fast(const FastShape& shape) {
  return PlanFast(shape, abi::V8Arm64(), abi::Aapcs64());
}

TEST(StubBytesStructsA64, TwoStructs) {
  ExpectBytes(Fast(testing::TwoStructsShape()), R"(hint 34
ldr x8, [x1]
tst w8, 1
b.eq L0
ldur x9, [x8, -1]
ldurh w9, [x9, 11]
cmp w9, 2101
b.ne L2
ldur x9, [x8, 31]
cmp x9, 16
b.cc L0
ldrb w9, [x8, 47]
tst w9, 3
b.ne L0
ldur x10, [x8, 63]
cbnz x10, L3
ldur x9, [x8, 23]
ldur x9, [x9, 39]
cbz x9, L0
L3:
ldur x9, [x8, 55]
add x1, x9, x10
L1:
ldr x8, [x2]
tst w8, 1
b.eq L0
ldur x9, [x8, -1]
ldurh w9, [x9, 11]
cmp w9, 2101
b.ne L5
ldur x9, [x8, 31]
cmp x9, 16
b.cc L0
ldrb w9, [x8, 47]
tst w9, 3
b.ne L0
ldur x10, [x8, 63]
cbnz x10, L6
ldur x9, [x8, 23]
ldur x9, [x9, 39]
cbz x9, L0
L6:
ldur x9, [x8, 55]
add x2, x9, x10
L4:
ldr x8, [x3]
tst w8, 1
b.eq L0
ldur x9, [x8, -1]
ldurh w9, [x9, 11]
cmp w9, 2101
b.ne L8
ldur x9, [x8, 31]
cmp x9, 16
b.cc L0
ldrb w9, [x8, 47]
tst w9, 3
b.ne L0
ldur x10, [x8, 63]
cbnz x10, L9
ldur x9, [x8, 23]
ldur x9, [x9, 39]
cbz x9, L0
L9:
L7:
stp x29, x30, [sp, -16]!
mov x29, sp
sub sp, sp, 16
ldr d0, [x1]
ldr d1, [x1, 8]
ldr d2, [x2]
ldr d3, [x2, 8]
stur x3, [x29, -16]
ldr x17, [L10]
blr x17
ldur x17, [x29, -16]
ldr x2, [x17]
tst w2, 1
b.eq L12
ldur x3, [x2, -1]
ldurh w3, [x3, 11]
cmp w3, 2101
b.ne L14
ldur x3, [x2, 31]
cmp x3, 16
b.cc L12
ldrb w3, [x2, 47]
tst w3, 3
b.ne L12
ldur x4, [x2, 63]
cbnz x4, L15
ldur x3, [x2, 23]
ldur x3, [x3, 39]
cbz x3, L12
L15:
ldur x3, [x2, 55]
add x17, x3, x4
L13:
str d0, [x17]
str d1, [x17, 8]
L11:
mov sp, x29
ldp x29, x30, [sp], 16
ret x30
L2:
cmp w9, 2099
b.ne L16
ldur x9, [x8, 31]
cmp x9, 16
b.cc L0
ldur x1, [x8, 39]
cbnz x1, L1
b L0
L16:
cmp w9, 2102
b.ne L0
ldur x9, [x8, 31]
cmp x9, 16
b.cc L0
ldur x9, [x8, 23]
ldur x9, [x9, 39]
cbz x9, L0
ldur x1, [x8, 55]
b L1
L5:
cmp w9, 2099
b.ne L17
ldur x9, [x8, 31]
cmp x9, 16
b.cc L0
ldur x2, [x8, 39]
cbnz x2, L4
b L0
L17:
cmp w9, 2102
b.ne L0
ldur x9, [x8, 31]
cmp x9, 16
b.cc L0
ldur x9, [x8, 23]
ldur x9, [x9, 39]
cbz x9, L0
ldur x2, [x8, 55]
b L4
L8:
cmp w9, 2099
b.ne L18
ldur x9, [x8, 31]
cmp x9, 16
b.cc L0
ldur x10, [x8, 39]
cbnz x10, L7
b L0
L18:
cmp w9, 2102
b.ne L0
ldur x9, [x8, 31]
cmp x9, 16
b.cc L0
ldur x9, [x8, 23]
ldur x9, [x9, 39]
cbz x9, L0
ldur x10, [x8, 55]
b L7
L14:
cmp w3, 2099
b.ne L19
ldur x3, [x2, 31]
cmp x3, 16
b.cc L12
ldur x17, [x2, 39]
cbnz x17, L13
b L12
L19:
cmp w3, 2102
b.ne L12
ldur x3, [x2, 31]
cmp x3, 16
b.cc L12
ldur x3, [x2, 23]
ldur x3, [x3, 39]
cbz x3, L12
ldur x17, [x2, 55]
b L13
L0:
ldr x10, [L20]
mov w8, 1
str w8, [x10]
ret x30
L12:
ldr x4, [L21]
mov w2, 3
str w2, [x4]
b L11
align 8
L10:
.xword 0x5350524E47424F44
L20:
.xword 0x5350524E47424F44
L21:
.xword 0x5350524E47424F44
)",
              "5F2403D5280040F91F0100728014005409F15FF829B140783FD52071010B005409F141F83F4100F1"
              "A313005409BD40393F050072411300540AF143F88A0000B5097141F8297142F8A91200B4097143F8"
              "21010A8B480040F91F0100720012005409F15FF829B140783FD52071C10A005409F141F83F4100F1"
              "2311005409BD40393F050072C11000540AF143F88A0000B5097141F8297142F8291000B4097143F8"
              "22010A8B680040F91F010072800F005409F15FF829B140783FD52071810A005409F141F83F4100F1"
              "A30E005409BD40393F050072410E00540AF143F88A0000B5097141F8297142F8A90D00B4FD7BBFA9"
              "FD030091FF4300D1200040FD210440FD420040FD430440FDA3031FF8B10D005820023FD6B1035FF8"
              "220240F95F000072600C005443F05FF863B040787FD420712109005443F041F87F4000F1830B0054"
              "43BC40397F040072210B005444F043F8840000B5437041F8637042F8830A00B4437043F87100048B"
              "200200FD210600FDBF030091FD7BC1A8C0035FD63FCD2071E100005409F141F83F4100F183080054"
              "017142F801F6FFB5410000143FD92071E107005409F141F83F4100F183070054097141F8297142F8"
              "290700B4017143F8A5FFFF173FCD2071E100005409F141F83F4100F143060054027142F842F6FFB5"
              "2F0000143FD92071A105005409F141F83F4100F143050054097141F8297142F8E90400B4027143F8"
              "A7FFFF173FCD2071E100005409F141F83F4100F1030400540A7142F84AF6FFB51D0000143FD92071"
              "6103005409F141F83F4100F103030054097141F8297142F8A90200B40A7143F8A7FFFF177FCC2071"
              "E100005443F041F87F4000F143020054517042F8F1F7FFB50F0000147FD82071A101005443F041F8"
              "7F4000F143010054437041F8637042F8E30000B4517043F8B4FFFF176A01005828008052480100B9"
              "C0035FD62401005862008052820000B9AEFFFF1700000000444F42474E525053444F42474E525053"
              "444F42474E525053");
}

TEST(StubBytesStructsA64, LargeStruct) {
  ExpectBytes(Fast(testing::LargeStructShape()), R"(hint 34
ldr x8, [x1]
tst w8, 1
b.eq L0
ldur x9, [x8, -1]
ldurh w9, [x9, 11]
cmp w9, 2101
b.ne L2
ldur x9, [x8, 31]
cmp x9, 64
b.cc L0
ldrb w9, [x8, 47]
tst w9, 3
b.ne L0
ldur x10, [x8, 63]
cbnz x10, L3
ldur x9, [x8, 23]
ldur x9, [x9, 39]
cbz x9, L0
L3:
ldur x9, [x8, 55]
add x1, x9, x10
L1:
stp x29, x30, [sp, -16]!
mov x29, sp
sub sp, sp, 64
ldr q31, [x1]
stur q31, [x29, -64]
ldr q31, [x1, 16]
stur q31, [x29, -48]
ldr q31, [x1, 32]
stur q31, [x29, -32]
ldr q31, [x1, 48]
stur q31, [x29, -16]
sub x0, x29, 64
ldr x17, [L4]
blr x17
mov sp, x29
ldp x29, x30, [sp], 16
ret x30
L2:
cmp w9, 2099
b.ne L5
ldur x9, [x8, 31]
cmp x9, 64
b.cc L0
ldur x1, [x8, 39]
cbnz x1, L1
b L0
L5:
cmp w9, 2102
b.ne L0
ldur x9, [x8, 31]
cmp x9, 64
b.cc L0
ldur x9, [x8, 23]
ldur x9, [x9, 39]
cbz x9, L0
ldur x1, [x8, 55]
b L1
L0:
ldr x10, [L6]
mov w8, 1
str w8, [x10]
mov x0, xzr
ret x30
align 8
L4:
.xword 0x5350524E47424F44
L6:
.xword 0x5350524E47424F44
)",
              "5F2403D5280040F91F010072A006005409F15FF829B140783FD52071E103005409F141F83F0101F1"
              "C305005409BD40393F050072610500540AF143F88A0000B5097141F8297142F8C90400B4097143F8"
              "21010A8BFD7BBFA9FD030091FF0301D13F00C03DBF039C3C3F04C03DBF039D3C3F08C03DBF039E3C"
              "3F0CC03DBF039F3CA00301D1B103005820023FD6BF030091FD7BC1A8C0035FD63FCD2071E1000054"
              "09F141F83F0101F1C3010054017142F821FDFFB50B0000143FD920712101005409F141F83F0101F1"
              "C3000054097141F8297142F8690000B4017143F8DEFFFF170A01005828008052480100B9E0031FAA"
              "C0035FD600000000444F42474E525053444F42474E525053");
}

}  // namespace
}  // namespace springboard::jit
