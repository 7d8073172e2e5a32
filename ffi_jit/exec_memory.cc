// Dual-mapped executable memory through asmjit's JitAllocator. See exec_memory.h.

#include "ffi_jit/exec_memory.h"

#include <asmjit/core.h>

#include <cassert>
#include <cstring>
#include <string>

namespace springboard::jit {
namespace {

asmjit::JitAllocator::CreateParams Params() {
  asmjit::JitAllocator::CreateParams params;
  // Unused bytes are filled with breakpoints, so that a stale jump stops where it lands.
  params.options =
      asmjit::JitAllocatorOptions::kUseDualMapping | asmjit::JitAllocatorOptions::kFillUnusedMemory;
  return params;
}

}  // namespace

struct ExecMemory::Impl {
  Impl() : allocator(&params) {}

  asmjit::JitAllocator::CreateParams params = Params();
  asmjit::JitAllocator allocator;
};

ExecMemory::ExecMemory() : impl_(std::make_unique<Impl>()) {}
ExecMemory::~ExecMemory() = default;

StatusOr<const void*> ExecMemory::Install(std::span<const uint8_t> code) {
  void* executable = nullptr;
  void* writable = nullptr;
  const asmjit::Error error = impl_->allocator.alloc(&executable, &writable, code.size());
  if (error != asmjit::kErrorOk) {
    return Status::Error("the system refuses executable memory: " +
                         std::string(asmjit::DebugUtils::errorAsString(error)));
  }
  std::memcpy(writable, code.data(), code.size());
  asmjit::VirtMem::flushInstructionCache(executable, code.size());
  return static_cast<const void*>(executable);
}

void ExecMemory::Free(const void* code) {
  [[maybe_unused]] const asmjit::Error error = impl_->allocator.release(const_cast<void*>(code));
  assert(error == asmjit::kErrorOk);
}

const void* ExecMemory::WritableView(const void* code) const {
  void* executable = nullptr;
  void* writable = nullptr;
  size_t size = 0;
  const asmjit::Error error =
      impl_->allocator.query(const_cast<void*>(code), &executable, &writable, &size);
  return error == asmjit::kErrorOk ? writable : nullptr;
}

size_t ExecMemory::bytes_used() const { return impl_->allocator.statistics().usedSize(); }
size_t ExecMemory::bytes_mapped() const { return impl_->allocator.statistics().reservedSize(); }

}  // namespace springboard::jit
