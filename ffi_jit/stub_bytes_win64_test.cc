// The machine code of a few stubs that Win64 code calls or is called by, byte for byte, beside its
// assembly. Printed for Windows hosts as well, on every host.

#include <gtest/gtest.h>

#include "ffi_jit/stub_plan.h"
#include "ffi_jit/test_bytes.h"

namespace springboard::jit {
namespace {

using testing::ExpectBytes;
using testing::Shape;
using testing::Sig;

// Doubles of a variadic call travel in both files; home space is below everything.
TEST(StubBytesWin64, CallVariadicOfWin64) {
  ExpectBytes(PlanCall(Sig("(i32,f64,...,f64)i32"), abi::Win64(), abi::SysvX64()), R"(endbr64
push rbp
mov rbp, rsp
sub rsp, 48
mov r11, rdi
mov qword ptr [rbp-16], rdx
mov ecx, dword ptr [rsi]
movsd xmm1, [rsi+8]
mov rdx, qword ptr [rsi+8]
movsd xmm2, [rsi+16]
mov r8, qword ptr [rsi+16]
call r11
mov r11, qword ptr [rbp-16]
movsxd r10, eax
mov qword ptr [r11], r10
leave
ret
)",
              "F30F1EFA554889E54883EC304989FB488955F08B0EF20F104E08488B5608F20F1056104C8B461041"
              "FFD34C8B5DF04C63D04D8913C9C3");
}

// Copies of a scalar and of an aggregate, and the hidden address of the result.
TEST(StubBytesWin64, CallByReference) {
  ExpectBytes(PlanCall(Sig("(i128,{i8,[i8*2]}){i64,i64}"), abi::Win64(), abi::SysvX64()), R"(endbr64
push rbp
mov rbp, rsp
sub rsp, 64
mov r11, rdi
mov rcx, rdx
mov rax, qword ptr [rsi]
movups xmm15, [rax]
movups [rbp-32], xmm15
lea rdx, [rbp-32]
mov rax, qword ptr [rsi+8]
movzx r10d, word ptr [rax]
mov word ptr [rbp-16], r10w
movzx r10d, word ptr [rax+1]
mov word ptr [rbp-15], r10w
lea r8, [rbp-16]
call r11
leave
ret
)",
              "F30F1EFA554889E54883EC404989FB4889D1488B06440F1038440F117DE0488D55E0488B4608440F"
              "B71066448955F0440FB7500166448955F14C8D45F041FFD3C9C3");
}

// Only the stack pointer is aligned to 64: the copy lies above the home space.
TEST(StubBytesWin64, CallOverAligned) {
  ExpectBytes(PlanCall(Sig("({[i64*8]}align(64))void"), abi::Win64(), abi::SysvX64()), R"(endbr64
push rbp
mov rbp, rsp
sub rsp, 128
and rsp, -64
mov r11, rdi
mov rax, qword ptr [rsi]
movups xmm15, [rax]
movups [rsp+64], xmm15
movups xmm15, [rax+16]
movups [rsp+80], xmm15
movups xmm15, [rax+32]
movups [rsp+96], xmm15
movups xmm15, [rax+48]
movups [rsp+112], xmm15
lea rcx, [rsp+64]
call r11
leave
ret
)",
              "F30F1EFA554889E54881EC800000004883E4C04989FB488B06440F1038440F117C2440440F107810"
              "440F117C2450440F107820440F117C2460440F107830440F117C2470488D4C244041FFD3C9C3");
}

// The caller's home space serves the callee of a jump.
TEST(StubBytesWin64, CallNopOnWin64) {
  ExpectBytes(PlanCall(Sig("()void"), abi::Win64(), abi::Win64()), R"(endbr64
mov r11, rcx
jmp r11
)",
              "F30F1EFA4989CB41FFE3");
}

TEST(StubBytesWin64, CallTwoIntegersOnWin64) {
  ExpectBytes(PlanCall(Sig("(i32,i32)i32"), abi::Win64(), abi::Win64()), R"(endbr64
push rbp
mov rbp, rsp
sub rsp, 48
mov r11, rcx
mov qword ptr [rbp-16], r8
mov ecx, dword ptr [rdx]
mov edx, dword ptr [rdx+8]
call r11
mov r11, qword ptr [rbp-16]
movsxd r10, eax
mov qword ptr [r11], r10
leave
ret
)",
              "F30F1EFA554889E54883EC304989CB4C8945F08B0A8B520841FFD34C8B5DF04C63D04D8913C9C3");
}

// The caller relies on twelve registers that the callee may change.
TEST(StubBytesWin64, CallSysvOnWin64) {
  ExpectBytes(PlanCall(Sig("(f64)void"), abi::SysvX64(), abi::Win64()), R"(endbr64
push rbp
mov rbp, rsp
sub rsp, 192
movups [rbp-192], xmm6
movups [rbp-176], xmm7
movups [rbp-160], xmm8
movups [rbp-144], xmm9
movups [rbp-128], xmm10
movups [rbp-112], xmm11
movups [rbp-96], xmm12
movups [rbp-80], xmm13
movups [rbp-64], xmm14
movups [rbp-48], xmm15
mov qword ptr [rbp-32], rsi
mov qword ptr [rbp-16], rdi
mov r11, rcx
movsd xmm0, [rdx]
call r11
movups xmm6, [rbp-192]
movups xmm7, [rbp-176]
movups xmm8, [rbp-160]
movups xmm9, [rbp-144]
movups xmm10, [rbp-128]
movups xmm11, [rbp-112]
movups xmm12, [rbp-96]
movups xmm13, [rbp-80]
movups xmm14, [rbp-64]
movups xmm15, [rbp-48]
mov rsi, qword ptr [rbp-32]
mov rdi, qword ptr [rbp-16]
leave
ret
)",
              "F30F1EFA554889E54881ECC00000000F11B540FFFFFF0F11BD50FFFFFF440F118560FFFFFF440F11"
              "8D70FFFFFF440F115580440F115D90440F1165A0440F116DB0440F1175C0440F117DD0488975E048"
              "897DF04989CBF20F100241FFD30F10B540FFFFFF0F10BD50FFFFFF440F108560FFFFFF440F108D70"
              "FFFFFF440F105580440F105D90440F1065A0440F106DB0440F1075C0440F107DD0488B75E0488B7D"
              "F0C9C3");
}

// So does who calls a closure.
TEST(StubBytesWin64, ClosureForWin64) {
  ExpectBytes(PlanClosure(Sig("(i8,f32)f64"), abi::Win64(), abi::SysvX64()), R"(endbr64
push rbp
mov rbp, rsp
sub rsp, 224
movups [rbp-192], xmm6
movups [rbp-176], xmm7
movups [rbp-160], xmm8
movups [rbp-144], xmm9
movups [rbp-128], xmm10
movups [rbp-112], xmm11
movups [rbp-96], xmm12
movups [rbp-80], xmm13
movups [rbp-64], xmm14
movups [rbp-48], xmm15
mov qword ptr [rbp-32], rsi
mov qword ptr [rbp-16], rdi
movsx r10, cl
mov qword ptr [rbp-224], r10
movss [rbp-216], xmm1
movabs rdi, 6003388799441325892
lea rsi, [rbp-224]
xor r10d, r10d
mov qword ptr [rbp-208], r10
lea rdx, [rbp-208]
movabs r11, 6003388799441325892
call r11
movsd xmm0, [rbp-208]
movups xmm6, [rbp-192]
movups xmm7, [rbp-176]
movups xmm8, [rbp-160]
movups xmm9, [rbp-144]
movups xmm10, [rbp-128]
movups xmm11, [rbp-112]
movups xmm12, [rbp-96]
movups xmm13, [rbp-80]
movups xmm14, [rbp-64]
movups xmm15, [rbp-48]
mov rsi, qword ptr [rbp-32]
mov rdi, qword ptr [rbp-16]
leave
ret
)",
              "F30F1EFA554889E54881ECE00000000F11B540FFFFFF0F11BD50FFFFFF440F118560FFFFFF440F11"
              "8D70FFFFFF440F115580440F115D90440F1165A0440F116DB0440F1175C0440F117DD0488975E048"
              "897DF04C0FBED14C899520FFFFFFF30F118D28FFFFFF48BF444F42474E525053488DB520FFFFFF45"
              "31D24C899530FFFFFF488D9530FFFFFF49BB444F42474E52505341FFD3F20F108530FFFFFF0F10B5"
              "40FFFFFF0F10BD50FFFFFF440F108560FFFFFF440F108D70FFFFFF440F105580440F105D90440F10"
              "65A0440F106DB0440F1075C0440F107DD0488B75E0488B7DF0C9C3");
}

// The fifth argument is above the home space; i128 returns in xmm0.
TEST(StubBytesWin64, ClosureOnWin64) {
  ExpectBytes(PlanClosure(Sig("(i8,f32,i32,i32,i64)i128"), abi::Win64(), abi::Win64()), R"(endbr64
push rbp
mov rbp, rsp
sub rsp, 96
movsx r10, cl
mov qword ptr [rbp-64], r10
movss [rbp-56], xmm1
movsxd r10, r8d
mov qword ptr [rbp-48], r10
movsxd r10, r9d
mov qword ptr [rbp-40], r10
mov r10, qword ptr [rbp+48]
mov qword ptr [rbp-32], r10
movabs rcx, 6003388799441325892
lea rdx, [rbp-64]
xorps xmm5, xmm5
movups [rbp-16], xmm5
lea r8, [rbp-16]
movabs r11, 6003388799441325892
call r11
movups xmm0, [rbp-16]
leave
ret
)",
              "F30F1EFA554889E54883EC604C0FBED14C8955C0F30F114DC84D63D04C8955D04D63D14C8955D84C"
              "8B55304C8955E048B9444F42474E525053488D55C00F57ED0F116DF04C8D45F049BB444F42474E52"
              "505341FFD30F1045F0C9C3");
}

// Register and position change together.
TEST(StubBytesWin64, FastOnWin64) {
  ExpectBytes(PlanFast(Shape("(pointer,i32,f64,i64,i64)i32", "(i32,f64,i64,i64)i32"),
                       abi::V8Win64(), abi::Win64()),
              R"(endbr64
mov ecx, edx
movaps xmm1, xmm2
mov r8, r9
mov r9, qword ptr [rsp+40]
movabs r11, 6003388799441325892
jmp r11
)",
              "F30F1EFA89D10F28CA4D89C84C8B4C242849BB444F42474E52505341FFE3");
}

TEST(StubBytesWin64, FastIntoWin64) {
  ExpectBytes(PlanFast(Shape("(pointer,i32,f64,i64,i64)i32", "(i32,f64,i64,i64)i32"), abi::V8X64(),
                       abi::Win64()),
              R"(endbr64
push rbp
mov rbp, rsp
sub rsp, 32
movaps xmm1, xmm0
mov r8, rdx
mov r9, rcx
mov ecx, esi
movabs r11, 6003388799441325892
call r11
leave
ret
)",
              "F30F1EFA554889E54883EC200F28C84989D04989C989F149BB444F42474E52505341FFD3C9C3");
}

}  // namespace
}  // namespace springboard::jit
