// DwarfRecord: call frame information for the stubs of one shape, in the format of .eh_frame.
//
// Format: Linux Standard Base Core, "DWARF Extensions", "The .eh_frame section", and DWARF 5, 6.4
// (its opcodes in 7.24). Register numbers: System V x86-64 psABI, figure 3.36; DWARF for the Arm
// 64-bit Architecture (AADWARF64), 4.1. Pure functions.

#include <cassert>
#include <utility>

#include "ffi_jit/saved_registers.h"
#include "ffi_jit/unwind.h"

namespace springboard::jit {
namespace {

// DWARF 5, 7.24: opcodes. The low six bits of the second are the register.
constexpr uint8_t kDefCfa = 0x0C;
constexpr uint8_t kOffset = 0x80;
constexpr uint8_t kNop = 0x00;

// What saved registers' offsets are multiples of: they lie below the CFA in units of 8 bytes.
constexpr uint32_t kUnit = 8;
constexpr uint8_t kMinusEight = 0x78;  // as sleb128

// The architecture's numbers in DWARF.
struct Numbers {
  uint8_t stack_pointer;
  uint8_t frame_pointer;
  uint8_t return_address;
};
constexpr Numbers kX64 = {.stack_pointer = 7, .frame_pointer = 6, .return_address = 16};
constexpr Numbers kA64 = {.stack_pointer = 31, .frame_pointer = 29, .return_address = 30};

// Of a saved register: rsi, rdi or a vector register.
uint8_t NumberOf(const Location& saved) {
  constexpr uint8_t kXmm0 = 17;
  if (saved.file == abi::RegisterFile::kVector) return static_cast<uint8_t>(kXmm0 + saved.number);
  assert(saved.number == 6 || saved.number == 7);  // the processor's numbers
  return saved.number == 6 ? 4 : 5;
}

class Writer {
 public:
  void Byte(uint8_t value) { bytes_.push_back(value); }
  void Fixed32(uint32_t value) { Little(value, 4); }
  void Fixed64(uint64_t value) { Little(value, 8); }
  void Uleb(uint32_t value) {
    for (; value >= 0x80; value >>= 7) Byte(static_cast<uint8_t>(value | 0x80));
    Byte(static_cast<uint8_t>(value));
  }

  // "The canonical frame address is this register plus so much."
  void DefCfa(uint8_t number, uint32_t offset) {
    Byte(kDefCfa);
    Uleb(number);
    Uleb(offset);
  }
  // "The caller's value of this register is so far below the CFA."
  void SavedBelowCfa(uint8_t number, uint32_t distance) {
    assert(number < 64 && distance % kUnit == 0);
    Byte(static_cast<uint8_t>(kOffset | number));
    Uleb(distance / kUnit);
  }

  // A CIE or FDE begins with its length, which counts from after itself; it ends at a multiple of
  // 8.
  size_t Begin() {
    Fixed32(0);
    return bytes_.size();
  }
  void End(size_t begin) {
    while (bytes_.size() % 8 != 0) Byte(kNop);
    const size_t length = bytes_.size() - begin;
    for (size_t i = 0; i < 4; ++i) bytes_[begin - 4 + i] = static_cast<uint8_t>(length >> (8 * i));
  }

  size_t size() const { return bytes_.size(); }
  std::vector<uint8_t> Take() { return std::move(bytes_); }

 private:
  void Little(uint64_t value, int count) {
    for (int i = 0; i < count; ++i) Byte(static_cast<uint8_t>(value >> (8 * i)));
  }
  std::vector<uint8_t> bytes_;
};

void WriteRules(const Numbers& numbers, bool pushes_return_address, UnwindShape shape,
                Writer& writer) {
  if (shape == UnwindShape::kTail) {
    writer.DefCfa(numbers.stack_pointer, pushes_return_address ? 8 : 0);
    // AArch64: the return address is in its register.
    if (pushes_return_address) writer.SavedBelowCfa(numbers.return_address, 8);
    return;
  }
  writer.DefCfa(numbers.frame_pointer, 16);
  writer.SavedBelowCfa(numbers.frame_pointer, 16);
  writer.SavedBelowCfa(numbers.return_address, 8);
  if (shape == UnwindShape::kFramed) return;
  const std::vector<Location> saved = SavedRegisters(abi::Win64(), abi::SysvX64());
  for (size_t i = 0; i < saved.size(); ++i) {
    const uint32_t below_frame_pointer =
        static_cast<uint32_t>(saved.size() - i) * kSavedRegisterBytes;
    writer.SavedBelowCfa(NumberOf(saved[i]), 16 + below_frame_pointer);
  }
}

}  // namespace

std::vector<uint8_t> DwarfRecord(abi::Architecture architecture, UnwindShape shape,
                                 uint64_t code_begin, uint64_t code_bytes) {
  const bool x64 = architecture == abi::Architecture::kX64;
  assert(x64 || shape != UnwindShape::kFramedSaved);
  const Numbers& numbers = x64 ? kX64 : kA64;
  Writer writer;

  const size_t cie = writer.Begin();
  writer.Fixed32(0);  // a CIE
  writer.Byte(1);     // version
  writer.Byte(0);     // no augmentation: addresses are absolute, 8 bytes
  writer.Uleb(1);     // code alignment factor
  writer.Byte(kMinusEight);
  writer.Byte(numbers.return_address);
  WriteRules(numbers, x64, shape, writer);
  writer.End(cie);

  const size_t fde = writer.Begin();
  writer.Fixed32(static_cast<uint32_t>(fde - (cie - 4)));  // from here back to its CIE
  writer.Fixed64(code_begin);
  writer.Fixed64(code_bytes);
  writer.End(fde);

  writer.Fixed32(0);  // no more
  return writer.Take();
}

}  // namespace springboard::jit
