// The instructions of single moves on AArch64, on every host: sizes that no instruction has,
// offsets that no instruction holds, conversions. Registers and offsets are chosen to be told
// apart.

#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "ffi_jit/move_plan.h"
#include "ffi_jit/stub_plan.h"
#include "ffi_jit/test_bytes.h"

namespace springboard::jit {
namespace {

using abi::RegisterFile;
using testing::ExpectBytes;

// The moves, in a frame of `local_bytes`, before a call of x17.
StatusOr<StubPlan> Moves(std::vector<Move> moves, uint32_t local_bytes) {
  StubPlan plan;
  plan.architecture = abi::Architecture::kA64;
  plan.scratch = *ScratchFor(abi::Aapcs64(), abi::Aapcs64());
  plan.target = Location::General(plan.scratch.cycle);
  if (local_bytes != 0) plan.frame.AddLocal(local_bytes);
  plan.before = std::move(moves);
  return plan;
}

Location Vector(uint8_t number) { return Location::Register(RegisterFile::kVector, number); }

TEST(A64Mover, OddSizes) {
  ExpectBytes(Moves({Move::Copy(Location::General(3), Location::Behind(2, 0), 3),
                     Move::Copy(Location::General(2), Location::Behind(2, 8), 7),
                     Move::Copy(Location::Behind(1, 1), Location::General(4), 5),
                     Move::Copy(Location::Behind(1, 8), Location::General(4), 6),
                     Move::Copy(Location::Behind(1, 16), Location::Behind(5, 16), 11),
                     Move::Copy(Location::Behind(1, 32), Location::Behind(5, 32), 29),
                     Move::Copy(Location::Behind(1, 64), Location::Zero(), 13),
                     Move::Copy(Location::Behind(1, 80), Location::Zero(), 17)},
                    0),
              R"(hint 34
ldurh w16, [x2, 1]
ldrh w3, [x2]
orr x3, x3, x16, 8
ldur w16, [x2, 11]
ldr w2, [x2, 8]
orr x2, x2, x16, 24
stur w4, [x1, 1]
lsr x16, x4, 8
stur w16, [x1, 2]
str w4, [x1, 8]
lsr x16, x4, 16
stur w16, [x1, 10]
ldr d31, [x5, 16]
str d31, [x1, 16]
ldur d31, [x5, 19]
stur d31, [x1, 19]
ldr q31, [x5, 32]
str q31, [x1, 32]
ldur q31, [x5, 45]
stur q31, [x1, 45]
str xzr, [x1, 64]
str wzr, [x1, 72]
strb wzr, [x1, 76]
movi v31.2d, 0
str q31, [x1, 80]
stur q31, [x1, 81]
br x17
)",
              "5F2403D55010407843004079632010AA50B040B8420840B9426010AA241000B890FC48D3302000B8"
              "240800B990FC50D330A000B8BF0840FD3F0800FDBF3041FC3F3001FCBF08C03D3F08803DBFD0C23C"
              "3FD0823C3F2000F93F4800B93F3001391FE4006F3F14803D3F10853C20021FD6");
}

TEST(A64Mover, FarOffsets) {
  ExpectBytes(Moves({Move::Copy(Location::General(0), Location::Incoming(32736), 8),
                     Move::Copy(Location::General(0), Location::Incoming(40000), 8),
                     Move::Copy(Location::General(3), Location::Behind(2, 257), 4),
                     Move::Copy(Location::Behind(2, 1000), Location::General(3), 7),
                     Move::Copy(Vector(0), Location::Behind(2, 65521), 16),
                     Move::Copy(Location::Outgoing(8), Vector(1), 8),
                     Move::Copy(Location::Outgoing(70008), Location::Incoming(80008), 24),
                     Move::Copy(Location::Local(16), Location::Indirect(2, 40001, 300), 200),
                     Move::Address(Location::General(4), Location::Local(0)),
                     Move::Copy(Location::Local(1), Location::Zero(), 9)},
                    1 << 20),
              R"(hint 34
stp x29, x30, [sp, -16]!
mov x29, sp
mov w9, 256
L0:
sub sp, sp, 4096
str xzr, [sp]
subs w9, w9, 1
b.ne L0
ldr x0, [x29, 32752]
add x10, x29, 36864
add x10, x10, 3152
ldr x0, [x10]
add x10, x2, 257
ldr w3, [x10]
str w3, [x2, 1000]
lsr x16, x3, 24
add x10, x2, 1000
stur w16, [x10, 3]
add x10, x2, 61440
add x10, x10, 4081
ldr q0, [x10]
str d1, [sp, 8]
add x10, x29, 77824
add x10, x10, 2200
ldr q31, [x10]
add x16, sp, 69632
add x16, x16, 376
str q31, [x16]
ldur q31, [x10, 8]
stur q31, [x16, 8]
add x9, x2, 36864
add x9, x9, 3137
ldr x9, [x9]
add x10, x9, 300
sub x16, x29, 1044480
sub x16, x16, 4080
add x9, x10, 192
L1:
ldr q31, [x10], 16
str q31, [x16], 16
cmp x10, x9
b.ne L1
ldur q31, [x10, -8]
stur q31, [x16, -8]
sub x4, x29, 1048576
sub x10, x29, 1044480
sub x10, x10, 4095
str xzr, [x10]
strb wzr, [x10, 8]
blr x17
mov sp, x29
ldp x29, x30, [sp], 16
ret x30
)",
              "5F2403D5FD7BBFA9FD03009109208052FF0740D1FF0300F929050071A1FFFF54A0FB7FF9AA274091"
              "4A413191400140F94A040491430140B943E803B970FC58D34AA00F91503100B84A3C40914AC53F91"
              "4001C03DE10700FDAA4F40914A6122915F01C03DF047409110E205911F02803D5F81C03C1F82803C"
              "4924409129053191290140F92AB10491B0FF43D110C23FD1490103915F05C13C1F06813C5F0109EB"
              "A1FFFF545F81DF3C1F829F3CA40344D1AAFF43D14AFD3FD15F0100F95F21003920023FD6BF030091"
              "FD7BC1A8C0035FD6");
}

TEST(A64Mover, BetweenRegisters) {
  ExpectBytes(
      Moves(
          {Move::Copy(Location::General(0), Vector(0), 2),
           Move::Copy(Location::General(0), Vector(0), 4),
           Move::Copy(Location::General(0), Vector(0), 8),
           Move::Copy(Vector(1), Location::General(0), 2),
           Move::Copy(Vector(1), Location::General(0), 4),
           Move::Copy(Vector(1), Location::General(0), 8), Move::Copy(Vector(2), Vector(1), 16),
           Move::Copy(Location::General(1), Location::Zero(), 8),
           Move::Convert(Location::General(2), Location::General(3), Conversion::kSignExtend, 4, 8),
           Move::Convert(Location::General(2), Location::General(3), Conversion::kZeroExtend, 4, 8),
           Move::Convert(Location::General(2), Location::General(3), Conversion::kZeroExtend, 2, 8),
           Move::Convert(Location::General(2), Location::General(3), Conversion::kSignExtend, 2,
                         4)},
          0),
      R"(hint 34
umov w0, v0.h[0]
fmov w0, s0
fmov x0, d0
fmov s1, w0
fmov s1, w0
fmov d1, x0
mov v2.16b, v1.16b
mov x1, xzr
sxtw x2, w3
mov w2, w3
uxth w2, w3
sxth w2, w3
br x17
)",
      "5F2403D5003C020E0000261E0000669E0100271E0100271E0100679E221CA14EE1031FAA627C4093"
      "E203032A623C0053623C001320021FD6");
}

TEST(A64Mover, ConversionsFromMemory) {
  ExpectBytes(
      Moves({Move::Convert(Location::General(0), Location::Behind(1, 0), Conversion::kBool, 1, 4),
             Move::Convert(Location::General(0), Location::Behind(1, 1), Conversion::kSignExtend, 1,
                           8),
             Move::Convert(Location::General(0), Location::Behind(1, 2), Conversion::kSignExtend, 2,
                           4),
             Move::Convert(Location::General(0), Location::Behind(1, 4), Conversion::kSignExtend, 4,
                           8),
             Move::Convert(Location::General(0), Location::Behind(1, 4), Conversion::kZeroExtend, 4,
                           8),
             Move::Convert(Location::Behind(0, 0), Location::Behind(1, 6), Conversion::kZeroExtend,
                           2, 8)},
            0),
      R"(hint 34
ldrb w0, [x1]
cmp w0, 0
cset w0, 3
ldrsb x0, [x1, 1]
ldrsh w0, [x1, 2]
ldrsw x0, [x1, 4]
ldr w0, [x1, 4]
ldrh w16, [x1, 6]
str x16, [x0]
br x17
)",
      "5F2403D5200040391F000071E0079F1A200480392004C079200480B9200440B9300C4079100000F9"
      "20021FD6");
}

TEST(A64Mover, OverAlignedFrame) {
  StatusOr<StubPlan> plan = Moves({}, 32);
  plan->frame.SetOutgoing(64, 64);
  ExpectBytes(plan, R"(hint 34
stp x29, x30, [sp, -16]!
mov x29, sp
sub sp, sp, 96
str xzr, [sp]
mov x9, sp
and sp, x9, -64
blr x17
mov sp, x29
ldp x29, x30, [sp], 16
ret x30
)",
              "5F2403D5FD7BBFA9FD030091FF8301D1FF0300F9E90300913FE57A9220023FD6BF030091FD7BC1A8"
              "C0035FD6");
}

}  // namespace
}  // namespace springboard::jit
