// Unwind records: what debuggers, backtrace() and C++ exceptions need to walk through stubs.
//
// A record describes a range of code, not one stub: all stubs of one UnwindShape keep the same
// things in the same places, so that one record serves a whole block of executable memory.
// A record's bytes are plain data, made on every host for every host; only HostUnwindRecord(),
// RegisterUnwindRecord() and DeregisterUnwindRecord() know the system. Any thread.

#ifndef SPRINGBOARD_FFI_JIT_UNWIND_H_
#define SPRINGBOARD_FFI_JIT_UNWIND_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "abi/convention.h"

namespace springboard::jit {

// Where a stub keeps its caller's state from the moment its frame stands until it is taken down.
enum class UnwindShape : uint8_t {
  kTail,    // no frame: the return address is where the caller put it
  kFramed,  // the caller's frame pointer right below the return address (AArch64: both in one pair)
  kFramedSaved,  // so too, and right below them the registers of SavedRegisters(Win64(), SysvX64())
};
inline constexpr size_t kUnwindShapes = 3;

// One CIE and one FDE in the format of .eh_frame, with the terminator that ends a section of them.
// REQUIRES: AArch64 has no kFramedSaved.
std::vector<uint8_t> DwarfRecord(abi::Architecture architecture, UnwindShape shape,
                                 uint64_t code_begin, uint64_t code_bytes);

// A RUNTIME_FUNCTION and, after it, its UNWIND_INFO, for x86-64 code that begins where the record
// does: the record lies within the range that it describes.
std::vector<uint8_t> WindowsRecord(UnwindShape shape, uint32_t code_bytes);

// The record in the form this process's unwinder takes. Empty where Springboard knows none (macOS,
// Windows on arm64): walks end at a stub there.
std::vector<uint8_t> HostUnwindRecord(UnwindShape shape, const void* code_begin, size_t code_bytes);

// Makes a record known, or unknown again. It stays where it is in between. False if the process has
// no unwinder that takes records. REQUIRES: HostUnwindRecord() made it.
bool RegisterUnwindRecord(const void* record);
void DeregisterUnwindRecord(const void* record);

}  // namespace springboard::jit

#endif  // SPRINGBOARD_FFI_JIT_UNWIND_H_
