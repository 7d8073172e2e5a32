// Placement: which register, stack slot or pointer carries each byte of each value of a call.
//
// Plain data: printable, comparable, no pointers but interned types. Nothing downstream of abi/
// re-derives a rule of a convention. What it can express: a value taken apart into pieces, each in
// a register or on the stack; a value passed by the address of a copy; a value that takes no room.
// Offsets are in bytes. Stack offsets count from the stack pointer at the call instruction (for the
// callee: from just above the return address), home space included.

#ifndef SPRINGBOARD_ABI_PLACEMENT_H_
#define SPRINGBOARD_ABI_PLACEMENT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "abi/convention.h"
#include "abi/signature.h"
#include "abi/status.h"

namespace springboard::abi {

// A contiguous run of a value's bytes in one place.
struct Piece {
  enum class Place : uint8_t { kRegister, kStack };

  Place place = Place::kRegister;
  RegisterFile file = RegisterFile::kGeneral;  // kRegister
  uint8_t number = 0;                          // kRegister: hardware encoding
  uint32_t stack_offset = 0;                   // kStack
  uint32_t offset = 0;                         // first byte of the value that it carries
  // How many bytes of the value (a register may be wider). st0 and st1 carry the 10 bytes of the
  // x87 format; the padding after them is not part of the piece.
  uint32_t size = 0;

  bool operator==(const Piece&) const = default;
};

// Where one value travels.
struct ValuePlacement {
  enum class How : uint8_t {
    kNothing,      // void, or an empty aggregate: no bytes travel
    kDirect,       // the pieces hold the value
    kByReference,  // the one piece holds the address of a copy that the caller made (arguments),
                   // or, for a result, of memory that the caller provides
  };

  const Type* type = nullptr;
  How how = How::kNothing;
  // In order of the value's bytes. A floating argument of a variadic call of Win64 has two pieces
  // that carry the same bytes, in a vector and in a general register: who makes the call fills
  // both, who gathers the value takes the first and need not look at the second.
  std::vector<Piece> pieces;
  uint32_t size = 0;  // of the value, bytes
  // Of the value, or of the copy for an argument kByReference. It is what a caller provides; some
  // compilers' callers provide less, so a callee does not rely on it.
  uint32_t align = 1;
  // An integer narrower than this many bits is extended (by its signedness) by whoever produces it;
  // 0: nobody extends. For a result that 0 means: upper bits are not to be trusted.
  uint8_t extend_bits = 0;

  bool operator==(const ValuePlacement&) const = default;
};

struct Placement {
  const Convention* convention = nullptr;
  std::vector<ValuePlacement> parameters;
  ValuePlacement result;  // kByReference: its piece is the hidden argument
  // The callee also returns the hidden address here.
  std::optional<Piece> result_address;
  // Argument area, home space included, rounded up to stack_align.
  uint32_t stack_bytes = 0;
  // What the stack pointer must be a multiple of at the call: the convention's stack_alignment, or
  // more when an argument on the stack is aligned more strictly.
  uint32_t stack_align = 1;
  // Variadic calls of SysV: an upper bound on the vector registers used, to be put in al. Absent
  // otherwise.
  std::optional<uint8_t> variadic_vector_count;

  bool operator==(const Placement&) const = default;

  // Several lines, one per value, as the golden files hold them.
  std::string Text() const;
};

// Places `signature` under `convention`. A Status says which parameter cannot be passed and why.
StatusOr<Placement> Place(const Signature& signature, const Convention& convention);

}  // namespace springboard::abi

#endif  // SPRINGBOARD_ABI_PLACEMENT_H_
