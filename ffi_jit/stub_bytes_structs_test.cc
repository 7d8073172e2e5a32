// The machine code of fast stubs on x86-64, byte for byte, beside its assembly: of the signatures
// with aggregates that the benchmarks measure. A change here is a change of
// every call that a user makes: read the difference before accepting it.

#include <gtest/gtest.h>

#include "ffi_jit/stub_plan.h"
#include "ffi_jit/test_bytes.h"
#include "ffi_jit/test_shapes.h"

namespace springboard::jit {
namespace {

using testing::ExpectBytes;

StatusOr<StubPlan> Fast(const FastShape& shape) {
  return PlanFast(shape, abi::V8X64(), abi::SysvX64());
}

TEST(StubBytesStructs, TwoStructs) {
  ExpectBytes(Fast(testing::TwoStructsShape()), R"(endbr64
mov rax, qword ptr [rsi]
test al, 1
jz L0
mov r10, qword ptr [rax-1]
movzx r10d, word ptr [r10+11]
cmp r10d, 2101
jne L2
cmp qword ptr [rax+31], 16
jb L0
test byte ptr [rax+47], 3
jnz L0
mov rsi, qword ptr [rax+63]
test rsi, rsi
short jnz L3
mov r10, qword ptr [rax+23]
cmp qword ptr [r10+39], 0
je L0
L3:
add rsi, qword ptr [rax+55]
L1:
mov rax, qword ptr [rdx]
test al, 1
jz L0
mov r10, qword ptr [rax-1]
movzx r10d, word ptr [r10+11]
cmp r10d, 2101
jne L5
cmp qword ptr [rax+31], 16
jb L0
test byte ptr [rax+47], 3
jnz L0
mov rdx, qword ptr [rax+63]
test rdx, rdx
short jnz L6
mov r10, qword ptr [rax+23]
cmp qword ptr [r10+39], 0
je L0
L6:
add rdx, qword ptr [rax+55]
L4:
mov rax, qword ptr [rcx]
test al, 1
jz L0
mov r10, qword ptr [rax-1]
movzx r10d, word ptr [r10+11]
cmp r10d, 2101
jne L8
cmp qword ptr [rax+31], 16
jb L0
test byte ptr [rax+47], 3
jnz L0
mov r10, qword ptr [rax+63]
test r10, r10
short jnz L9
mov r10, qword ptr [rax+23]
cmp qword ptr [r10+39], 0
je L0
L9:
L7:
push rbp
mov rbp, rsp
sub rsp, 16
movsd xmm0, [rsi]
movsd xmm1, [rsi+8]
movsd xmm2, [rdx]
movsd xmm3, [rdx+8]
mov qword ptr [rbp-16], rcx
movabs r11, 6003388799441325892
call r11
mov r11, qword ptr [rbp-16]
mov rcx, qword ptr [r11]
test cl, 1
jz L11
mov rsi, qword ptr [rcx-1]
movzx esi, word ptr [rsi+11]
cmp esi, 2101
jne L13
cmp qword ptr [rcx+31], 16
jb L11
test byte ptr [rcx+47], 3
jnz L11
mov r11, qword ptr [rcx+63]
test r11, r11
short jnz L14
mov rsi, qword ptr [rcx+23]
cmp qword ptr [rsi+39], 0
je L11
L14:
add r11, qword ptr [rcx+55]
L12:
movsd [r11], xmm0
movsd [r11+8], xmm1
L10:
leave
ret
L2:
cmp r10d, 2099
short jne L15
cmp qword ptr [rax+31], 16
jb L0
mov rsi, qword ptr [rax+39]
test rsi, rsi
jnz L1
jmp L0
L15:
cmp r10d, 2102
jne L0
cmp qword ptr [rax+31], 16
jb L0
mov r10, qword ptr [rax+23]
cmp qword ptr [r10+39], 0
je L0
mov rsi, qword ptr [rax+55]
jmp L1
L5:
cmp r10d, 2099
short jne L16
cmp qword ptr [rax+31], 16
jb L0
mov rdx, qword ptr [rax+39]
test rdx, rdx
jnz L4
jmp L0
L16:
cmp r10d, 2102
jne L0
cmp qword ptr [rax+31], 16
jb L0
mov r10, qword ptr [rax+23]
cmp qword ptr [r10+39], 0
je L0
mov rdx, qword ptr [rax+55]
jmp L4
L8:
cmp r10d, 2099
short jne L17
cmp qword ptr [rax+31], 16
jb L0
mov r11, qword ptr [rax+39]
test r11, r11
jnz L7
jmp L0
L17:
cmp r10d, 2102
jne L0
cmp qword ptr [rax+31], 16
jb L0
mov r10, qword ptr [rax+23]
cmp qword ptr [r10+39], 0
je L0
mov r11, qword ptr [rax+55]
jmp L7
L13:
cmp esi, 2099
short jne L18
cmp qword ptr [rcx+31], 16
jb L11
mov r11, qword ptr [rcx+39]
test r11, r11
jnz L12
jmp L11
L18:
cmp esi, 2102
jne L11
cmp qword ptr [rcx+31], 16
jb L11
mov rsi, qword ptr [rcx+23]
cmp qword ptr [rsi+39], 0
je L11
mov r11, qword ptr [rcx+55]
jmp L12
L0:
movabs r11, 6003388799441325892
mov dword ptr [r11], 1
ret
L11:
movabs rdi, 6003388799441325892
mov dword ptr [rdi], 3
jmp L10
)",
              "F30F1EFA488B06A8010F84CA0200004C8B50FF450FB7520B4181FA350800000F855E010000488378"
              "1F100F82A9020000F6402F030F859F020000488B703F4885F6750F4C8B501749837A27000F848702"
              "000048037037488B02A8010F84780200004C8B50FF450FB7520B4181FA350800000F856201000048"
              "83781F100F8257020000F6402F030F854D020000488B503F4885D2750F4C8B501749837A27000F84"
              "3502000048035037488B01A8010F84260200004C8B50FF450FB7520B4181FA350800000F85660100"
              "004883781F100F8205020000F6402F030F85FB0100004C8B503F4D85D2750F4C8B501749837A2700"
              "0F84E3010000554889E54883EC10F20F1006F20F104E08F20F1012F20F105A0848894DF049BB444F"
              "42474E52505341FFD34C8B5DF0498B0BF6C1010F84BA010000488B71FF0FB7760B81FE350800000F"
              "85400100004883791F100F829B010000F6412F030F85910100004C8B593F4D85DB750F488B711748"
              "837E27000F84790100004C035937F2410F1103F2410F114B08C9C34181FA33080000751D4883781F"
              "100F8242010000488B70274885F60F85B2FEFFFFE9300100004181FA360800000F85230100004883"
              "781F100F82180100004C8B501749837A27000F8409010000488B7037E97DFEFFFF4181FA33080000"
              "751D4883781F100F82EC000000488B50274885D20F85AEFEFFFFE9DA0000004181FA360800000F85"
              "CD0000004883781F100F82C20000004C8B501749837A27000F84B3000000488B5037E979FEFFFF41"
              "81FA33080000751D4883781F100F82960000004C8B58274D85DB0F85A6FEFFFFE9840000004181FA"
              "360800000F85770000004883781F100F826C0000004C8B501749837A27000F845D0000004C8B5837"
              "E971FEFFFF81FE33080000751D4883791F100F82530000004C8B59274D85DB0F85D1FEFFFFE94100"
              "000081FE360800000F85350000004883791F100F822A000000488B711748837E27000F841B000000"
              "4C8B5937E99DFEFFFF49BB444F42474E52505341C70301000000C348BF444F42474E525053C70703"
              "000000E981FEFFFF");
}

TEST(StubBytesStructs, LargeStruct) {
  ExpectBytes(Fast(testing::LargeStructShape()), R"(endbr64
mov rax, qword ptr [rsi]
test al, 1
jz L0
mov r10, qword ptr [rax-1]
movzx r10d, word ptr [r10+11]
cmp r10d, 2101
jne L2
cmp qword ptr [rax+31], 64
jb L0
test byte ptr [rax+47], 3
jnz L0
mov rsi, qword ptr [rax+63]
test rsi, rsi
short jnz L3
mov r10, qword ptr [rax+23]
cmp qword ptr [r10+39], 0
je L0
L3:
add rsi, qword ptr [rax+55]
L1:
push rbp
mov rbp, rsp
sub rsp, 64
movups xmm15, [rsi]
movups [rsp], xmm15
movups xmm15, [rsi+16]
movups [rsp+16], xmm15
movups xmm15, [rsi+32]
movups [rsp+32], xmm15
movups xmm15, [rsi+48]
movups [rsp+48], xmm15
movabs r11, 6003388799441325892
call r11
leave
ret
L2:
cmp r10d, 2099
short jne L4
cmp qword ptr [rax+31], 64
jb L0
mov rsi, qword ptr [rax+39]
test rsi, rsi
short jnz L1
jmp L0
L4:
cmp r10d, 2102
jne L0
cmp qword ptr [rax+31], 64
jb L0
mov r10, qword ptr [rax+23]
cmp qword ptr [r10+39], 0
je L0
mov rsi, qword ptr [rax+55]
jmp L1
L0:
movabs r11, 6003388799441325892
mov dword ptr [r11], 1
xor eax, eax
ret
)",
              "F30F1EFA488B06A8010F84DA0000004C8B50FF450FB7520B4181FA350800000F8572000000488378"
              "1F400F82B9000000F6402F030F85AF000000488B703F4885F6750F4C8B501749837A27000F849700"
              "000048037037554889E54883EC40440F103E440F113C24440F107E10440F117C2410440F107E2044"
              "0F117C2420440F107E30440F117C243049BB444F42474E52505341FFD3C9C34181FA330800007519"
              "4883781F400F823E000000488B70274885F675A2E9300000004181FA360800000F85230000004883"
              "781F400F82180000004C8B501749837A27000F8409000000488B7037E96DFFFFFF49BB444F42474E"
              "52505341C7030100000031C0C3");
}

}  // namespace
}  // namespace springboard::jit
