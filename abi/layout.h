// Layout: size, alignment and member offsets of a Type under a convention. Bytes everywhere.
//
// Natural C layout with packed and aligned variants (System V psABI 3.1.2, AAPCS64 5.9). Pure
// functions: any thread, results are values.

#ifndef SPRINGBOARD_ABI_LAYOUT_H_
#define SPRINGBOARD_ABI_LAYOUT_H_

#include <cstdint>
#include <vector>

#include "abi/convention.h"
#include "abi/status.h"
#include "abi/type.h"

namespace springboard::abi {

struct Layout {
  uint64_t size = 0;
  uint32_t align = 1;
  // The alignment without what aligned(n) on the type itself adds: that of the strictest member
  // (AAPCS64 5.9, "natural alignment"). Equal to align for what is no struct or union.
  uint32_t natural_align = 1;
  std::vector<uint64_t> offsets;  // struct and union: one per member
};

// A Status if the type is void or its size passes kMaxAggregateBytes.
StatusOr<Layout> LayoutOf(const Type* type, const Convention& convention);

// Bounds what unions of arrays can multiply to, beyond kMaxAggregateBytes one-byte leaves.
inline constexpr uint32_t kMaxLeaves = 65536;

// One scalar of an aggregate, at its offset from the aggregate's start.
struct Leaf {
  // A scalar or a vector. Complex numbers are taken apart; vectors are not, because every
  // convention passes the whole vector or classifies by its full size.
  const Type* type;
  uint64_t offset;
  bool misaligned;  // offset is not a multiple of the scalar's natural alignment (packed members)
};

// All leaves in order of declaration; unions contribute the leaves of every member. A Status if
// LayoutOf() gives one or there are more than kMaxLeaves.
StatusOr<std::vector<Leaf>> Flatten(const Type* type, const Convention& convention);

}  // namespace springboard::abi

#endif  // SPRINGBOARD_ABI_LAYOUT_H_
