// Classification of a type by the AAPCS64: which register file carries it, in how many pieces, and
// how it is aligned among the arguments.
//
// Internal to abi/: place_aapcs64.cc turns classes into registers and stack slots. Pure functions.

#ifndef SPRINGBOARD_ABI_CLASSIFY_AAPCS64_H_
#define SPRINGBOARD_ABI_CLASSIFY_AAPCS64_H_

#include <cstdint>

#include "abi/convention.h"
#include "abi/status.h"
#include "abi/type.h"

namespace springboard::abi {

enum class A64Class : uint8_t {
  kNothing,      // no size: travels nowhere
  kGeneral,      // general registers, 8 bytes in each
  kVector,       // one vector register for each element
  kByReference,  // the address of a copy
};

struct A64Shape {
  A64Class kind = A64Class::kNothing;
  uint32_t size = 0;          // of the value
  uint32_t align = 1;         // of the value, aligned(n) included
  uint32_t slot_align = 8;    // among the arguments: 8 or 16; 16 also asks for an even register
  uint32_t packed_align = 8;  // the same where stack arguments are packed (Apple)
  uint32_t element = 0;       // kVector: bytes of one element
  // kVector: gcc and clang align the value differently on the stack.
  bool stack_disputed = false;
};

// The shape of a parameter or result. With `general_only`, no value uses vector registers, nor is
// an aggregate of floating numbers special. A Status if the type has no size that can be passed or
// compilers disagree about it.
StatusOr<A64Shape> ClassifyAapcs64(const Type* type, const Convention& convention,
                                   bool general_only);

// Whether `type` is a class of C++ without members.
bool IsEmptyClass(const Type* type);

}  // namespace springboard::abi

#endif  // SPRINGBOARD_ABI_CLASSIFY_AAPCS64_H_
