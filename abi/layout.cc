// Layout of types: the C rules for size, alignment and member offsets.
//
// Recursion is bounded by kMaxNesting, work by kMaxTypeText. Pure functions.

#include "abi/layout.h"

#include <algorithm>
#include <atomic>
#include <cassert>
#include <memory>

namespace springboard::abi {
namespace {

uint64_t RoundUp(uint64_t value, uint64_t align) { return (value + align - 1) / align * align; }

// psABI figure 3.1 and AAPCS64 5.1: the natural alignment of every scalar is its size.
uint32_t ScalarBytes(TypeKind kind, const Convention& convention) {
  switch (kind) {
    case TypeKind::kBool:
    case TypeKind::kI8:
    case TypeKind::kU8:
      return 1;
    case TypeKind::kI16:
    case TypeKind::kU16:
    case TypeKind::kF16:
    case TypeKind::kBf16:
      return 2;
    case TypeKind::kI32:
    case TypeKind::kU32:
    case TypeKind::kF32:
      return 4;
    case TypeKind::kI64:
    case TypeKind::kU64:
    case TypeKind::kF64:
    case TypeKind::kPointer:
      return 8;
    case TypeKind::kI128:
    case TypeKind::kU128:
      return 16;
    case TypeKind::kLongDouble:
      return convention.long_double_bytes;
    default:
      assert(false);
      return 0;
  }
}

Status TooLarge(const Type* type) {
  std::string text = type->text();
  if (text.size() > 80) text = text.substr(0, 77) + "...";
  return Status::Error("type " + text + " is larger than " + std::to_string(kMaxAggregateBytes) +
                       " bytes");
}

Status TwoLayouts(const Type* type, const char* what) {
  return Status::Error("compilers for Windows lay out " + type->text() + " differently: it has " +
                       what);
}

// Whether aligned(n) applies to `type` or to something in it.
bool AsksForAlignment(const Type* type) {
  return type->options().align != 0 ||
         std::any_of(type->members().begin(), type->members().end(), AsksForAlignment);
}

// psABI 3.1.2, "Aggregates and Unions": members at the next multiple of their alignment, the whole
// aligned as its strictest member and padded to that alignment. #pragma pack(n) caps a member's
// alignment at n; aligned(n) raises the whole's.
StatusOr<Layout> AggregateLayout(const Type* type, const Convention& convention) {
  const bool is_union = type->kind() == TypeKind::kUnion;
  const AggregateOptions& options = type->options();
  Layout layout;
  // clang for Microsoft's ABI gives it 4 bytes in C, MinGW's compilers none.
  if (type->members().empty() && !options.is_class && convention.has_two_layouts) {
    return TwoLayouts(type, "no members");
  }
  layout.offsets.reserve(type->members().size());
  for (const Type* member : type->members()) {
    StatusOr<Layout> inner = LayoutOf(member, convention);
    if (!inner.ok()) return inner;
    uint32_t align = inner->align;
    if (options.packed != 0 && options.packed < align) {
      // Microsoft's compiler, and clang for its C++ ABI, do not pack what aligned(n) aligned.
      if (convention.has_two_layouts && AsksForAlignment(member)) {
        return TwoLayouts(type, "a packed member with an alignment of its own");
      }
      align = options.packed;
    }
    const uint64_t offset = is_union ? 0 : RoundUp(layout.size, align);
    layout.offsets.push_back(offset);
    layout.size = std::max(layout.size, offset + inner->size);
    layout.align = std::max(layout.align, align);
  }
  layout.natural_align = layout.align;
  layout.align = std::max(layout.align, options.align);
  // C++17 6.6.2 [intro.object]p7: an object of a class without members still takes a byte.
  if (options.is_class) layout.size = std::max<uint64_t>(layout.size, 1);
  layout.size = RoundUp(layout.size, layout.align);
  if (layout.size > kMaxAggregateBytes) return TooLarge(type);
  return layout;
}

uint32_t FamilyOf(const Convention& convention) {
  if (convention.has_two_layouts) return 2;
  return convention.long_double_bytes == 16 ? 1 : 0;
}

// An aggregate's layout is found once: otherwise each level of a nested type would walk all levels
// below it again. Kept for the life of the process, as types are.
StatusOr<Layout> KeptLayout(const Type* type, const Convention& convention) {
  std::atomic<const Layout*>& kept = type->kept_layout(FamilyOf(convention));
  if (const Layout* found = kept.load(std::memory_order_acquire)) return *found;
  StatusOr<Layout> made = AggregateLayout(type, convention);
  if (!made.ok()) return made;
  auto fresh = std::make_unique<const Layout>(*made);
  const Layout* none = nullptr;
  if (kept.compare_exchange_strong(none, fresh.get(), std::memory_order_acq_rel)) {
    static_cast<void>(fresh.release());
  }
  return made;
}

}  // namespace

StatusOr<Layout> LayoutOf(const Type* type, const Convention& convention) {
  assert(type != nullptr);
  switch (type->kind()) {
    case TypeKind::kVoid:
      return Status::Error("void has no size");
    case TypeKind::kStruct:
    case TypeKind::kUnion:
      return KeptLayout(type, convention);
    case TypeKind::kArray: {
      StatusOr<Layout> element = LayoutOf(type->members()[0], convention);
      if (!element.ok()) return element;
      const uint64_t size = element->size * type->count();  // at most 2^16 * 2^32
      if (size > kMaxAggregateBytes) return TooLarge(type);
      return Layout{size, element->align, element->align, {}};
    }
    case TypeKind::kComplex: {
      // C17 6.2.5p13: a complex number is laid out as an array of two of its element.
      const uint32_t element = ScalarBytes(type->members()[0]->kind(), convention);
      return Layout{2 * element, element, element, {}};
    }
    case TypeKind::kVector: {
      // psABI figure 3.1 (__m64, __m128) and AAPCS64 5.2: a vector is aligned as its own size.
      const uint32_t size = type->count() * ScalarBytes(type->members()[0]->kind(), convention);
      return Layout{size, size, size, {}};
    }
    default: {
      const uint32_t size = ScalarBytes(type->kind(), convention);
      return Layout{size, size, size, {}};
    }
  }
}

}  // namespace springboard::abi
