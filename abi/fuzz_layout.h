// Layout of types a second time, for the fuzzer to compare layout.h with: computed step by step, as
// C's rules are told, without a formula or a line in common with layout.cc.
//
// Pure functions. Work grows with the bytes of a type.

#ifndef SPRINGBOARD_ABI_FUZZ_LAYOUT_H_
#define SPRINGBOARD_ABI_FUZZ_LAYOUT_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "abi/convention.h"
#include "abi/type.h"

namespace springboard::abi::fuzzing {

struct PlainLeaf {
  const Type* type;
  uint64_t offset;
  uint64_t bytes;  // that it occupies
  uint64_t align;
};

struct PlainLayout {
  uint64_t bytes = 0;
  uint64_t align = 1;
  uint64_t natural_align = 1;
  std::vector<uint64_t> offsets;
};

// Absent for what LayoutOf() must refuse: void, what is too large, what two compilers for Windows
// lay out differently.
std::optional<PlainLayout> LayoutByHand(const Type* type, const Convention& convention);

// Appends the scalars of `type` lying at `offset`, in order of declaration, but no more than
// `limit` in all and one. REQUIRES: the type has a layout.
void LeavesByHand(const Type* type, uint64_t offset, const Convention& convention, size_t limit,
                  std::vector<PlainLeaf>* leaves);

}  // namespace springboard::abi::fuzzing

#endif  // SPRINGBOARD_ABI_FUZZ_LAYOUT_H_
