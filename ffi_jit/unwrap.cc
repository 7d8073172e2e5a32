// The registers of unwraps, and their text. See unwrap.h.

#include "ffi_jit/unwrap.h"

#include <cassert>
#include <span>

namespace springboard::jit {
namespace {

// The lowest register of `mask`, which loses it.
uint8_t TakeLowest(uint32_t& mask) {
  assert(mask != 0);
  uint8_t number = 0;
  while ((mask >> number & 1) == 0) ++number;
  mask &= ~(uint32_t{1} << number);
  return number;
}

uint32_t Without(uint32_t mask, std::span<const uint8_t> registers) {
  for (const uint8_t number : registers) mask &= ~(uint32_t{1} << number);
  return mask;
}

UnwrapRegisters Choose(uint32_t general, uint32_t vector) {
  UnwrapRegisters registers;
  registers.object = TakeLowest(general);
  registers.map = TakeLowest(general);
  registers.data = TakeLowest(general);
  if (general != 0) registers.other = TakeLowest(general);
  registers.vector = TakeLowest(vector);
  registers.vector_other = TakeLowest(vector);
  return registers;
}

}  // namespace

UnwrapRegisters RegistersAtEntry(const abi::Convention& entered) {
  return Choose(Without(entered.volatile_general, entered.general_arguments),
                Without(entered.volatile_vector, entered.vector_arguments));
}

UnwrapRegisters RegistersAfterCall(const abi::Convention& entered, const abi::Convention& native,
                                   uint8_t taken) {
  const uint32_t general = entered.volatile_general & native.volatile_general;
  const uint32_t vector = entered.volatile_vector & native.volatile_vector;
  return Choose(Without(general, native.general_results) & ~(uint32_t{1} << taken),
                Without(vector, native.vector_results));
}

std::string Text(const Unwrap& unwrap, abi::Architecture architecture) {
  static constexpr const char* kNames[] = {"value",         "bytes",        "aggregate", "integer",
                                           "exact integer", "safe integer", "string"};
  std::string text = unwrap.replaces ? "unwrap " : "check ";
  if (unwrap.use == FastUse::kExactInteger || unwrap.use == FastUse::kSafeInteger) {
    text += unwrap.is_signed ? "signed " : "unsigned ";
  }
  if (unwrap.movable) text += "movable ";
  text += std::string(kNames[static_cast<size_t>(unwrap.use)]) + " ";
  if (unwrap.use == FastUse::kAggregate) text += "of " + std::to_string(unwrap.size) + " bytes ";
  text += Text(unwrap.place, architecture);
  return unwrap.use == FastUse::kString ? text + " into " + Text(unwrap.memory, architecture)
                                        : text;
}

}  // namespace springboard::jit
