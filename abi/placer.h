// What the placers of all conventions share. Internal to abi/: callers use Place() of placement.h.
//
// A placer is a class that lives for one placement: Result(), then Parameter() for each argument
// from left to right, each of which may give a Status, then Finish().

#ifndef SPRINGBOARD_ABI_PLACER_H_
#define SPRINGBOARD_ABI_PLACER_H_

#include <cstdint>
#include <string>
#include <utility>

#include "abi/placement.h"

namespace springboard::abi {

// The next multiple of `align`.
constexpr uint32_t RoundUp(uint32_t value, uint32_t align) {
  return (value + align - 1) / align * align;
}

inline Piece InRegister(RegisterFile file, uint8_t number, uint32_t offset, uint32_t size) {
  return {Piece::Place::kRegister, file, number, 0, offset, size};
}

// ValuePlacement::extend_bits of a value where the convention extends integers to `bits`.
inline uint8_t ExtendBits(const Type* type, uint32_t size, uint8_t bits) {
  return type->is_integer() && size * 8 < bits ? bits : 0;
}

// Runs a placer over a signature. A Status says which value it is about.
template <typename Placer>
StatusOr<Placement> PlaceValues(const Signature& signature, Placer placer) {
  Status status = placer.Result(signature.result);
  if (!status.ok()) return Status::Error("result: " + status.message());
  for (size_t i = 0; i < signature.parameters.size(); ++i) {
    status = placer.Parameter(signature.parameters[i]);
    if (!status.ok()) {
      return Status::Error("parameter " + std::to_string(i) + ": " + status.message());
    }
  }
  return placer.Finish();
}

}  // namespace springboard::abi

#endif  // SPRINGBOARD_ABI_PLACER_H_
