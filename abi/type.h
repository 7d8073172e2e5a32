// Type: a C type as a calling convention sees it: a scalar, a struct, a union or an array.
//
// Types are immutable and interned for the life of the process: equal types are the same pointer,
// so they are compared with == and never freed. All functions may be called from any thread. A Type
// has no size of its own, because some sizes (`long double`) belong to a convention: see layout.h.

#ifndef SPRINGBOARD_ABI_TYPE_H_
#define SPRINGBOARD_ABI_TYPE_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "abi/status.h"

namespace springboard::abi {

enum class TypeKind : uint8_t {
  kVoid,
  kBool,
  kI8,
  kU8,
  kI16,
  kU16,
  kI32,
  kU32,
  kI64,
  kU64,
  kI128,
  kU128,
  kF16,
  kBf16,
  kF32,
  kF64,
  kLongDouble,  // 80-bit, 128-bit or 64-bit, as the convention says
  kPointer,
  kComplex,  // _Complex of a floating element
  kVector,   // 8- or 16-byte SIMD vector of a scalar element
  kStruct,
  kUnion,
  kArray,  // a member of an aggregate only; C passes no array by value
};

// Limits. Each keeps recursion, placement and emitted code bounded; passing one is a Status.
// Aggregates inside aggregates: everything that walks a type recurses as deep. C guarantees 63
// (C17 5.2.4.1).
inline constexpr uint32_t kMaxNesting = 64;
// Fields of one aggregate. C guarantees 1,023; four times that costs nothing.
inline constexpr uint32_t kMaxMembers = 4096;
// By value: copied onto the callee's stack, where 64 KiB are a sixteenth of what a stub may take.
inline constexpr uint64_t kMaxAggregateBytes = 65536;
// One page: stubs align their frames by hand, and no type of C or of a processor asks for more.
inline constexpr uint32_t kMaxAlignment = 4096;
// Characters of text(). Types share members, so nesting alone would allow texts that double with
// every level; this bounds the work of everything that walks a type.
inline constexpr uint32_t kMaxTypeText = 65536;

// How a struct or union departs from natural layout.
struct AggregateOptions {
  uint32_t packed =
      0;  // maximum member alignment in bytes (#pragma pack(n), 1 for packed); 0: natural
  uint32_t align = 0;  // minimum alignment of the whole type in bytes (aligned(n)); 0: natural
  // Unions: gcc has a bit-field of theirs for an integer of so many bytes, though a packed union
  // has fewer; 0: for none. Where that is misaligned, System V classes of gcc are MEMORY.
  uint32_t unit = 0;
  // Structs: a class of C++ that is no aggregate, for example because it has a constructor, but is
  // copied byte by byte. One without members has one byte, which is nobody's value.
  bool is_class = false;

  bool operator==(const AggregateOptions&) const = default;
};

struct Layout;

// Families of conventions that lay out every type alike: layout.cc keeps one layout for each.
inline constexpr uint32_t kLayoutFamilies = 3;

class Type {
 public:
  // The interned scalar of `kind`. REQUIRES: kind is a scalar kind or kVoid (not kComplex, kVector
  // or an aggregate).
  static const Type* Scalar(TypeKind kind);

  // Aggregates. A Status names the limit or member at fault. An empty struct is valid here (C++ and
  // GNU C have it); what a convention does with it is the convention's matter.
  static StatusOr<const Type*> Struct(std::vector<const Type*> members,
                                      AggregateOptions options = {});
  static StatusOr<const Type*> Union(std::vector<const Type*> members,
                                     AggregateOptions options = {});
  static StatusOr<const Type*> Array(const Type* element, uint32_t count);
  static StatusOr<const Type*> Complex(const Type* element);
  static StatusOr<const Type*> Vector(const Type* element, uint32_t count);

  Type(const Type&) = delete;
  Type& operator=(const Type&) = delete;

  TypeKind kind() const { return kind_; }
  // Struct and union: the members in order. Array, complex and vector: the one element type.
  std::span<const Type* const> members() const { return members_; }
  // Array and vector: number of elements, at least 1. 0 otherwise.
  uint32_t count() const { return count_; }
  const AggregateOptions& options() const { return options_; }
  // Aggregates inside aggregates; 0 for a scalar.
  uint32_t nesting() const { return nesting_; }

  bool is_void() const { return kind_ == TypeKind::kVoid; }
  bool is_aggregate() const { return kind_ >= TypeKind::kStruct; }
  // Integers of any width, bool and pointers.
  bool is_integer() const {
    return (kind_ >= TypeKind::kBool && kind_ <= TypeKind::kU128) || kind_ == TypeKind::kPointer;
  }
  bool is_signed() const;
  // f16, bf16, f32, f64 and long double.
  bool is_floating() const { return kind_ >= TypeKind::kF16 && kind_ <= TypeKind::kLongDouble; }

  // The compact text notation of signature.h, for example `{f64,[i32*4]}`. Canonical: equal text,
  // equal type.
  const std::string& text() const { return text_; }

  // Where LayoutOf() keeps what it found. Null until then, written once.
  std::atomic<const Layout*>& kept_layout(uint32_t family) const { return layouts_[family]; }

 private:
  friend class TypeTable;
  Type() = default;

  TypeKind kind_ = TypeKind::kVoid;
  std::vector<const Type*> members_;
  uint32_t count_ = 0;
  uint32_t nesting_ = 0;
  AggregateOptions options_;
  std::string text_;
  mutable std::array<std::atomic<const Layout*>, kLayoutFamilies> layouts_{};
};

}  // namespace springboard::abi

#endif  // SPRINGBOARD_ABI_TYPE_H_
