// Which registers a stub preserves, and the moves that do so. See saved_registers.h.

#include "ffi_jit/saved_registers.h"

#include <cassert>

namespace springboard::jit {

using abi::RegisterFile;

namespace {

void AppendRegisters(uint32_t mask, RegisterFile file, std::vector<Location>& registers) {
  for (uint8_t number = 0; number < 32; ++number) {
    if (mask >> number & 1) registers.push_back(Location::Register(file, number));
  }
}

}  // namespace

std::vector<Location> SavedRegisters(const abi::Convention& entered,
                                     const abi::Convention& native) {
  std::vector<Location> registers;
  AppendRegisters(native.volatile_vector & ~entered.volatile_vector, RegisterFile::kVector,
                  registers);
  AppendRegisters(native.volatile_general & ~entered.volatile_general, RegisterFile::kGeneral,
                  registers);
  return registers;
}

void PreserveRegisters(const abi::Convention& entered, const abi::Convention& native,
                       StubPlan& plan) {
  const std::vector<Location> registers = SavedRegisters(entered, native);
  if (registers.empty()) return;
  // The unwind record of this shape names these registers.
  assert(registers == SavedRegisters(abi::Win64(), abi::SysvX64()));
  plan.saves_registers = true;
  std::vector<Move> saves;
  for (const Location& saved : registers) {
    const uint32_t bytes = saved.file == RegisterFile::kVector ? 16 : 8;
    const Location place = plan.frame.AddLocal(kSavedRegisterBytes);
    saves.push_back(Move::Copy(place, saved, bytes));
    plan.restores.push_back(Move::Copy(saved, place, bytes));
  }
  plan.before.insert(plan.before.begin(), saves.begin(), saves.end());
}

}  // namespace springboard::jit
