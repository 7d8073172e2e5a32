// The machine code of fast stubs on x86-64, byte for byte, beside its assembly: of the signatures
// that the benchmarks measure, and of one of each kind of handle. A change here is a change of
// every call that a user makes: read the difference before accepting it.

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
  return PlanFast(shape, abi::V8X64(), abi::SysvX64());
}

StatusOr<StubPlan> Call(std::string_view signature) {
  return PlanCall(testing::Sig(signature), abi::SysvX64(), abi::SysvX64());
}

TEST(StubBytesFast, TwoDoubles) {
  ExpectBytes(Fast(testing::TwoDoublesShape()), R"(endbr64
movabs r11, 6003388799441325892
jmp r11
)",
              "F30F1EFA49BB444F42474E52505341FFE3");
}

TEST(StubBytesFast, SixMixed) {
  ExpectBytes(Fast(testing::SixMixedShape()), R"(endbr64
mov edi, esi
mov rsi, rdx
movzx edx, cl
mov rcx, r8
movabs r11, 6003388799441325892
jmp r11
)",
              "F30F1EFA89F74889D60FB6D14C89C149BB444F42474E52505341FFE3");
}

TEST(StubBytesFast, Variadic) {
  ExpectBytes(Call(testing::VariadicSignature()), R"(endbr64
push rbp
mov rbp, rsp
sub rsp, 16
mov r11, rdi
mov qword ptr [rbp-16], rdx
mov rdi, qword ptr [rsi]
movsd xmm0, [rsi+16]
mov esi, dword ptr [rsi+8]
mov eax, 1
call r11
mov r11, qword ptr [rbp-16]
movsxd r10, eax
mov qword ptr [r11], r10
leave
ret
)",
              "F30F1EFA554889E54883EC104989FB488955F0488B3EF20F1046108B7608B80100000041FFD34C8B"
              "5DF04C63D04D8913C9C3");
}

TEST(StubBytesFast, Buffer) {
  ExpectBytes(Fast(testing::BufferShape()), R"(endbr64
mov rax, qword ptr [rsi]
test al, 1
jz L0
mov r10, qword ptr [rax-1]
movzx r10d, word ptr [r10+11]
cmp r10d, 2101
jne L2
cmp qword ptr [rax+63], 0
jne L0
test byte ptr [rax+47], 3
jnz L0
mov r10, qword ptr [rax+23]
cmp qword ptr [r10+39], 0
je L0
mov rsi, qword ptr [rax+55]
L1:
mov rdi, rsi
movabs r11, 6003388799441325892
jmp r11
L2:
cmp r10d, 2099
short jne L3
mov rsi, qword ptr [rax+39]
short jmp L1
L3:
cmp r10d, 2102
short jne L4
mov r10, qword ptr [rax+23]
cmp qword ptr [r10+39], 0
je L0
mov rsi, qword ptr [rax+55]
short jmp L1
L4:
mov r10, 1311768467463790321
cmp rax, r10
jne L0
xor esi, esi
short jmp L1
L0:
movabs r11, 6003388799441325892
mov dword ptr [r11], 1
xor eax, eax
ret
)",
              "F30F1EFA488B06A8010F84920000004C8B50FF450FB7520B4181FA350800000F8538000000488378"
              "3F000F8571000000F6402F030F85670000004C8B501749837A27000F8458000000488B70374889F7"
              "49BB444F42474E52505341FFE34181FA330800007506488B7027EBE14181FA3608000075154C8B50"
              "1749837A27000F841D000000488B7037EBC349BAF1DEBC9A785634124C39D00F850400000031F6EB"
              "AC49BB444F42474E52505341C7030100000031C0C3");
}

TEST(StubBytesFast, ListedBuffer) {
  ExpectBytes(Fast(testing::ListedBufferShape()), R"(endbr64
push rbp
mov rbp, rsp
sub rsp, 32
mov qword ptr [rbp-24], rsi
mov rax, qword ptr [rsi]
test al, 1
jz L0
mov r10, qword ptr [rax-1]
movzx r10d, word ptr [r10+11]
cmp r10d, 2101
jne L2
cmp qword ptr [rax+63], 0
jne L0
test byte ptr [rax+47], 3
jnz L0
mov r10, qword ptr [rax+23]
cmp qword ptr [r10+39], 0
je L0
mov rsi, qword ptr [rax+55]
L1:
mov rdi, rsi
xor r10d, r10d
mov qword ptr [rbp-16], r10
movabs r11, 6003388799441325892
mov r10, qword ptr [r11+16]
mov qword ptr [rbp-32], r10
lea r10, [rbp-32]
mov qword ptr [r11+16], r10
movabs r11, 6003388799441325892
call r11
movabs r11, 6003388799441325892
mov r10, qword ptr [rbp-32]
mov qword ptr [r11+16], r10
leave
ret
L2:
cmp r10d, 2099
short jne L3
mov rsi, qword ptr [rax+39]
short jmp L1
L3:
cmp r10d, 2102
short jne L4
mov r10, qword ptr [rax+23]
cmp qword ptr [r10+39], 0
je L0
mov rsi, qword ptr [rax+55]
short jmp L1
L4:
mov r10, 1311768467463790321
cmp rax, r10
jne L0
xor esi, esi
jmp L1
L0:
movabs r11, 6003388799441325892
mov dword ptr [r11], 1
xor eax, eax
leave
ret
)",
              "F30F1EFA554889E54883EC20488975E8488B06A8010F84CA0000004C8B50FF450FB7520B4181FA35"
              "0800000F856D0000004883783F000F85A9000000F6402F030F859F0000004C8B501749837A27000F"
              "8490000000488B70374889F74531D24C8955F049BB444F42474E5250534D8B53104C8955E04C8D55"
              "E04D89531049BB444F42474E52505341FFD349BB444F42474E5250534C8B55E04D895310C9C34181"
              "FA330800007506488B7027EBAC4181FA3608000075154C8B501749837A27000F8420000000488B70"
              "37EB8E49BAF1DEBC9A785634124C39D00F850700000031F6E974FFFFFF49BB444F42474E52505341"
              "C7030100000031C0C9C3");
}

TEST(StubBytesFast, Integer) {
  ExpectBytes(Fast(testing::IntegerShape()), R"(endbr64
mov rax, qword ptr [rsi]
test al, 1
short jnz L2
sar rax, 32
mov rsi, rax
short jmp L1
L2:
mov r10, qword ptr [rax-1]
movzx r10d, word ptr [r10+11]
cmp r10d, 129
jne L3
mov r10d, dword ptr [rax+7]
cmp r10d, 2
jne L4
mov rsi, qword ptr [rax+15]
L1:
mov rdi, rsi
movabs r11, 6003388799441325892
jmp r11
L3:
cmp r10d, 130
jne L0
cvttsd2si rsi, qword ptr [rax+7]
cmp rsi, 1
jo L0
short jmp L1
L4:
xor esi, esi
cmp r10d, 2
short jb L1
mov rsi, qword ptr [rax+15]
rex test r10b, 1
short jz L1
neg rsi
short jmp L1
L0:
movabs r11, 6003388799441325892
mov dword ptr [r11], 1
xor eax, eax
ret
)",
              "F30F1EFA488B06A801750948C1F8204889C6EB284C8B50FF450FB7520B4181FA810000000F852200"
              "0000448B50074183FA020F8533000000488B700F4889F749BB444F42474E52505341FFE34181FA82"
              "0000000F8529000000F2480F2C70074883FE010F8019000000EBD131F64183FA0272C9488B700F41"
              "F6C20174BF48F7DEEBBA49BB444F42474E52505341C7030100000031C0C3");
}

TEST(StubBytesFast, Text) {
  ExpectBytes(Fast(testing::TextShape()), R"(endbr64
push rbp
mov rbp, rsp
mov rdi, rsi
mov esi, edx
movabs r11, 6003388799441325892
call r11
movabs rdi, 6003388799441325892
mov rsi, rax
lea rdx, [rbp+16]
movabs r11, 6003388799441325892
call r11
pop rbp
ret
)",
              "F30F1EFA554889E54889F789D649BB444F42474E52505341FFD348BF444F42474E5250534889C648"
              "8D551049BB444F42474E52505341FFD35DC3");
}

TEST(StubBytesFast, SafeIntegers) {
  ExpectBytes(Fast(testing::SafeIntegersShape()), R"(endbr64
xorps xmm8, xmm8
cvttsd2si rax, xmm0
cvtsi2sd xmm8, rax
ucomisd xmm8, xmm0
jne L0
mov r10, rax
neg r10
cmovs r10, rax
shr r10, 53
jnz L0
xorps xmm8, xmm8
cvttsd2si rax, xmm1
cvtsi2sd xmm8, rax
ucomisd xmm8, xmm1
jne L0
mov r10, rax
shr r10, 53
jnz L0
push rbp
mov rbp, rsp
cvttsd2si rdi, xmm0
cvttsd2si rsi, xmm1
movabs r11, 6003388799441325892
call r11
mov rcx, rax
neg rcx
cmovs rcx, rax
shr rcx, 53
jnz L4
xorps xmm0, xmm0
cvtsi2sd xmm0, rax
L3:
pop rbp
ret
L0:
movabs r11, 6003388799441325892
mov dword ptr [r11], 1
xorps xmm0, xmm0
ret
L4:
movabs rdi, 6003388799441325892
mov dword ptr [rdi], 2
xorps xmm0, xmm0
mov qword ptr [rdi+8], rax
short jmp L3
)",
              "F30F1EFA450F57C0F2480F2CC0F24C0F2AC066440F2EC00F85730000004989C249F7DA4C0F48D049"
              "C1EA350F855F000000450F57C0F2480F2CC1F24C0F2AC066440F2EC10F85460000004989C249C1EA"
              "350F8539000000554889E5F2480F2CF8F2480F2CF149BB444F42474E52505341FFD34889C148F7D9"
              "480F48C848C1E9350F851F0000000F57C0F2480F2AC05DC349BB444F42474E52505341C703010000"
              "000F57C0C348BF444F42474E525053C707020000000F57C048894708EBD0");
}

}  // namespace
}  // namespace springboard::jit
