// KeepText: texts that native functions found in their arguments outlive those. See stub.h.

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "ffi_jit/stub.h"

namespace springboard::jit {

void KeepText(FastBlock* block, const char* text, const char* frame_end) noexcept {
  const auto address = reinterpret_cast<uintptr_t>(text);
  const auto begin = reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
  const auto end = reinterpret_cast<uintptr_t>(frame_end);
  block->result = address;
  if (address < begin || address >= end) return;
  const size_t bytes = std::min<size_t>(end - address, kMaxStackCharacters + 1);
  std::memset(block->text + bytes, 0, sizeof(block->text) - bytes);
  std::memcpy(block->text, text, bytes);
  block->result = reinterpret_cast<uintptr_t>(block->text);
}

}  // namespace springboard::jit
