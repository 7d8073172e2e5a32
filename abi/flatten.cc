// Flatten: an aggregate as the list of its leaves.
//
// An array's element is flattened once and repeated, so the work is bounded by kMaxTypeText and
// kMaxLeaves whatever the counts are. Pure functions.

#include <cassert>
#include <iterator>

#include "abi/layout.h"

namespace springboard::abi {
namespace {

Status TooMany() {
  return Status::Error("a type has more than " + std::to_string(kMaxLeaves) + " scalars");
}

Status AppendLeaves(const Type* type, uint64_t base, const Convention& convention,
                    std::vector<Leaf>* leaves);

// Appends `count` repetitions of `element`, one every `stride` bytes.
Status AppendRepeated(const Type* element, uint64_t count, uint64_t stride, uint64_t base,
                      const Convention& convention, std::vector<Leaf>* leaves) {
  // Elements without a size have no leaves, and their count is not bounded by a size.
  if (count == 0 || stride == 0) return Status::Ok();
  std::vector<Leaf> once;
  Status status = AppendLeaves(element, 0, convention, &once);
  if (!status.ok()) return status;
  if (once.size() * count > kMaxLeaves) return TooMany();
  for (uint64_t i = 0; i < count; ++i) {
    for (const Leaf& leaf : once) {
      leaves->push_back({leaf.type, base + i * stride + leaf.offset, false});
    }
  }
  return Status::Ok();
}

Status AppendLeaves(const Type* type, uint64_t base, const Convention& convention,
                    std::vector<Leaf>* leaves) {
  Status status = Status::Ok();
  switch (type->kind()) {
    case TypeKind::kStruct:
    case TypeKind::kUnion: {
      const StatusOr<Layout> layout = LayoutOf(type, convention);
      if (!layout.ok()) return layout.status();
      for (size_t i = 0; i < type->members().size() && status.ok(); ++i) {
        status = AppendLeaves(type->members()[i], base + layout->offsets[i], convention, leaves);
      }
      break;
    }
    case TypeKind::kArray:
    case TypeKind::kComplex: {
      const Type* element = type->members()[0];
      const StatusOr<Layout> layout = LayoutOf(element, convention);
      if (!layout.ok()) return layout.status();
      const uint64_t count = type->kind() == TypeKind::kComplex ? 2 : type->count();
      status = AppendRepeated(element, count, layout->size, base, convention, leaves);
      break;
    }
    default:
      leaves->push_back({type, base, false});
  }
  if (status.ok() && leaves->size() > kMaxLeaves) return TooMany();
  return status;
}

}  // namespace

StatusOr<std::vector<Leaf>> Flatten(const Type* type, const Convention& convention) {
  const StatusOr<Layout> whole = LayoutOf(type, convention);
  if (!whole.ok()) return whole.status();
  std::vector<Leaf> leaves;
  Status status = AppendLeaves(type, 0, convention, &leaves);
  if (!status.ok()) return status;
  // Alignment can only be judged at the final offset: a packed element that is aligned in itself
  // may not be aligned in the array around it.
  for (Leaf& leaf : leaves) {
    const StatusOr<Layout> layout = LayoutOf(leaf.type, convention);
    assert(layout.ok());
    leaf.misaligned = leaf.offset % layout->align != 0;
  }
  return leaves;
}

}  // namespace springboard::abi
