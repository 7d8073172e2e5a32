// The limit on a stub's code, which no signature within the other limits comes near, and refused
// instructions.

#include "ffi_jit/assembly.h"

#include <asmjit/x86.h>
#include <gtest/gtest.h>

#include <string>

namespace springboard::jit {
namespace {

StatusOr<StubTemplate> Bytes(size_t count) {
  Assembly assembly(asmjit::Arch::kX64, nullptr);
  asmjit::x86::Assembler assembler(assembly.code());
  for (size_t i = 0; i < count; ++i) assembler.nop();
  return assembly.Finish({});
}

TEST(Assembly, CodeIsLimited) {
  const StatusOr<StubTemplate> most = Bytes(kMaxStubBytes);
  ASSERT_TRUE(most.ok()) << most.status().message();
  EXPECT_EQ(most->bytes.size(), kMaxStubBytes);
  const StatusOr<StubTemplate> more = Bytes(kMaxStubBytes + 1);
  ASSERT_FALSE(more.ok());
  EXPECT_EQ(more.status().message(), "the stub would have 65537 bytes; the limit is 65536");
  EXPECT_FALSE(more.status().refused());
}

TEST(Assembly, ARefusedInstructionIsAStatus) {
  Assembly assembly(asmjit::Arch::kX64, nullptr);
  asmjit::x86::Assembler assembler(assembly.code());
  static_cast<void>(assembler.emit(asmjit::x86::Inst::kIdMov, asmjit::x86::xmm0, asmjit::x86::ax));
  const StatusOr<StubTemplate> stub = assembly.Finish({});
  ASSERT_FALSE(stub.ok());
  EXPECT_NE(stub.status().message().find("the stub cannot be assembled: "), std::string::npos);
}

}  // namespace
}  // namespace springboard::jit
