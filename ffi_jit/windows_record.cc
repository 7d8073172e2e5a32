// WindowsRecord: unwind data of x86-64 Windows for the stubs of one shape.
//
// Format: Microsoft, "x64 exception handling": "Struct RUNTIME_FUNCTION", "Struct UNWIND_INFO",
// "Struct UNWIND_CODE". The codes describe a prologue of no length, so that all of them are always
// undone; between calls a stub has no other state. Windows recognises `pop rbp; ret` and `ret` as
// epilogues by itself. Pure functions.

#include <cassert>

#include "ffi_jit/saved_registers.h"
#include "ffi_jit/unwind.h"

namespace springboard::jit {
namespace {

// Operation codes.
constexpr uint8_t kPushNonvolatile = 0;
constexpr uint8_t kAllocateLarge = 1;
constexpr uint8_t kSetFramePointer = 3;
constexpr uint8_t kSaveNonvolatile = 4;
constexpr uint8_t kSaveXmm128 = 8;

constexpr uint8_t kRbp = 5;
constexpr uint32_t kRuntimeFunctionBytes = 12;

void Append32(std::vector<uint8_t>& bytes, uint32_t value) {
  for (int i = 0; i < 4; ++i) bytes.push_back(static_cast<uint8_t>(value >> (8 * i)));
}

// UNWIND_CODE: the prologue's offset (0), the operation and its operand; or a 16-bit operand.
class Codes {
 public:
  void Operation(uint8_t operation, uint8_t info) {
    words_.push_back(static_cast<uint16_t>((info << 4 | operation) << 8));
  }
  void Operand(uint32_t value) { words_.push_back(static_cast<uint16_t>(value)); }
  const std::vector<uint16_t>& words() const { return words_; }

 private:
  std::vector<uint16_t> words_;
};

// In the reverse order of a prologue that pushes rbp, allocates what lies below it, points rbp at
// the push, and saves registers relative to the allocation's lower end. Returns that end's distance
// from rbp.
uint32_t WriteCodes(UnwindShape shape, Codes& codes) {
  if (shape == UnwindShape::kTail) return 0;
  uint32_t saved_bytes = 0;
  if (shape == UnwindShape::kFramedSaved) {
    const std::vector<Location> saved = SavedRegisters(abi::Win64(), abi::SysvX64());
    saved_bytes = static_cast<uint32_t>(saved.size()) * kSavedRegisterBytes;
    for (uint32_t i = 0; i < saved.size(); ++i) {
      const bool vector = saved[i].file == abi::RegisterFile::kVector;
      codes.Operation(vector ? kSaveXmm128 : kSaveNonvolatile, saved[i].number);
      codes.Operand(i * kSavedRegisterBytes / (vector ? 16 : 8));
    }
  }
  codes.Operation(kSetFramePointer, 0);
  if (saved_bytes != 0) {
    codes.Operation(kAllocateLarge, 0);
    codes.Operand(saved_bytes / 8);
  }
  codes.Operation(kPushNonvolatile, kRbp);
  return saved_bytes;
}

}  // namespace

std::vector<uint8_t> WindowsRecord(UnwindShape shape, uint32_t code_bytes) {
  Codes codes;
  const uint32_t frame_offset = WriteCodes(shape, codes);
  assert(frame_offset % 16 == 0 && frame_offset / 16 < 16);

  std::vector<uint8_t> record;
  Append32(record, 0);  // RUNTIME_FUNCTION: begin, end, unwind data, from the base of the image
  Append32(record, code_bytes);
  Append32(record, kRuntimeFunctionBytes);
  const bool framed = shape != UnwindShape::kTail;
  record.push_back(1);  // UNWIND_INFO: version 1, no flags
  record.push_back(0);  // the prologue's size
  record.push_back(static_cast<uint8_t>(codes.words().size()));
  record.push_back(framed ? static_cast<uint8_t>(kRbp | (frame_offset / 16) << 4) : 0);
  for (const uint16_t word : codes.words()) {
    record.push_back(static_cast<uint8_t>(word));
    record.push_back(static_cast<uint8_t>(word >> 8));
  }
  // "For alignment purposes, this array always has an even number of entries."
  record.resize((record.size() + 3) / 4 * 4);
  return record;
}

}  // namespace springboard::jit
