// doctor: prints what this host allows Springboard to do, one fact a line. Exit code 1 if stubs
// cannot run here.

#include <asmjit/core.h>

#include <cstdio>
#include <string>
#include <vector>

#include "abi/convention.h"
#include "ffi_jit/code_cache.h"
#include "ffi_jit/exec_memory.h"

namespace springboard::jit {
namespace {

void Print(const char* fact, const std::string& value) {
  std::printf("%-28s %s\n", fact, value.c_str());
}

struct Feature {
  uint32_t id;
  const char* name;
};

std::vector<Feature> FeaturesOf(asmjit::Arch architecture) {
  using X86 = asmjit::CpuFeatures::X86;
  using Arm = asmjit::CpuFeatures::ARM;
  if (architecture == asmjit::Arch::kX64) {
    return {{X86::kSSE4_2, "sse4.2"},   {X86::kAVX, "avx"},      {X86::kAVX2, "avx2"},
            {X86::kFMA, "fma"},         {X86::kF16C, "f16c"},    {X86::kAVX512_F, "avx512f"},
            {X86::kCET_IBT, "cet-ibt"}, {X86::kCET_SS, "cet-ss"}};
  }
  return {{Arm::kASIMD, "asimd"}, {Arm::kFP16CONV, "fp16conv"}, {Arm::kFP16FULL, "fp16"},
          {Arm::kBF16, "bf16"},   {Arm::kLSE, "lse"},           {Arm::kBTI, "bti"},
          {Arm::kSVE, "sve"}};
}

std::string Features(const asmjit::CpuInfo& cpu) {
  std::string text;
  for (const Feature& feature : FeaturesOf(cpu.arch())) {
    if (cpu.hasFeature(feature.id)) text += (text.empty() ? "" : " ") + std::string(feature.name);
  }
  return text.empty() ? "none that this program knows" : text;
}

bool CheckMemory() {
  ExecMemory memory;
  const std::vector<uint8_t> code(16, 0xCC);
  const StatusOr<const void*> installed = memory.Install(code, UnwindShape::kTail);
  if (!installed.ok()) {
    Print("dual mapping", "refused: " + installed.status().message());
    return false;
  }
  Print("dual mapping", memory.WritableView(*installed) != *installed
                            ? "works: code is never writable where it runs"
                            : "one view only");
  Print("unwind records", memory.unwind_records() == 1
                              ? "work: debuggers and exceptions pass through stubs"
                              : "not available: backtraces end at a stub");
  memory.Free(*installed);
  return true;
}

bool CheckStub() {
  abi::Signature signature;
  signature.result = abi::Type::Scalar(abi::TypeKind::kI32);
  signature.parameters = {signature.result};
  const StatusOr<CallStub> stub =
      CodeCache::Process().GetCallStub(signature, abi::HostConvention());
  if (!stub.ok()) {
    Print("a call through a stub", stub.status().message());
    return false;
  }
  const uint64_t slot = 41;
  int64_t result = 0;
  (*stub)(reinterpret_cast<const void*>(+[](int value) { return value + 1; }), &slot, &result);
  Print("a call through a stub", result == 42 ? "works" : "gives a wrong result");
  return result == 42;
}

int Run() {
  const asmjit::CpuInfo& cpu = asmjit::CpuInfo::host();
  const std::string brand = cpu.brand();
  Print("processor", brand.empty() ? "does not tell its name" : brand);
  Print("processor features", Features(cpu));
  Print("calling convention", std::string(abi::HostConvention().name));
  Print("page size", std::to_string(asmjit::VirtMem::info().pageSize));
  const asmjit::VirtMem::HardenedRuntimeInfo hardened = asmjit::VirtMem::hardenedRuntimeInfo();
  const bool enforced =
      asmjit::Support::test(hardened.flags, asmjit::VirtMem::HardenedRuntimeFlags::kEnabled);
  Print("writable and executable", enforced ? "forbidden by the system" : "allowed, not used");
  const bool memory = CheckMemory();
  return memory && CheckStub() ? 0 : 1;
}

}  // namespace
}  // namespace springboard::jit

int main() { return springboard::jit::Run(); }
