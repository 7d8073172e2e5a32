// CodeRanges: which addresses are executable memory of ours, for a signal handler to ask.
//
// ExecMemory enters every block that it maps. Asking takes no lock and allocates nothing. Any
// thread.

#ifndef SPRINGBOARD_FFI_JIT_CODE_RANGES_H_
#define SPRINGBOARD_FFI_JIT_CODE_RANGES_H_

#include <cstddef>
#include <cstdint>

namespace springboard::jit {

// A block is 64 KiB at least: this many are a gigabyte of code. Those that are mapped beyond it are
// not known here.
inline constexpr size_t kMaxCodeRanges = 4096;

void AddCodeRange(uint64_t begin, size_t bytes);
void RemoveCodeRange(uint64_t begin);

// Whether `address` is in a block that is mapped now.
bool IsOurCode(uint64_t address);

}  // namespace springboard::jit

#endif  // SPRINGBOARD_FFI_JIT_CODE_RANGES_H_
