// Structs and unions as C declares them: with bit-fields and a flexible array at the end.
//
// A Type has neither. Here they become members that take the same bytes and travel the same way,
// and each member's place is told. The rules are those of gcc and clang on Linux (System V psABI
// 3.1.2 "Bit-Fields", AAPCS64 10.1.8), not Microsoft's. Pure functions; any thread.

#ifndef SPRINGBOARD_ABI_C_AGGREGATE_H_
#define SPRINGBOARD_ABI_C_AGGREGATE_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "abi/convention.h"
#include "abi/status.h"
#include "abi/type.h"

namespace springboard::abi {

// A member as declared.
struct CMember {
  const Type* type;  // of a bit-field the declared one, of a flexible array the element's
  // Of a bit-field: its bits. None: an unnamed one of width 0, which ends a run of bit-fields.
  std::optional<uint32_t> width;
  bool is_flexible = false;
};

// Where a member is. A bit-field begins at bit `bit` (0: the lowest) of the byte at `offset`, and
// may end some bytes later.
struct CPlace {
  uint64_t offset = 0;
  uint32_t bit = 0;
};

struct CAggregate {
  const Type* type;
  std::vector<CPlace> places;  // one per member
};

// A Status names the limit or member at fault. Without bit-fields and a flexible array the type is
// what Type::Struct() and Type::Union() give.
StatusOr<CAggregate> CStruct(const std::vector<CMember>& members, AggregateOptions options,
                             const Convention& convention);
StatusOr<CAggregate> CUnion(const std::vector<CMember>& members, AggregateOptions options,
                            const Convention& convention);

}  // namespace springboard::abi

#endif  // SPRINGBOARD_ABI_C_AGGREGATE_H_
