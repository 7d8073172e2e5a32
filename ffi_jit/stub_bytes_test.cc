// The machine code of a few stubs, byte for byte, beside its assembly. A change here is a change of
// every call that a user makes: read the difference before accepting it.

#include <gtest/gtest.h>

#include <string>

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

StatusOr<StubPlan> Fast(const FastShape& shape) {
  return PlanFast(shape, abi::SysvX64(), abi::SysvX64());
}

TEST(StubBytes, CallNop) {
  ExpectBytes(PlanCall(Sig("()void"), abi::SysvX64(), abi::SysvX64()), R"(endbr64
mov r11, rdi
jmp r11
)",
              "F30F1EFA4989FB41FFE3");
}

TEST(StubBytes, CallTwoIntegers) {
  ExpectBytes(PlanCall(Sig("(i32,i32)i32"), abi::SysvX64(), abi::SysvX64()), R"(endbr64
push rbp
mov rbp, rsp
sub rsp, 16
mov r11, rdi
mov qword ptr [rbp-16], rdx
mov edi, dword ptr [rsi]
mov esi, dword ptr [rsi+8]
call r11
mov r11, qword ptr [rbp-16]
movsxd r10, eax
mov qword ptr [r11], r10
leave
ret
)",
              "F30F1EFA554889E54883EC104989FB488955F08B3E8B760841FFD34C8B5DF04C63D04D8913C9C3");
}

TEST(StubBytes, CallStructs) {
  ExpectBytes(PlanCall(Sig("({f64,f64},{i64,[i8*3]}){f64,i64}"), abi::SysvX64(), abi::SysvX64()),
              R"(endbr64
push rbp
mov rbp, rsp
sub rsp, 16
mov r11, rdi
mov qword ptr [rbp-16], rdx
mov rax, qword ptr [rsi]
movsd xmm0, [rax]
movsd xmm1, [rax+8]
mov rax, qword ptr [rsi+8]
mov rdi, qword ptr [rax]
mov rsi, qword ptr [rax+8]
call r11
mov r11, qword ptr [rbp-16]
movsd [r11], xmm0
mov qword ptr [r11+8], rax
leave
ret
)",
              "F30F1EFA554889E54883EC104989FB488955F0488B06F20F1000F20F104808488B4608488B38488B"
              "700841FFD34C8B5DF0F2410F110349894308C9C3");
}

TEST(StubBytes, CallVariadic) {
  ExpectBytes(PlanCall(Sig("(pointer,...,f64)void"), abi::SysvX64(), abi::SysvX64()), R"(endbr64
mov r11, rdi
mov rdi, qword ptr [rsi]
movsd xmm0, [rsi+8]
mov eax, 1
jmp r11
)",
              "F30F1EFA4989FB488B3EF20F104608B80100000041FFE3");
}

TEST(StubBytes, FastNop) {
  ExpectBytes(Fast(Shape("(pointer)void", "()void")), R"(endbr64
movabs r11, 6003388799441325892
jmp r11
)",
              "F30F1EFA49BB444F42474E52505341FFE3");
}

TEST(StubBytes, FastTwoIntegers) {
  ExpectBytes(Fast(Shape("(pointer,i32,i32)i32", "(i32,i32)i32")), R"(endbr64
mov edi, esi
mov esi, edx
movabs r11, 6003388799441325892
jmp r11
)",
              "F30F1EFA89F789D649BB444F42474E52505341FFE3");
}

TEST(StubBytes, FastNarrow) {
  ExpectBytes(Fast(Shape("(pointer,i32)i32", "(i8)i16")), R"(endbr64
push rbp
mov rbp, rsp
rex movsx edi, sil
movabs r11, 6003388799441325892
call r11
movsx eax, ax
pop rbp
ret
)",
              "F30F1EFA554889E5400FBEFE49BB444F42474E52505341FFD30FBFC05DC3");
}

TEST(StubBytes, FastTwelveIntegers) {
  const std::string twelve = "i32,i32,i32,i32,i32,i32,i32,i32,i32,i32,i32,i32)i32";
  ExpectBytes(Fast(Shape("(pointer," + twelve, "(" + twelve)), R"(endbr64
mov edi, esi
mov esi, edx
mov edx, ecx
mov ecx, r8d
mov r8d, r9d
mov r9d, dword ptr [rsp+8]
mov r10d, dword ptr [rsp+16]
mov dword ptr [rsp+8], r10d
mov r10d, dword ptr [rsp+24]
mov dword ptr [rsp+16], r10d
mov r10d, dword ptr [rsp+32]
mov dword ptr [rsp+24], r10d
mov r10d, dword ptr [rsp+40]
mov dword ptr [rsp+32], r10d
mov r10d, dword ptr [rsp+48]
mov dword ptr [rsp+40], r10d
mov r10d, dword ptr [rsp+56]
mov dword ptr [rsp+48], r10d
movabs r11, 6003388799441325892
jmp r11
)",
              "F30F1EFA89F789D689CA4489C14589C8448B4C2408448B5424104489542408448B54241844895424"
              "10448B5424204489542418448B5424284489542420448B5424304489542428448B54243844895424"
              "3049BB444F42474E52505341FFE3");
}

TEST(StubBytes, FastIntoBlock) {
  ExpectBytes(Fast(Shape("(pointer,bool)void", "(bool)bool", true)), R"(endbr64
push rbp
mov rbp, rsp
rex movzx edi, sil
movabs r11, 6003388799441325892
call r11
movabs r11, 6003388799441325892
test al, al
rex setne r10b
rex movzx r10d, r10b
mov qword ptr [r11+8], r10
pop rbp
ret
)",
              "F30F1EFA554889E5400FB6FE49BB444F42474E52505341FFD349BB444F42474E52505384C0410F95"
              "C2450FB6D24D8953085DC3");
}

TEST(StubBytes, ClosureNop) {
  ExpectBytes(PlanClosure(Sig("()void"), abi::SysvX64(), abi::SysvX64()), R"(endbr64
movabs rdi, 6003388799441325892
xor edx, edx
movabs r11, 6003388799441325892
jmp r11
)",
              "F30F1EFA48BF444F42474E52505331D249BB444F42474E52505341FFE3");
}

TEST(StubBytes, ClosureLarge) {
  ExpectBytes(PlanClosure(Sig("({[i64*8]}){[i64*8]}"), abi::SysvX64(), abi::SysvX64()), R"(endbr64
push rbp
mov rbp, rsp
sub rsp, 32
lea r10, [rbp+16]
mov qword ptr [rbp-32], r10
lea rsi, [rbp-32]
xorps xmm15, xmm15
movups [rdi], xmm15
movups [rdi+16], xmm15
movups [rdi+32], xmm15
movups [rdi+48], xmm15
mov rdx, rdi
mov qword ptr [rbp-16], rdi
movabs rdi, 6003388799441325892
movabs r11, 6003388799441325892
call r11
mov rax, qword ptr [rbp-16]
leave
ret
)",
              "F30F1EFA554889E54883EC204C8D55104C8955E0488D75E0450F57FF440F113F440F117F10440F11"
              "7F20440F117F304889FA48897DF048BF444F42474E52505349BB444F42474E52505341FFD3488B45"
              "F0C9C3");
}

TEST(StubBytes, Closure) {
  ExpectBytes(PlanClosure(Sig("(i8,f32)f64"), abi::SysvX64(), abi::SysvX64()), R"(endbr64
push rbp
mov rbp, rsp
sub rsp, 32
rex movsx r10, dil
mov qword ptr [rbp-32], r10
movss [rbp-24], xmm0
movabs rdi, 6003388799441325892
lea rsi, [rbp-32]
xor r10d, r10d
mov qword ptr [rbp-16], r10
lea rdx, [rbp-16]
movabs r11, 6003388799441325892
call r11
movsd xmm0, [rbp-16]
leave
ret
)",
              "F30F1EFA554889E54883EC204C0FBED74C8955E0F30F1145E848BF444F42474E525053488D75E045"
              "31D24C8955F0488D55F049BB444F42474E52505341FFD3F20F1045F0C9C3");
}

TEST(StubBytes, PatchesAreEightByteImmediates) {
  const StatusOr<StubPlan> plan = Fast(Shape("(pointer)void", "()i8", true));
  ASSERT_TRUE(plan.ok());
  const StatusOr<StubTemplate> stub = Emit(*plan);
  ASSERT_TRUE(stub.ok());
  ASSERT_EQ(stub->patches.size(), 2u);
  EXPECT_EQ(stub->patches[0].kind, PatchKind::kTarget);
  EXPECT_EQ(stub->patches[1].kind, PatchKind::kBlock);
  for (const PatchPoint& point : stub->patches) {
    EXPECT_EQ(Hex(stub->bytes).substr(point.offset * 2 - 4, 20), "49BB444F42474E525053");
  }
}

TEST(StubBytes, PlanText) {
  const StatusOr<StubPlan> plan =
      PlanCall(Sig("({f64,i64},i8)u16"), abi::SysvX64(), abi::SysvX64());
  ASSERT_TRUE(plan.ok());
  EXPECT_EQ(plan->Text(), R"(frame of 16 bytes
r11 <- rdi:8
[local+0] <- rdx:8
xmm0 <- [[rsi+0]+0]:8
rdi <- [[rsi+0]+8]:8
rsi <- sx32 [rsi+8]:1
call r11
r11 <- [local+0]:8
[r11+0] <- zx64 rax:2
return
)");
}

}  // namespace
}  // namespace springboard::jit
