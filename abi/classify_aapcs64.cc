// Fundamental types, homogeneous aggregates and other composites of the AAPCS64.
//
// Section and rule numbers are those of "Procedure Call Standard for the Arm 64-bit Architecture".
// What gcc and clang pass in different places is a Status. Recursion is bounded by kMaxNesting.

#include "abi/classify_aapcs64.h"

#include <algorithm>
#include <cassert>
#include <string>

#include "abi/layout.h"

namespace springboard::abi {
namespace {

constexpr uint32_t kMaxElements = 4;      // 5.10.5: up to four members
constexpr uint32_t kVectorBytes = 16;     // of the widest element
constexpr uint32_t kMaxDirectBytes = 16;  // B.4: larger composites are replaced by a pointer
constexpr uint32_t kWordBytes = 8;
constexpr uint32_t kPairBytes = 16;

// Finds out whether a type consists of one to four elements of one kind: 5.10.5, "Homogeneous
// Aggregates".
class HomogeneousWalk {
 public:
  explicit HomogeneousWalk(const Convention& convention) : convention_(convention) {}

  // Whether `type` does, together with what was walked before, and how many elements it has.
  bool Walk(const Type* type, uint64_t* count) {
    switch (type->kind()) {
      case TypeKind::kStruct:
      case TypeKind::kUnion:
        return WalkMembers(type, count);
      case TypeKind::kArray:
      case TypeKind::kComplex:
        // C17 6.2.5p13: a complex number is laid out as two of its element.
        if (!Walk(type->members()[0], count)) return false;
        *count *= type->kind() == TypeKind::kArray ? type->count() : 2;
        return *count <= kMaxElements;
      default:
        *count = 1;
        return Accepts(type);
    }
  }

  uint32_t element_bytes() const { return element_bytes_; }

  // Why compilers disagree on a type that is homogeneous to some; nullptr if they do not.
  const char* dispute() const {
    if (empty_class_in_union_) return "which has an empty class in a union";
    if (has_bf16_) return "homogeneous in bf16: gcc 12 passes it in general registers";
    return nullptr;
  }

 private:
  bool WalkMembers(const Type* type, uint64_t* count) {
    // Microsoft's C++ compiler takes C++14's aggregates only; a class with a constructor is none.
    if (type->options().is_class && convention_.classes_in_memory) return false;
    const bool is_union = type->kind() == TypeKind::kUnion;
    *count = 0;
    for (const Type* member : type->members()) {
      const Type* inner = member;
      while (inner->kind() == TypeKind::kArray) inner = inner->members()[0];
      if (IsEmptyClass(inner)) {
        // Beside others in a union its byte goes unseen: clang ignores it, gcc does not. In a
        // struct its byte is padding, which the size below shows.
        empty_class_in_union_ |= is_union;
        continue;
      }
      uint64_t own = 0;
      if (HasNoSize(inner)) continue;
      if (!Walk(member, &own)) return false;
      *count = is_union ? std::max(*count, own) : *count + own;
      if (*count > kMaxElements) return false;
    }
    // 5.10.5: no padding, at any level.
    return *count > 0 && *count * element_bytes_ == LayoutOf(type, convention_)->size;
  }

  // 5.10.5.1: members agree if they are of one fundamental data type, short vectors if their sizes
  // do, whatever they are vectors of.
  bool Accepts(const Type* type) {
    const bool is_vector = type->kind() == TypeKind::kVector;
    if (!is_vector && !type->is_floating()) return false;
    const uint32_t bytes = static_cast<uint32_t>(LayoutOf(type, convention_)->size);
    has_bf16_ |= type->kind() == TypeKind::kBf16;
    if (element_bytes_ == 0) {
      element_bytes_ = bytes;
      elements_are_vectors_ = is_vector;
    }
    return is_vector == elements_are_vectors_ && bytes == element_bytes_;
  }

  bool HasNoSize(const Type* type) const {
    return type->is_aggregate() && LayoutOf(type, convention_)->size == 0;
  }

  const Convention& convention_;
  uint32_t element_bytes_ = 0;  // 0: none met yet
  bool elements_are_vectors_ = false;
  bool has_bf16_ = false;
  bool empty_class_in_union_ = false;
};

// Stack and pair alignment, B.6: 16 or 8, whatever a type asks for.
uint32_t SlotAlign(uint32_t align) { return align >= kPairBytes ? kPairBytes : kWordBytes; }

Status Disputed(const Type* type, const char* what) {
  return Status::Error("compilers disagree on " + type->text() + ", " + what);
}

A64Shape ScalarShape(const Type* type, const Layout& layout, bool general_only) {
  const uint32_t size = static_cast<uint32_t>(layout.size);
  const bool in_vector = type->is_floating() || type->kind() == TypeKind::kVector;
  return {.kind = in_vector && !general_only ? A64Class::kVector : A64Class::kGeneral,
          .size = size,
          .align = layout.align,
          .slot_align = SlotAlign(layout.align),
          .packed_align = layout.align,
          .element = size};
}

// An aggregate or complex number of `elements`, alike and without padding.
void MakeHomogeneous(uint32_t element, const Layout& layout, const Convention& convention,
                     A64Shape* shape) {
  shape->kind = A64Class::kVector;
  shape->element = element;
  shape->packed_align = element;
  if (convention.type_alignment_counts) {
    // clang for Apple and Windows hands on an array of elements, aligned as they are.
    shape->slot_align = SlotAlign(element);
    return;
  }
  // C.4: as the natural alignment says. clang forgets that packing lowers it, gcc does not.
  shape->slot_align = SlotAlign(layout.natural_align);
  shape->stack_disputed = SlotAlign(element) > shape->slot_align;
}

}  // namespace

bool IsEmptyClass(const Type* type) { return type->options().is_class && type->members().empty(); }

StatusOr<A64Shape> ClassifyAapcs64(const Type* type, const Convention& convention,
                                   bool general_only) {
  const StatusOr<Layout> layout = LayoutOf(type, convention);
  if (!layout.ok()) return layout.status();
  if (!type->is_aggregate() && type->kind() != TypeKind::kComplex) {
    return ScalarShape(type, *layout, general_only);
  }
  A64Shape shape = {.size = static_cast<uint32_t>(layout->size), .align = layout->align};
  if (shape.size == 0) return shape;
  if (IsEmptyClass(type)) {
    if (convention.skips_empty_classes) return shape;
    // An empty class of one byte is a composite of one byte. Beyond eight, gcc passes all of its
    // padding and clang one byte.
    if (shape.size > kWordBytes) return Disputed(type, "an empty class of more than 8 bytes");
  }
  if (!general_only && shape.size <= kMaxElements * kVectorBytes) {
    HomogeneousWalk walk(convention);
    uint64_t count = 0;
    if (walk.Walk(type, &count)) {
      if (walk.dispute() != nullptr) return Disputed(type, walk.dispute());
      MakeHomogeneous(walk.element_bytes(), *layout, convention, &shape);
      return shape;
    }
  }
  if (shape.size > kMaxDirectBytes) {
    shape.kind = A64Class::kByReference;
    return shape;
  }
  shape.kind = A64Class::kGeneral;
  // C.10 and C.14 ask for the natural alignment; for Apple and Windows aligned(n) on the type
  // counts too.
  shape.slot_align =
      SlotAlign(convention.type_alignment_counts ? layout->align : layout->natural_align);
  shape.packed_align = shape.slot_align;
  return shape;
}

}  // namespace springboard::abi
